/** Query parameters in the order of their first appearance. */
export interface QueryParameters {
  readonly names: readonly string[]
  /** All values of each name, beside `names`. */
  readonly values: ReadonlyArray<readonly string[]>
}

const NONE: QueryParameters = { names: [], values: [] }

/** @param raw what follows the `?`, undecoded */
export const parseQueryString = (raw: string): QueryParameters => {
  if (raw === '') return NONE
  const names: string[] = []
  const values: string[][] = []
  let start = 0
  while (start <= raw.length) {
    let end = raw.indexOf('&', start)
    if (end < 0) end = raw.length
    if (end > start) add(names, values, raw, start, end)
    start = end + 1
  }
  return { names, values }
}

const add = (names: string[], values: string[][], raw: string, start: number, end: number): void => {
  const equals = raw.indexOf('=', start)
  const hasValue = equals >= 0 && equals < end
  const name = decode(raw.slice(start, hasValue ? equals : end))
  const value = hasValue ? decode(raw.slice(equals + 1, end)) : ''
  const index = names.indexOf(name)
  if (index < 0) {
    names.push(name)
    values.push([value])
  } else values[index]?.push(value)
}

/** `+` is a blank; what is no valid escape stays as it was sent. */
const decode = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
