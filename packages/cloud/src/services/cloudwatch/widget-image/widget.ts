import { notImplemented } from '@sonde/wire'
import { checkAnnotations, checkGauge } from '../dashboards/body.ts'
import { error, type Issue, issuesText } from '../dashboards/issue.ts'
import { expandMetrics, type MetricRow } from '../dashboards/metric-rows.ts'
import { checkSchema, isObject, type Schema } from '../dashboards/schema.ts'
import { LEGEND, TIME_ZONE, WIDGET_PROPERTIES, Y_AXIS } from '../dashboards/vocabulary.ts'
import { validationError } from '../errors.ts'
import type { AxisOptions, Chart, Side } from './drawing/chart.ts'
import { readOffset, readTime } from './time-range.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Metric-Widget-Structure.html */
const MAX_METRICS = 100
const MAX_SIZE = 2_000
/** Uncompressed. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricWidgetImage.html */
const MAX_BYTES = 100 * 1024
const DEFAULTS = {
  width: 600,
  height: 400,
  start: '-PT3H',
  end: '-PT0H',
  period: 300,
  stat: 'Average',
} as const

type Line = {
  readonly value: number
  readonly label?: string
  readonly color?: string
  readonly visible?: boolean
}

/** A line of `annotations.horizontal`, as it is written. */
export type HorizontalInput = Line & { readonly fill?: 'none' | 'above' | 'below'; readonly yAxis?: Side }
export type VerticalInput = Omit<Line, 'value'> & {
  readonly value: string
  readonly fill?: 'none' | 'before' | 'after'
}

/** A metric widget as it is to be drawn: defaults filled in, times resolved, shorthands written out. */
export interface Widget {
  readonly rows: readonly MetricRow[]
  /** ms since the epoch. */
  readonly range: { readonly start: number; readonly end: number }
  readonly width: number
  readonly height: number
  readonly view: Chart['view']
  readonly stacked: boolean
  readonly theme: 'light' | 'dark'
  readonly title: string | undefined
  readonly region: string | undefined
  /** Of the rows that name none. */
  readonly accountId: string | undefined
  /** In seconds. */
  readonly period: number
  readonly stat: string
  readonly offset: number
  readonly legend: Chart['legend']
  readonly axes: Readonly<Record<Side, AxisOptions>>
  readonly horizontal: ReadonlyArray<HorizontalInput | readonly [HorizontalInput, HorizontalInput]>
  readonly vertical: ReadonlyArray<VerticalInput | readonly [VerticalInput, VerticalInput]>
  readonly sparkline: boolean
  readonly fullPrecision: boolean
  readonly valueLabels: boolean
}

/** What a dashboard's metric widget may say, and a picture besides. */
const dashboardWords = (): { readonly [name: string]: Schema } => {
  const { metric } = WIDGET_PROPERTIES
  return metric?.kind === 'object' ? metric.properties : {}
}

const size: Schema = { kind: 'integer', min: 1, max: MAX_SIZE }
const text: Schema = { kind: 'string' }
const WIDGET: Schema = {
  kind: 'object',
  required: ['metrics'],
  unknown: 'error',
  properties: {
    ...dashboardWords(),
    metrics: { kind: 'array', items: { kind: 'any' }, fewest: 1, most: MAX_METRICS },
    start: text,
    end: text,
    width: size,
    height: size,
    theme: { kind: 'string', oneOf: ['light', 'dark'] },
    legend: LEGEND,
    yAxis: Y_AXIS,
    timezone: TIME_ZONE,
  },
}

/** What a widget may say that no picture is drawn of. */
const NOT_DRAWN = ['setPeriodToTimeRange', 'table', 'trend'] as const

const invalidWidget = (issues: readonly Issue[]) => validationError(issuesText('The metric widget', issues))

type Properties = Readonly<Record<string, unknown>>

