import { templateError } from '../errors.ts'
import type { Value } from './value.ts'

/** A piece of a `Fn::Sub` string: text, or a variable to be put in. */
export type SubPart = string | { readonly name: string }

const VARIABLE = /\$\{([^}]*)\}/g
const NAME = /^[a-zA-Z0-9_.:]+$/

/**
 * Takes a `Fn::Sub` string apart. `${!Literal}` is the text `${Literal}`; a `${` that is never closed is text.
 *
 * @throws ServiceError `ValidationError` for a variable name that CloudFormation does not take
 */
export const subParts = (template: string): SubPart[] => {
  const parts: SubPart[] = []
  let end = 0
  for (const match of template.matchAll(VARIABLE)) {
    const [whole, inner = ''] = match
    if (match.index > end) parts.push(template.slice(end, match.index))
    end = match.index + whole.length
    if (inner.startsWith('!')) parts.push(`\${${inner.slice(1)}}`)
    else if (NAME.test(inner)) parts.push({ name: inner })
    else {
      throw templateError(
        'variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons',
      )
    }
  }
  if (end < template.length) parts.push(template.slice(end))
  return parts
}

/** What a variable that is not in the map of its `Fn::Sub` stands for: `A.B` an attribute, `A` a reference. */
export const referenceOf = (name: string): Value => {
  const dot = name.indexOf('.')
  return dot < 0 ? { Ref: name } : { 'Fn::GetAtt': [name.slice(0, dot), name.slice(dot + 1)] }
}
