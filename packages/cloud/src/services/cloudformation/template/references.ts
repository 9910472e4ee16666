import { templateError } from '../errors.ts'
import { readGetAtt } from './get-att.ts'
import { referenceOf, subParts } from './sub.ts'
import { intrinsicOf, isList, isMap, type Value } from './value.ts'

/** What a value names, without evaluating it. */
export interface References {
  /** Names in `Ref` and in `Fn::Sub`: parameters, pseudo parameters and resources. */
  readonly refs: Set<string>
  /** Logical ids in `Fn::GetAtt` and in `Fn::Sub`. */
  readonly attributes: Set<string>
  /** Conditions named by `Fn::If`. */
  readonly conditions: Set<string>
}

/** Chooses a branch of `Fn::If`; `undefined` takes both. */
export type Decide = ((condition: string) => boolean) | undefined

const collectSub = (argument: Value, decide: Decide, into: References): void => {
  const [template, map = {}] = isList(argument) ? argument : [argument]
  if (isMap(map)) for (const item of Object.values(map)) collect(item, decide, into)
  if (typeof template !== 'string') return
  for (const part of subParts(template)) {
    if (typeof part === 'string' || (isMap(map) && Object.hasOwn(map, part.name))) continue
    collect(referenceOf(part.name), decide, into)
  }
}

const collectIf = (argument: Value, decide: Decide, into: References): void => {
  const [condition, whenTrue, whenFalse] = isList(argument) ? argument : []
  if (typeof condition !== 'string' || whenTrue === undefined || whenFalse === undefined) {
    throw templateError(
      'Fn::If requires a list argument with three elements: a condition name, a value if true and a value if false',
    )
  }
  into.conditions.add(condition)
  const decision = decide?.(condition)
  if (decision !== false) collect(whenTrue, decide, into)
  if (decision !== true) collect(whenFalse, decide, into)
}

const collect = (value: Value, decide: Decide, into: References): void => {
  if (isList(value)) {
    for (const item of value) collect(item, decide, into)
    return
  }
  if (!isMap(value)) return
  const [name, argument] = intrinsicOf(value) ?? []
  if (argument === undefined) {
    for (const item of Object.values(value)) collect(item, decide, into)
  } else if (name === 'Ref') {
    if (typeof argument === 'string') into.refs.add(argument)
  } else if (name === 'Fn::GetAtt') {
    const [logicalId, attribute] = readGetAtt(argument)
    into.attributes.add(logicalId)
    collect(attribute, decide, into)
  } else if (name === 'Fn::Sub') collectSub(argument, decide, into)
  else if (name === 'Fn::If') collectIf(argument, decide, into)
  else collect(argument, decide, into)
}

/** All that the values name. With `decide`, only what the chosen branches of `Fn::If` name. */
export const referencesIn = (values: readonly Value[], decide?: Decide): References => {
  const into: References = { refs: new Set(), attributes: new Set(), conditions: new Set() }
  for (const value of values) collect(value, decide, into)
  return into
}