const parse = (json: string): Properties => {
  if (Buffer.byteLength(json) > MAX_BYTES) {
    throw validationError(`The parameter MetricWidget must not be larger than ${MAX_BYTES} bytes.`)
  }
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw validationError('The parameter MetricWidget must be a valid JSON object.')
  }
  if (!isObject(value)) throw validationError('The parameter MetricWidget must be a valid JSON object.')
  return value
}

const refuseWhatIsNotDrawn = (properties: Properties): void => {
  if (properties.view === 'table') throw notImplemented('A metric widget image with the view table')
  const name = NOT_DRAWN.find(known => properties[known] !== undefined && properties[known] !== false)
  if (name) throw notImplemented(`A metric widget image with ${name}`)
  const { annotations } = properties
  if (isObject(annotations) && annotations.alarms !== undefined) {
    throw notImplemented('A metric widget image with annotations.alarms')
  }
}

const rangeOf = ({ start, end }: Properties, now: number): Widget['range'] => {
  const read = (name: string, value: unknown): number => {
    const time = readTime(String(value), now)
    if (time === undefined) throw invalidWidget([error(`/${name}`, 'Should be a time')])
    return time
  }
  const range = { start: read('start', start ?? DEFAULTS.start), end: read('end', end ?? DEFAULTS.end) }
  if (range.start >= range.end) {
    throw validationError('The parameter start must be less than the parameter end of the metric widget.')
  }
  return range
}

const listOf = (annotations: unknown, name: string): readonly unknown[] => {
  const lines = isObject(annotations) ? annotations[name] : undefined
  return Array.isArray(lines) ? lines : []
}

/**
 * Reads the MetricWidget of GetMetricWidgetImage.
 *
 * @param now in ms since the epoch
 * @throws ServiceError `ValidationException` listing what is wrong with it, or 501 naming what is not drawn
 */
export const readWidget = (json: string, now: number): Widget => {
  const properties = parse(json)
  const issues = checkSchema(properties, WIDGET, '')
  if (isObject(properties.annotations))
    issues.push(...checkAnnotations(properties.annotations, '/annotations'))
  issues.push(...checkGauge(properties, ''))
  const expanded = Array.isArray(properties.metrics) ? expandMetrics(properties.metrics) : undefined
  issues.push(...(expanded?.issues ?? []))
  if (issues.length > 0) throw invalidWidget(issues)
  refuseWhatIsNotDrawn(properties)

  // The schema has said what each of them is.
  const known = properties as Partial<Omit<Widget, 'axes' | 'legend' | 'range' | 'offset'>> & {
    readonly yAxis?: Partial<Widget['axes']>
    readonly legend?: { readonly position?: Widget['legend'] }
    readonly labels?: { readonly visible?: boolean }
    readonly singleValueFullPrecision?: boolean
    readonly timezone?: string
    readonly annotations?: unknown
  }
  return {
    rows: expanded?.rows ?? [],
    range: rangeOf(properties, now),
    width: known.width ?? DEFAULTS.width,
    height: known.height ?? DEFAULTS.height,
    view: known.view ?? 'timeSeries',
    stacked: known.stacked ?? false,
    theme: known.theme ?? 'light',
    title: known.title,
    region: known.region,
    accountId: known.accountId,
    period: known.period ?? DEFAULTS.period,
    stat: known.stat ?? DEFAULTS.stat,
    offset: readOffset(known.timezone ?? '+0000'),
    legend: known.legend?.position ?? 'bottom',
    axes: { left: known.yAxis?.left ?? {}, right: known.yAxis?.right ?? {} },
    horizontal: listOf(known.annotations, 'horizontal') as Widget['horizontal'],
    vertical: listOf(known.annotations, 'vertical') as Widget['vertical'],
    sparkline: known.sparkline ?? false,
    fullPrecision: known.singleValueFullPrecision ?? false,
    valueLabels: known.labels?.visible ?? true,
  }
}
