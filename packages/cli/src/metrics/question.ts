import { UsageError } from '../command.ts'

/** What `sonde metrics` is asked by its operands. */
export type Question =
  | { readonly kind: 'namespaces' }
  | {
      readonly kind: 'metrics'
      readonly namespace: string
      readonly name?: string
      /** Those that a metric has at least. */
      readonly dimensions: ReadonlyArray<{ readonly Name: string; readonly Value: string }>
    }
  | { readonly kind: 'expression'; readonly expression: string }

const isExpression = (text: string): boolean => /^\s*select\s/i.test(text) || text.includes('(')

const readDimension = (text: string) => {
  const equals = text.indexOf('=')
  if (equals < 1) throw new UsageError(`A dimension is written Name=Value, not ${text}.`)
  return { Name: text.slice(0, equals), Value: text.slice(equals + 1) }
}

/** @throws UsageError in one line */
export const readQuestion = (operands: readonly string[]): Question => {
  const [first, ...rest] = operands
  if (first === undefined) return { kind: 'namespaces' }
  if (isExpression(first)) {
    if (rest.length > 0) throw new UsageError('An expression is one operand: put it in quotes.')
    return { kind: 'expression', expression: first }
  }
  const [second, ...others] = rest
  const isName = second !== undefined && !second.includes('=')
  return {
    kind: 'metrics',
    namespace: first,
    ...(isName && { name: second }),
    dimensions: (isName ? others : rest).map(readDimension),
  }
}

const COUNTED =
  /count|errors?$|invocations|throttle|requests|events|published|delivered|failed|received|dropped/i

/** The statistic that says most of a metric of that name: `Sum` of what counts, else `Average`. */
export const usualStatistic = (name: string): string =>
  COUNTED.test(name) && !/PerInstance$/.test(name) ? 'Sum' : 'Average'

/** Most datapoints that a line shows. */
const MOST_POINTS = 120

const DAY = 86_400_000

/** The grain, in seconds, that CloudWatch keeps of what is so old (ms): other periods have no data. */
const grainOf = (age: number): number => {
  if (age > 63 * DAY) return 3_600
  return age > 15 * DAY ? 300 : 60
}

/** The period, in seconds, at which a span (ms) has few enough datapoints. */
export const usualPeriod = (span: number): number => {
  const grain = grainOf(span)
  return grain * Math.max(1, Math.ceil(span / 1_000 / grain / MOST_POINTS))
}
