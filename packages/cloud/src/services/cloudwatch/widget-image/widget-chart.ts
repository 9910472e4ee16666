import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { notImplemented } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import type { MetricRow } from '../dashboards/metric-rows.ts'
import { parseIsoTime } from '../iso-time.ts'
import type { QueryResult } from '../queries/query-evaluator.ts'
import type {
  Chart,
  ChartBand,
  ChartSeries,
  HorizontalAnnotation,
  VerticalAnnotation,
} from './drawing/chart.ts'
import { THEMES } from './drawing/theme.ts'
import type { HorizontalInput, VerticalInput, Widget } from './widget.ts'

/** Rows without an id get one that no user has: `row_0`, or with more underscores where somebody has that. */
const idsOf = (rows: readonly MetricRow[]): string[] => {
  const taken = new Set(rows.flatMap(({ options }) => options.id ?? []))
  return rows.map(({ options }, index) => {
    let id = options.id ?? `row_${index}`
    while (options.id === undefined && taken.has(id)) id = `${id}_`
    return id
  })
}

/** The queries of a widget's rows, in their order. @throws ServiceError 501 for other accounts and mixed regions */
export const queriesOf = (widget: Widget, scope: Scope): MetricDataQuery[] => {
  const region = widget.region ?? scope.region
  const ids = idsOf(widget.rows)
  return widget.rows.map((row, index): MetricDataQuery => {
    const { options } = row
    const account = options.accountId ?? widget.accountId ?? scope.account
    if (account !== scope.account) {
      throw notImplemented(`A metric widget image with metrics of another account (${account})`)
    }
    if (options.region !== undefined && options.region !== region) {
      throw notImplemented(`A metric widget image with metrics of several regions (${options.region})`)
    }
    const common = {
      Id: ids[index],
      ReturnData: options.visible ?? true,
      ...(options.label !== undefined && { Label: options.label }),
    }
    const Period = options.period ?? widget.period
    if (row.kind === 'expression') return { ...common, Expression: row.expression, Period }
    const Metric = {
      Namespace: row.namespace,
      MetricName: row.name,
      Dimensions: row.dimensions.map(([Name, Value]) => ({ Name, Value })),
    }
    return { ...common, MetricStat: { Metric, Period, Stat: options.stat ?? widget.stat } }
  })
}

const isPair = <T>(line: T | readonly [T, T]): line is readonly [T, T] => Array.isArray(line)

const labelled = ({ label }: { readonly label?: string }) => (label === undefined ? {} : { label })

const horizontalOf = (
  line: HorizontalInput | readonly [HorizontalInput, HorizontalInput],
  fallback: string,
): HorizontalAnnotation[] => {
  const [first, second] = isPair(line) ? line : [line]
  const { value, visible = true, color = fallback, fill = 'none', yAxis: side = 'left' } = first
  if (!visible) return []
  const to = second && { to: { value: second.value, ...labelled(second) } }
  return [{ value, color, fill, side, ...labelled(first), ...to }]
}

/** The schema has said that it is one. */
const timeOf = ({ value }: VerticalInput): number => parseIsoTime(value)?.time ?? Number.NaN

const verticalOf = (
  line: VerticalInput | readonly [VerticalInput, VerticalInput],
  fallback: string,
): VerticalAnnotation[] => {
  const [first, second] = isPair(line) ? line : [line]
  const { visible = true, color = fallback, fill = 'none' } = first
  if (!visible) return []
  const to = second && { to: { time: timeOf(second), ...labelled(second) } }
  return [{ time: timeOf(first), color, fill, ...labelled(first), ...to }]
}

const isBand = (row: MetricRow, { series }: QueryResult): boolean =>
  row.kind === 'expression' && /^\s*ANOMALY_DETECTION_BAND\s*\(/.test(row.expression) && series.length === 2

/** What a widget shows, from what its rows were evaluated to. @param results of all rows, in any order */
export const chartOf = (widget: Widget, results: readonly QueryResult[]): Chart => {
  const theme = THEMES[widget.theme]
  const byId = new Map(results.map(result => [result.id, result]))
  const ids = idsOf(widget.rows)
  const series: ChartSeries[] = []
  const bands: ChartBand[] = []
  for (const [index, row] of widget.rows.entries()) {
    const result = byId.get(ids[index] ?? '')
    if (!result || row.options.visible === false) continue
    const side = row.options.yAxis ?? 'left'
    const [first, second] = result.series
    if (first && second && isBand(row, result)) {
      bands.push({
        label: row.options.label ?? first.label,
        color: row.options.color ?? theme.band,
        side,
        times: first.timestamps,
        upper: first.values,
        lower: second.values,
      })
      continue
    }
    for (const { label, period, timestamps, values, unit } of result.series) {
      const own = result.series.length === 1 ? row.options.color : undefined
      const color = own ?? theme.series[series.length % theme.series.length] ?? theme.text
      series.push({ label, color, side, unit, period: period * 1_000, times: timestamps, values })
    }
  }
  const { width, height, title, view, stacked, range, offset, axes, legend, sparkline } = widget
  return {
    ...{ width, height, title, view, stacked, range, offset, axes, legend, sparkline, theme, series, bands },
    horizontal: widget.horizontal.flatMap(line => horizontalOf(line, theme.series[4] ?? theme.text)),
    vertical: widget.vertical.flatMap(line => verticalOf(line, theme.series[6] ?? theme.text)),
    fullPrecision: widget.fullPrecision,
    valueLabels: widget.valueLabels,
  }
}
