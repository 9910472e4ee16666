import { subOf, subTextOf } from './substitution.ts'
import { isSection, type Section, type Value } from './value.ts'

/** What stands in a template in the place of a number that is not the same in all its variants. */
export interface Varying {
  /** Of a property's value. */
  readonly value: Value
  /** The name in `${…}` of texts, and what it is to be replaced by where that is no parameter. */
  readonly name: string
  readonly variable?: Value
}

/**
 * Says what to put for a number, given its texts in all variants, in order.
 *
 * @throws Error where it follows from the varied input in a way that CloudFormation cannot compute
 */
export type Resolve = (texts: readonly string[], path: string) => Varying

const NUMBER = /\d+(?:\.\d+)?/g

const sameKeys = (sections: readonly Section[]): boolean => {
  const first = Object.keys(sections[0] ?? {}).join()
  return sections.every(section => Object.keys(section).join() === first)
}

const mergeTexts = (values: readonly Value[], path: string, resolve: Resolve): Value => {
  const subs = values.map(value => subTextOf(value))
  const [first] = subs
  if (!first || subs.some(sub => sub === undefined))
    throw new Error(`${path} has another shape in each variant`)
  const frames = new Set(subs.map(sub => sub?.text.replace(NUMBER, '#')))
  if (frames.size > 1) throw new Error(`${path} differs in more than numbers: ${[...frames].join(' | ')}`)
  const numbers = subs.map(sub => sub?.text.match(NUMBER) ?? [])
  const variables: Section = { ...first.variables }
  let index = -1
  const text = first.text.replace(NUMBER, literal => {
    index++
    const texts = numbers.map(found => found[index] ?? '')
    if (new Set(texts).size === 1) return literal
    const { name, variable } = resolve(texts, path)
    if (variable !== undefined) variables[name] = variable
    return `\${${name}}`
  })
  return subOf({ text, variables })
}

/**
 * One template of several that were made of different numbers: where they differ, what `resolve` says is put.
 *
 * @throws Error naming a place where they differ in more than numbers
 */
export const mergeVariants = (values: readonly Value[], resolve: Resolve, path = ''): Value => {
  const [first = null, ...others] = values
  if (others.every(other => JSON.stringify(other) === JSON.stringify(first))) return first
  if (values.every(value => typeof value === 'number')) return resolve(values.map(String), path).value
  if (values.some(value => subTextOf(value) !== undefined)) return mergeTexts(values, path, resolve)
  if (values.every(value => Array.isArray(value) && value.length === (first as Value[]).length)) {
    return (first as Value[]).map((_, index) =>
      mergeVariants(
        (values as Value[][]).map(list => list[index] ?? null),
        resolve,
        `${path}[${index}]`,
      ),
    )
  }
  const sections = values.filter(isSection)
  if (sections.length < values.length || !sameKeys(sections))
    throw new Error(`${path} has another shape in each variant`)
  return Object.fromEntries(
    Object.keys(sections[0] ?? {}).map(key => [
      key,
      mergeVariants(
        sections.map(section => section[key] ?? null),
        resolve,
        path === '' ? key : `${path}.${key}`,
      ),
    ]),
  )
}
