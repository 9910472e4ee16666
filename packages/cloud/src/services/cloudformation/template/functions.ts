import { formatError, templateError } from '../errors.ts'
import { cidrBlocks } from './cidr.ts'
import { CONDITION_FUNCTIONS } from './condition-functions.ts'
import {
  type Evaluated,
  type Evaluation,
  evaluate,
  evaluateAny,
  type IntrinsicFunction,
  pending,
} from './evaluate.ts'
import { GET_ATT_ERROR, readGetAtt } from './get-att.ts'
import { referenceOf, subParts } from './sub.ts'
import { isKnown, isList, isMap, isScalar, type Value } from './value.ts'

const EVERYWHERE = ['Conditions', 'Rules', 'Resources', 'Outputs'] as const
const NOT_IN_RULES = ['Conditions', 'Resources', 'Outputs'] as const
const IN_BODY = ['Resources', 'Outputs'] as const

/** Zones of a region of the local cloud. */
const ZONES = ['a', 'b', 'c']

const JOIN_ERROR =
  'every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.'
const SPLIT_ERROR =
  'every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.'
const SELECT_ERROR = 'Fn::Select requires a list argument with two elements: an integer index and a list'
const SUB_ERROR =
  "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string"
const FIND_IN_MAP_ERROR =
  'every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value'

const ref = (argument: Value, evaluation: Evaluation): Evaluated => {
  if (typeof argument !== 'string') throw templateError('every Ref object must have a single String value.')
  return evaluation.ref(argument) ?? pending('Ref', argument)
}

const getAtt = (argument: Value, evaluation: Evaluation): Evaluated => {
  const [logicalId, name] = readGetAtt(argument)
  const attribute = evaluate(name, evaluation)
  if (typeof attribute !== 'string') throw templateError(GET_ATT_ERROR)
  return evaluation.getAtt(logicalId, attribute) ?? pending('Fn::GetAtt', [logicalId, attribute])
}

/** Joins where everything is known; else adjoining known parts become one. */
const concatenate = (parts: readonly Value[]): Evaluated => {
  if (parts.every(isScalar)) return parts.join('')
  const merged: Value[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (isScalar(part) && isScalar(last)) merged[merged.length - 1] = `${last}${part}`
    else merged.push(part)
  }
  return pending('Fn::Join', ['', merged])
}

const sub = (argument: Value, evaluation: Evaluation): Evaluated => {
  const [template, map = {}, ...more] = isList(argument) ? argument : [argument]
  if (typeof template !== 'string' || !isMap(map) || more.length > 0) throw templateError(SUB_ERROR)
  const parts = subParts(template).map(part => {
    if (typeof part === 'string') return part
    const own = Object.hasOwn(map, part.name) ? map[part.name] : undefined
    const value = evaluate(own ?? referenceOf(part.name), evaluation)
    if (isKnown(value) && !isScalar(value)) {
      throw templateError(`Fn::Sub variable ${part.name} must resolve to a string`)
    }
    return value
  })
  return concatenate(parts)
}

const join = (argument: Value, evaluation: Evaluation): Evaluated => {
  const [delimiter, list, ...more] = isList(argument) ? argument : []
  if (typeof delimiter !== 'string' || list === undefined || more.length > 0) throw templateError(JOIN_ERROR)
  const items = evaluate(list, evaluation)
  if (!isList(items)) {
    if (isKnown(items)) throw templateError(JOIN_ERROR)
    return pending('Fn::Join', [delimiter, items])
  }
  if (items.some(item => isKnown(item) && !isScalar(item))) throw templateError(JOIN_ERROR)
  if (delimiter === '') return concatenate(items)
  return items.every(isScalar) ? items.join(delimiter) : pending('Fn::Join', [delimiter, items])
}

const select = (argument: Value, evaluation: Evaluation): Evaluated => {
  if (!isList(argument) || argument.length !== 2) throw templateError(SELECT_ERROR)
  const [index, list] = argument.map(item => evaluate(item, evaluation)) as [Value, Value]
  if (!isList(list) && isKnown(list)) throw templateError(SELECT_ERROR)
  if (!isKnown(index) || !isList(list)) return pending('Fn::Select', [index, list])
  if (!isScalar(index) || !/^\d+$/.test(String(index))) throw templateError(SELECT_ERROR)
  const item = list[Number(index)]
  if (item === undefined) throw templateError(`Fn::Select cannot select nonexistent value at index ${index}`)
  return item
}

const split = (argument: Value, evaluation: Evaluation): Evaluated => {
  const [delimiter, source, ...more] = isList(argument) ? argument : []
  if (typeof delimiter !== 'string' || delimiter === '' || source === undefined || more.length > 0) {
    throw templateError(SPLIT_ERROR)
  }
  const text = evaluate(source, evaluation)
  if (!isKnown(text)) return pending('Fn::Split', [delimiter, text])
  if (!isScalar(text)) throw templateError(SPLIT_ERROR)
  return String(text).split(delimiter)
}

