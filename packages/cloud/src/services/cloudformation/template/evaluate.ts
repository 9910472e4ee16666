import { templateError } from '../errors.ts'
import { intrinsicOf, isList, isMap, type Value, type ValueMap } from './value.ts'

/** The part of the template that an expression stands in: each allows other functions. */
export type Place = 'Conditions' | 'Rules' | 'Resources' | 'Outputs'

/** `AWS::NoValue`: the member or item that holds it goes. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue')

/** What the functions of an expression ask their surroundings. */
export interface Evaluation {
  readonly place: Place
  /** Every function by its long name. Given, not imported: functions call back into this module. */
  readonly functions: ReadonlyMap<string, IntrinsicFunction>
  readonly region: string
  /** Whether the template declares the `AWS::LanguageExtensions` transform. */
  readonly languageExtensions: boolean
  /** `undefined` for a resource that does not exist yet. @throws ServiceError where nothing has that name */
  ref(name: string): Value | typeof NO_VALUE | undefined
  /** `undefined` for a resource that does not exist yet. */
  getAtt(logicalId: string, attribute: string): Value | undefined
  condition(name: string, usedIn: string): boolean
  /** `undefined` where the mapping has no such keys. @throws ServiceError where there is no such mapping */
  mapping(name: string, top: string, second: string): Value | undefined
  importValue(name: string): Value
}

/** One function: its evaluated value, or `undefined` where that is not known yet. */
export interface IntrinsicFunction {
  readonly places: readonly Place[]
  readonly needsLanguageExtensions?: boolean
  evaluate(argument: Value, evaluation: Evaluation): Evaluated
}

/**
 * A result, `NO_VALUE`, or `pending`: a call that has to wait for a resource, with all that is known filled in.
 */
export type Evaluated = Value | typeof NO_VALUE | { readonly [PENDING]: ValueMap }
export const PENDING: unique symbol = Symbol('pending')

export const pending = (name: string, argument: Value): Evaluated => ({ [PENDING]: { [name]: argument } })

const call = (name: string, argument: Value, evaluation: Evaluation): Value | typeof NO_VALUE => {
  const found = evaluation.functions.get(name)
  if (!found) throw templateError(`unsupported intrinsic function ${name}`)
  if (!found.places.includes(evaluation.place)) {
    throw templateError(`${name} cannot be used in the ${evaluation.place} block of the template`)
  }
  if (found.needsLanguageExtensions && !evaluation.languageExtensions) {
    throw templateError(`${name} is not supported without the AWS::LanguageExtensions transform`)
  }
  const result = found.evaluate(argument, evaluation)
  return typeof result === 'object' && result !== null && PENDING in result ? result[PENDING] : result
}

const evaluateMap = (value: ValueMap, evaluation: Evaluation): ValueMap => {
  const entries: [string, Value][] = []
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith('Fn::')) throw templateError(`${key} must be the only key of the object that holds it`)
    const result = evaluateAny(item, evaluation)
    if (result !== NO_VALUE) entries.push([key, result])
  }
  return Object.fromEntries(entries)
}

/** As {@link evaluate}, for where `AWS::NoValue` means something. */
export const evaluateAny = (value: Value, evaluation: Evaluation): Value | typeof NO_VALUE => {
  if (isList(value)) {
    return value.map(item => evaluateAny(item, evaluation)).filter(item => item !== NO_VALUE)
  }
  if (!isMap(value)) return value
  const intrinsic = intrinsicOf(value)
  if (intrinsic) return call(intrinsic[0], intrinsic[1], evaluation)
  // `Condition` is a plain key in properties, as in IAM's statements.
  const condition =
    evaluation.place === 'Conditions' || evaluation.place === 'Rules' ? value.Condition : undefined
  if (typeof condition === 'string' && Object.keys(value).length === 1) {
    return evaluation.condition(condition, 'Condition')
  }
  return evaluateMap(value, evaluation)
}

/**
 * Evaluates every function in a value. What depends on a resource that does not exist yet stays a function call in
 * its simplest form, with everything known filled in, so that evaluating again later gives the value.
 *
 * @throws ServiceError `ValidationError` with CloudFormation's `Template error: …`
 */
export const evaluate = (value: Value, evaluation: Evaluation): Value => {
  const result = evaluateAny(value, evaluation)
  if (result === NO_VALUE) throw templateError('AWS::NoValue cannot be the whole of a value')
  return result
}
