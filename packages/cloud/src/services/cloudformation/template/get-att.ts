import { templateError } from '../errors.ts'
import { isList, isMap, type Value } from './value.ts'

export const GET_ATT_ERROR =
  'every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute'

/** The resource and the attribute that a `Fn::GetAtt` names, in any of its forms. The attribute may be computed. */
export const readGetAtt = (argument: Value): readonly [logicalId: string, attribute: Value] => {
  if (typeof argument === 'string') {
    const dot = argument.indexOf('.')
    if (dot > 0 && dot < argument.length - 1) return [argument.slice(0, dot), argument.slice(dot + 1)]
  } else if (isList(argument) && argument.length >= 2) {
    const [logicalId, ...attribute] = argument
    const names = attribute.every(part => typeof part === 'string' && part !== '')
    if (typeof logicalId === 'string' && logicalId !== '') {
      if (names) return [logicalId, attribute.join('.')]
      if (attribute.length === 1 && isMap(attribute[0])) return [logicalId, attribute[0]]
    }
  }
  throw templateError(GET_ATT_ERROR)
}