const base64 = (argument: Value, evaluation: Evaluation): Evaluated => {
  const text = evaluate(argument, evaluation)
  if (!isKnown(text)) return pending('Fn::Base64', text)
  if (!isScalar(text)) throw templateError('every Fn::Base64 object must have a String-typed value.')
  return Buffer.from(String(text)).toString('base64')
}

const cidr = (argument: Value, evaluation: Evaluation): Evaluated => {
  const values = evaluate(argument, evaluation)
  if (!isKnown(values)) return pending('Fn::Cidr', values)
  if (!isList(values) || !values.every(isScalar)) throw templateError('Fn::Cidr requires a list of scalars')
  return cidrBlocks(values)
}

const findInMap = (argument: Value, evaluation: Evaluation): Evaluated => {
  if (!isList(argument) || argument.length < 3 || argument.length > 4) throw templateError(FIND_IN_MAP_ERROR)
  const keys = argument.slice(0, 3).map(key => evaluate(key, evaluation))
  if (keys.some(key => !isScalar(key))) throw templateError(FIND_IN_MAP_ERROR)
  const [name, top, second] = keys.map(String) as [string, string, string]
  const found = evaluation.mapping(name, top, second)
  if (found !== undefined) return found
  const options = argument[3]
  if (options === undefined) throw templateError(`Unable to get mapping for ${name}::${top}::${second}`)
  if (!evaluation.languageExtensions) {
    throw templateError(
      'Fn::FindInMap with a DefaultValue is not supported without the AWS::LanguageExtensions transform',
    )
  }
  const fallback = isMap(options) ? options.DefaultValue : undefined
  if (fallback === undefined) throw templateError(FIND_IN_MAP_ERROR)
  return evaluateAny(fallback, evaluation)
}

const getAzs = (argument: Value, evaluation: Evaluation): Evaluated => {
  const region = evaluate(argument, evaluation)
  if (typeof region !== 'string')
    throw templateError('every Fn::GetAZs object must have a String-typed value.')
  return ZONES.map(zone => `${region || evaluation.region}${zone}`)
}

const importValue = (argument: Value, evaluation: Evaluation): Evaluated => {
  const name = evaluate(argument, evaluation)
  if (!isKnown(name)) {
    throw templateError(
      'the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs',
    )
  }
  if (!isScalar(name)) throw templateError('every Fn::ImportValue object must have a String-typed value.')
  return evaluation.importValue(String(name))
}

const toJsonString = (argument: Value, evaluation: Evaluation): Evaluated => {
  if (!isMap(argument) && !isList(argument)) {
    throw templateError('Fn::ToJsonString requires an object or a list')
  }
  const value = evaluate(argument, evaluation)
  return isKnown(value) ? JSON.stringify(value) : pending('Fn::ToJsonString', value)
}

const length = (argument: Value, evaluation: Evaluation): Evaluated => {
  const list = evaluate(argument, evaluation)
  if (isList(list)) return list.length
  if (isKnown(list)) throw templateError('Fn::Length requires a list')
  return pending('Fn::Length', list)
}

const refuse = (name: string) => (): never => {
  throw formatError(`${name} is not supported by Sonde.`)
}

/** Every function by its long name. The boolean ones are in `condition-functions.ts`. */
export const FUNCTIONS: ReadonlyMap<string, IntrinsicFunction> = new Map<string, IntrinsicFunction>([
  ['Ref', { places: EVERYWHERE, evaluate: ref }],
  ['Fn::GetAtt', { places: IN_BODY, evaluate: getAtt }],
  ['Fn::Sub', { places: NOT_IN_RULES, evaluate: sub }],
  ['Fn::Join', { places: NOT_IN_RULES, evaluate: join }],
  ['Fn::Select', { places: NOT_IN_RULES, evaluate: select }],
  ['Fn::Split', { places: NOT_IN_RULES, evaluate: split }],
  ['Fn::Base64', { places: IN_BODY, evaluate: base64 }],
  ['Fn::Cidr', { places: IN_BODY, evaluate: cidr }],
  ['Fn::FindInMap', { places: NOT_IN_RULES, evaluate: findInMap }],
  ['Fn::GetAZs', { places: IN_BODY, evaluate: getAzs }],
  ['Fn::ImportValue', { places: IN_BODY, evaluate: importValue }],
  ['Fn::ToJsonString', { places: NOT_IN_RULES, needsLanguageExtensions: true, evaluate: toJsonString }],
  ['Fn::Length', { places: NOT_IN_RULES, needsLanguageExtensions: true, evaluate: length }],
  ['Fn::Transform', { places: EVERYWHERE, evaluate: refuse('Fn::Transform') }],
  ...CONDITION_FUNCTIONS,
])
