import type { QueryRange } from '../query-evaluator.ts'
import type { Series } from '../series.ts'
import type { CallNode } from './ast.ts'

/** A scalar, a time series, or an array of time series, as the user guide abbreviates them. */
export type MathType = 'S' | 'TS' | 'TS[]'
/** What an expression evaluates to; which of the three is known before. */
export type MathValue = number | Series | readonly Series[]
/** Text in quotes, and keywords, come as strings. */
export type Argument = MathValue | string

/**
 * What a parameter takes: values of a type; text in quotes; the id of a metric, or of any other query; or one of
 * some keywords.
 */
export type ParameterKind =
  | MathType
  | 'string'
  | 'metric'
  | 'reference'
  | { readonly keywords: readonly string[] }
export type Parameter = readonly ParameterKind[]

/** One way to call a function. */
export interface Overload {
  readonly parameters: readonly Parameter[]
  /** How many of the last parameters may be left out. Default none. */
  readonly optional?: number
  readonly gives: MathType
}

/** What functions know of the request besides their arguments. */
export interface MathContext {
  readonly range: QueryRange
  /** All periods of the range, by their starts in ms; `period` is in seconds. Shared: never changed. */
  grid(period: number): readonly number[]
  /**
   * In seconds: of the query, of the metrics that the expression refers to, or of the request's.
   *
   * @throws ExpressionError where there is none of these
   */
  defaultPeriod(): number
  /** The metrics of the request whose ids contain a text. */
  metrics(contained: string): readonly Series[]
  search(text: string, stat: string, period: number): readonly Series[]
  /** @param id of the query that the band is around, whose values are `series` */
  band(id: string, series: Series, width: number): { readonly upper: Series; readonly lower: Series }
}

/** A function of metric math. */
export interface MathFunction {
  readonly overloads: readonly Overload[]
  /** Arguments are what one of the overloads takes; those left out are `undefined`. */
  readonly evaluate: (
    parameters: readonly (Argument | undefined)[],
    context: MathContext,
    call: CallNode,
  ) => MathValue
}

export type FunctionTable = Readonly<Record<string, MathFunction>>

export const isSeries = (value: unknown): value is Series =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** For values that the overloads say to be series. */
export const asSeries = (value: Argument | undefined): Series => {
  if (isSeries(value)) return value
  throw new TypeError('a time series was checked for')
}

/** For values that the overloads say to be arrays. */
export const asArray = (value: Argument | undefined): readonly Series[] => {
  if (Array.isArray(value)) return value
  throw new TypeError('an array of time series was checked for')
}

export const asNumber = (value: Argument | undefined): number => {
  if (typeof value === 'number') return value
  throw new TypeError('a scalar was checked for')
}

export const asString = (value: Argument | undefined): string => {
  if (typeof value === 'string') return value
  throw new TypeError('text was checked for')
}

const TS: Parameter = ['TS']
const ARRAY: Parameter = ['TS[]']

/** For functions that change each time series by itself. */
export const eachSeries = (change: (series: Series, context: MathContext) => Series): MathFunction => ({
  overloads: [
    { parameters: [TS], gives: 'TS' },
    { parameters: [ARRAY], gives: 'TS[]' },
  ],
  evaluate: ([value], context) =>
    isSeries(value) ? change(value, context) : asArray(value).map(series => change(series, context)),
})
