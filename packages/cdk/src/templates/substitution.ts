import { isSection, mapValues, type Section, type Value } from './value.ts'

const only = (value: Value, name: string): Value | undefined => {
  if (!isSection(value)) return undefined
  const keys = Object.keys(value)
  return keys.length === 1 ? value[name] : undefined
}

/** `${Name}` for what Fn::Sub can name, or `undefined`. */
const placeholder = (value: Value): string | undefined => {
  const ref = only(value, 'Ref')
  if (typeof ref === 'string') return `\${${ref}}`
  const attribute = only(value, 'Fn::GetAtt')
  return Array.isArray(attribute) ? `\${${attribute.join('.')}}` : undefined
}

/** A text as Fn::Sub takes it literally. */
const escaped = (text: string): string => text.replaceAll('${', '${!')

const joinAsSub = (value: Value): Value => {
  const join = only(value, 'Fn::Join')
  if (!Array.isArray(join) || join[0] !== '' || !Array.isArray(join[1])) return value
  const variables: Section = {}
  const texts = join[1].map(part => {
    if (typeof part === 'string') return escaped(part)
    const named = placeholder(part)
    if (named) return named
    const name = `Value${Object.keys(variables).length + 1}`
    variables[name] = part
    return `\${${name}}`
  })
  const text = texts.join('')
  return { 'Fn::Sub': Object.keys(variables).length === 0 ? text : [text, variables] }
}

/** Texts that CDK joins of pieces, as texts with names in them: `Fn::Sub` instead of `Fn::Join`. */
export const readable = (value: Value): Value => mapValues(value, joinAsSub)

/** A text, its variables and whether it is literal, of a text or an `Fn::Sub`. */
export interface SubText {
  readonly text: string
  readonly variables: Section
}

export const subTextOf = (value: Value): SubText | undefined => {
  if (typeof value === 'string') return { text: escaped(value), variables: {} }
  const sub = only(value, 'Fn::Sub')
  if (typeof sub === 'string') return { text: sub, variables: {} }
  if (!Array.isArray(sub)) return undefined
  const [text, variables] = sub
  return typeof text === 'string' && isSection(variables) ? { text, variables } : undefined
}

/** What a text with names in it is in a template. */
export const subOf = ({ text, variables }: SubText): Value => ({
  'Fn::Sub': Object.keys(variables).length === 0 ? text : [text, variables],
})
