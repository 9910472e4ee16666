/** Attributes of an SVG element; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML has no way to write most control characters and half of a surrogate pair. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNWRITABLE, '\ufffd')
    .replace(/[&<>"]/g, character => ESCAPES[character] ?? '')

/** Coordinates to a hundredth of a pixel. */
export const round = (value: number): number => Math.round(value * 100) / 100

const print = (value: string | number): string =>
  typeof value === 'number' ? String(round(value)) : escapeXml(value)

/** An element with the markup of its children. */
export const element = (name: string, attributes: Attributes, ...children: readonly string[]): string => {
  const printed = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : ` ${key}="${print(value)}"`))
    .join('')
  return children.length === 0 ? `<${name}${printed}/>` : `<${name}${printed}>${children.join('')}</${name}>`
}

export interface TextStyle {
  readonly size: number
  readonly fill: string
  readonly bold?: boolean
  readonly anchor?: 'start' | 'middle' | 'end'
  /** A colour around the letters, so that they stand out from lines. */
  readonly halo?: string
}

export const text = (x: number, y: number, content: string, style: TextStyle): string =>
  element(
    'text',
    {
      x,
      y,
      'font-size': style.size,
      fill: style.fill,
      'font-weight': style.bold ? 'bold' : undefined,
      'text-anchor': style.anchor === 'start' ? undefined : style.anchor,
      ...(style.halo !== undefined && {
        stroke: style.halo,
        'stroke-width': 3,
        'stroke-linejoin': 'round',
        'paint-order': 'stroke',
      }),
    },
    escapeXml(content),
  )

export const line = (x1: number, y1: number, x2: number, y2: number, attributes: Attributes): string =>
  element('line', { x1, y1, x2, y2, ...attributes })
