import type { Literal, Operator, Test } from './ast.ts'
import type { Value } from './views.ts'

type Comparison = (value: Value, literal: Literal) => boolean

const numbers =
  (compare: (value: number, literal: number) => boolean): Comparison =>
  (value, literal) =>
    typeof value === 'number' && typeof literal === 'number' && compare(value, literal)

const strings =
  (compare: (value: string, literal: string) => boolean): Comparison =>
  (value, literal) =>
    typeof value === 'string' && typeof literal === 'string' && compare(value, literal)

const COMPARISONS: Readonly<Record<Operator, Comparison>> = {
  '=': (value, literal) => value === literal,
  // Values of another type are not unequal: they are not compared.
  '!=': (value, literal) => typeof value === typeof literal && value !== literal,
  '<': numbers((value, literal) => value < literal),
  '<=': numbers((value, literal) => value <= literal),
  '>': numbers((value, literal) => value > literal),
  '>=': numbers((value, literal) => value >= literal),
  CONTAINS: strings((value, literal) => value.includes(literal)),
  BEGINSWITH: strings((value, literal) => value.startsWith(literal)),
  ENDSWITH: strings((value, literal) => value.endsWith(literal)),
}

/**
 * Whether any of the values passes the test, or is set where there is no test. Strings are compared with regard to case.
 * What is not set passes no test, `!=` included.
 */
export const passes = (values: Value | readonly Value[] | undefined, test: Test | undefined): boolean => {
  if (values === undefined) return false
  const list = Array.isArray(values) ? (values as readonly Value[]) : [values as Value]
  if (!test) return list.some(value => value !== false)
  const compare = COMPARISONS[test.operator]
  return list.some(value => compare(value, test.value))
}
