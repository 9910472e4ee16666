import { error, type Issue } from './issue.ts'
import { checkSchema, isObject } from './schema.ts'
import { METRIC_OPTIONS } from './vocabulary.ts'

/** The options at the end of a row of `metrics`. */
export interface MetricOptions {
  readonly id?: string
  readonly expression?: string
  readonly label?: string
  readonly color?: string
  readonly stat?: string
  /** In seconds. */
  readonly period?: number
  readonly visible?: boolean
  readonly yAxis?: 'left' | 'right'
  readonly region?: string
  readonly accountId?: string
}

/** A row of `metrics` with its shorthands written out. */
export type MetricRow =
  | {
      readonly kind: 'metric'
      readonly namespace: string
      readonly name: string
      readonly dimensions: ReadonlyArray<readonly [name: string, value: string]>
      readonly options: MetricOptions
    }
  | {
      readonly kind: 'expression'
      readonly expression: string
      readonly options: MetricOptions
    }

interface ExpandedMetrics {
  /** Those rows that are right. */
  readonly rows: readonly MetricRow[]
  readonly issues: readonly Issue[]
}

/** Stands for the field in its place of the metric before. */
const SAME = '.'
/** Stands for all fields of the metric before that those around it leave out. */
const REST = '...'

/** Writes `...` as as many `.` as make the row as long as the one before. */
const expandRest = (
  fields: readonly string[],
  previous: readonly string[],
  path: string,
): string[] | Issue => {
  const at = fields.indexOf(REST)
  if (at === -1) return [...fields]
  const left = previous.length - (fields.length - 1)
  if (left < 0 || previous.length === 0 || fields.lastIndexOf(REST) !== at) {
    return error(`${path}/${at}`, 'Repeat marker "..." used but not enough fields in previous metric')
  }
  return [...fields.slice(0, at), ...Array.from({ length: left }, () => SAME), ...fields.slice(at + 1)]
}

const expandFields = (
  fields: readonly string[],
  previous: readonly string[],
  path: string,
): string[] | Issue => {
  const long = expandRest(fields, previous, path)
  if (!Array.isArray(long)) return long
  const unknown = long.findIndex((field, index) => field === SAME && previous[index] === undefined)
  if (unknown !== -1) {
    return error(`${path}/${unknown}`, 'Repeat marker "." used but not enough fields in previous metric')
  }
  return long.map((field, index) => (field === SAME ? (previous[index] ?? '') : field))
}

/** The options of a row, or where it has too many items: options that are wrong are none, and so one item too many. */
const readOptions = (row: readonly unknown[], path: string): MetricOptions | Issue => {
  const last = row.at(-1)
  if (!isObject(last)) return {}
  if (checkSchema(last, METRIC_OPTIONS, path).length === 0) return last
  return error(path, `Should NOT have more than ${row.length - 1} items`)
}

const isIssue = (value: object): value is Issue => 'severity' in value

const expandRow = (row: unknown, previous: readonly string[], path: string): MetricRow | Issue => {
  if (!Array.isArray(row)) {
    return error(
      path,
      'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element',
    )
  }
  const fields: unknown[] = isObject(row.at(-1)) ? row.slice(0, -1) : row
  const wrong = fields.findIndex(field => typeof field !== 'string')
  if (wrong !== -1)
    return error(`${path}/${wrong}`, 'Invalid metric field type, only "String" type is allowed')
  const options = readOptions(row, path)
  if (isIssue(options)) return options
  if (fields.length === 0 && options.expression !== undefined) {
    return { kind: 'expression', expression: options.expression, options }
  }
  const expanded = expandFields(fields as string[], previous, path)
  if (!Array.isArray(expanded)) return expanded
  const [namespace, name, ...rest] = expanded
  if (namespace === undefined || name === undefined || namespace === '' || name === '') {
    return error(path, 'Should NOT have fewer than 2 items')
  }
  // A dimension's name without its value.
  if (rest.length % 2 === 1) return error(path, `Should NOT have more than ${expanded.length - 1} items`)
  const dimensions = rest.flatMap((field, index) =>
    index % 2 === 0 ? [[field, rest[index + 1] ?? ''] as const] : [],
  )
  return { kind: 'metric', namespace, name, dimensions, options }
}

const fieldsOf = (row: Extract<MetricRow, { readonly kind: 'metric' }>): string[] => [
  row.namespace,
  row.name,
  ...row.dimensions.flat(),
]

/**
 * Reads the rows of a widget's `metrics` and writes out their shorthands: `.` repeats the field in its place of the
 * metric before, `...` all that are left out. Expressions between two metrics do not count.
 *
 * @param path of the array, such as `/widgets/0/properties/metrics`
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export const expandMetrics = (rows: readonly unknown[], path = '/metrics'): ExpandedMetrics => {
  const expanded: MetricRow[] = []
  const issues: Issue[] = []
  let previous: readonly string[] = []
  for (const [index, row] of rows.entries()) {
    const result = expandRow(row, previous, `${path}/${index}`)
    if (isIssue(result)) {
      issues.push(result)
      continue
    }
    expanded.push(result)
    if (result.kind === 'metric') previous = fieldsOf(result)
  }
  return { rows: expanded, issues }
}
