import type { EventFields, Leaf, Membership } from './event-fields.ts'
import { InvalidPattern, isObject } from './invalid-pattern.ts'
import { ABSENT, matchExpression, type ValueTest } from './match-expression.ts'

/** An event pattern, compiled. */
export interface EventPattern {
  matches(fields: EventFields): boolean
}

/** What one path of a pattern asks for: any of the tests, or that there is no such leaf. */
interface Condition {
  readonly path: string
  readonly tests: readonly ValueTest[]
  readonly mayBeAbsent: boolean
}

/** Conditions by path that hold together; `$or` makes several of these. */
type Conjunction = ReadonlyMap<string, Condition>

/** Combinations that the `$or`s of one pattern may make. */
const MAX_COMBINATIONS = 1_000
/** Deeper patterns are refused before recursion could end the process; AWS's limit of 4,096 characters is near it. */
const MAX_DEPTH = 256

/** Names that are operators, so that nobody writes one beside `$or` in the belief that it is one there. */
const RESERVED = new Set([
  ...['exactly', 'equals-ignore-case', 'prefix', 'suffix', 'anything-but', 'exists', 'wildcard'],
  ...['numeric', 'cidr', '=', '<', '<=', '>', '>=', 'regex', 'not-wildcard', 'not-equals-ignore-case'],
  ...['date-after', 'date-on-or-after', 'date-before', 'date-on-or-before', 'in-date-range'],
  ...['ip-address-in-range', 'ip-address-not-in-range'],
])

const conditionOf = (path: string, elements: readonly unknown[]): Condition => {
  if (elements.length === 0) throw new InvalidPattern('Empty arrays are not allowed')
  const tests = elements.map(matchExpression)
  return {
    path,
    tests: tests.filter(test => test !== ABSENT),
    mayBeAbsent: tests.includes(ABSENT),
  }
}

interface Place {
  readonly path: string
  readonly insideOr: boolean
  readonly depth: number
}

const readAlternatives = (
  alternatives: unknown,
  conjunctions: readonly Conjunction[],
  place: Place,
): Conjunction[] => {
  if (!Array.isArray(alternatives)) throw new InvalidPattern('It must be an Array followed with $or.')
  const combined = alternatives.flatMap((alternative: unknown) => {
    if (!isObject(alternative)) {
      throw new InvalidPattern('Only JSON object is allowed in array of $or relationship.')
    }
    return readObject(alternative, conjunctions, { ...place, insideOr: true })
  })
  if (alternatives.length < 2) {
    throw new InvalidPattern('There must have at least 2 Objects in $or relationship.')
  }
  if (combined.length > MAX_COMBINATIONS) {
    throw new InvalidPattern('Rule is too complex - try using fewer combinations of $or')
  }
  return combined
}

const readObject = (
  pattern: Readonly<Record<string, unknown>>,
  conjunctions: readonly Conjunction[],
  place: Place,
): readonly Conjunction[] => {
  const entries = Object.entries(pattern)
  if (entries.length === 0) throw new InvalidPattern('Empty objects are not allowed')
  if (place.depth > MAX_DEPTH) throw new InvalidPattern('Pattern is nested too deep')
  let result = conjunctions
  for (const [name, value] of entries) {
    if (name === '$or') {
      result = readAlternatives(value, result, place)
      continue
    }
    if (place.insideOr && RESERVED.has(name)) {
      throw new InvalidPattern(`${name} is Ruler reserved fieldName which cannot be used inside $or.`)
    }
    const path = place.path === '' ? name : `${place.path}.${name}`
    if (isObject(value)) {
      result = readObject(value, result, { ...place, path, depth: place.depth + 1 })
    } else if (Array.isArray(value)) {
      const condition = conditionOf(path, value)
      result = result.map(conjunction => {
        if (conjunction.has(path)) {
          throw new InvalidPattern(`Path \`${path}\` cannot be allowed multiple times`)
        }
        return new Map(conjunction).set(path, condition)
      })
    } else {
      throw new InvalidPattern(`"${name}" must be an object or an array`)
    }
  }
  return result
}

/** Both together, or `undefined` where they speak of different elements of an array. */
const join = (a: Membership, b: Membership): Membership | undefined => {
  if (b.size === 0) return a
  if (a.size === 0) return b
  const joined = new Map(a)
  for (const [array, index] of b) {
    const present = a.get(array)
    if (present !== undefined && present !== index) return undefined
    joined.set(array, index)
  }
  return joined
}

/** Whether one leaf of each list can be chosen so that all are in the same elements of arrays. */
const agree = (lists: ReadonlyArray<readonly Membership[]>): boolean => {
  const search = (index: number, chosen: Membership): boolean => {
    const list = lists[index]
    if (!list) return true
    return list.some(membership => {
      const joined = join(chosen, membership)
      return joined !== undefined && search(index + 1, joined)
    })
  }
  return search(0, new Map())
}

const fits = ({ tests }: Condition, { value }: Leaf): boolean => tests.some(test => test(value))

const holds = (conjunction: Conjunction, fields: EventFields): boolean => {
  const lists: Membership[][] = []
  for (const condition of conjunction.values()) {
    const leaves = fields.get(condition.path)
    if (!leaves) {
      if (condition.mayBeAbsent) continue
      return false
    }
    const fitting = leaves.filter(leaf => fits(condition, leaf)).map(({ membership }) => membership)
    if (fitting.length === 0) return false
    // A leaf that is in no array agrees with every other.
    if (fitting.every(({ size }) => size > 0)) lists.push(fitting)
  }
  return lists.length < 2 || agree(lists)
}

/**
 * Compiles an event pattern.
 *
 * @throws InvalidPattern in AWS's words, which name no position in the text here
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export const compileEventPattern = (text: string): EventPattern => {
  let pattern: unknown
  try {
    pattern = JSON.parse(text)
  } catch {
    throw new InvalidPattern('Invalid JSON')
  }
  if (!isObject(pattern)) throw new InvalidPattern('Filter is not an object')
  const conjunctions = readObject(pattern, [new Map()], { path: '', insideOr: false, depth: 0 })
  return { matches: fields => conjunctions.some(conjunction => holds(conjunction, fields)) }
}
