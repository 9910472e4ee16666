import type { FunctionTable, MathFunction } from '../math-function.ts'
import { AGGREGATES } from './aggregate.ts'
import { ARRAYS } from './arrays.ts'
import { CHANGES } from './change.ts'
import { FILL } from './fill.ts'
import { IF } from './if.ts'
import { POINTWISE } from './pointwise.ts'
import { SOURCES } from './sources.ts'
import { TIMES } from './time.ts'

/** Every function of metric math that is provided. */
export const FUNCTIONS: FunctionTable = {
  ...POINTWISE,
  ...AGGREGATES,
  ...CHANGES,
  ...FILL,
  ...IF,
  ...ARRAYS,
  ...TIMES,
  ...SOURCES,
}

/** CloudWatch's that read from services beyond this one: they are refused by name. */
export const REFUSED_FUNCTIONS: readonly string[] = [
  'DB_PERF_INSIGHTS',
  'INSIGHT_RULE_METRIC',
  'LAMBDA',
  'SERVICE_QUOTA',
]

export const functionNamed = (name: string): MathFunction | undefined =>
  Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
