import { formatError, templateError } from '../errors.ts'
import { intrinsicOf, isList, isMap, isScalar, type Value, type ValueMap } from './value.ts'

const PREFIX = 'Fn::ForEach::'
/** Loops may nest: this bounds what a small template can grow to. */
const MAX_ITERATIONS = 5000

/** Values of a parameter of a list type, or `undefined`. */
export type ReadList = (parameter: string) => readonly string[] | undefined

interface Expansion {
  readonly readList: ReadList
  iterations: number
}

/** Puts one value in for the loop's identifier. `&{Id}` is the value without what is not alphanumeric. */
const substitute = (value: Value, identifier: string, item: string): Value => {
  const inText = (text: string): string =>
    text
      .replaceAll(`\${${identifier}}`, item)
      .replaceAll(`&{${identifier}}`, item.replace(/[^a-zA-Z0-9]/g, ''))
  const walk = (node: Value): Value => {
    if (typeof node === 'string') return inText(node)
    if (isList(node)) return node.map(walk)
    if (!isMap(node)) return node
    const [name, argument] = intrinsicOf(node) ?? []
    if (name === 'Ref' && argument === identifier) return item
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [inText(key), walk(child)]))
  }
  return walk(value)
}

const collectionOf = (name: string, collection: Value | undefined, readList: ReadList): string[] => {
  const list = isList(collection) ? collection : [collection]
  return list.flatMap(item => {
    if (isList(collection) && isScalar(item)) return [String(item)]
    const [fn, argument] = (item !== undefined && intrinsicOf(item)) || []
    const values = fn === 'Ref' && typeof argument === 'string' ? readList(argument) : undefined
    if (values) return values
    throw templateError(
      `${name}: the collection must be a list of strings or a Ref to a parameter of a list type; ${fn ?? 'this'} is not supported by Sonde`,
    )
  })
}

const expandLoop = (name: string, loop: Value, expansion: Expansion): [string, Value][] => {
  const [identifier, collection, body, ...more] = isList(loop) ? loop : []
  if (typeof identifier !== 'string' || !isMap(body) || more.length > 0) {
    throw templateError(`${name} requires a list of three elements: an identifier, a collection and a map`)
  }
  return collectionOf(name, collection, expansion.readList).flatMap(item => {
    expansion.iterations++
    if (expansion.iterations > MAX_ITERATIONS)
      throw formatError(`More than ${MAX_ITERATIONS} loop iterations.`)
    return expandEntries(substitute(body, identifier, item) as ValueMap, expansion)
  })
}

const expandEntries = (map: ValueMap, expansion: Expansion): [string, Value][] =>
  Object.entries(map).flatMap(([key, value]) =>
    key.startsWith(PREFIX) ? expandLoop(key, value, expansion) : [[key, expand(value, expansion)]],
  )

const expand = (value: Value, expansion: Expansion): Value => {
  if (isList(value)) return value.map(item => expand(item, expansion))
  if (!isMap(value)) return value
  const entries = expandEntries(value, expansion)
  const keys = new Set<string>()
  for (const [key] of entries) {
    if (keys.has(key)) throw templateError(`Fn::ForEach makes the key ${key} more than once`)
    keys.add(key)
  }
  return Object.fromEntries(entries)
}

/**
 * Expands every `Fn::ForEach::…` of a template that declares `AWS::LanguageExtensions`.
 *
 * @throws ServiceError `ValidationError` for a malformed loop, a collection that is not known, a key made twice
 */
export const expandLoops = (template: ValueMap, readList: ReadList): ValueMap =>
  expand(template, { readList, iterations: 0 }) as ValueMap
