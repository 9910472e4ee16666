import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { notImplemented, type Operations } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import { constraint, validationError } from '../errors.ts'
import type { QueryEvaluator } from '../queries/query-evaluator.ts'
import { drawChart } from './drawing/draw.ts'
import type { Rasteriser } from './rasteriser.ts'
import { readWidget, type Widget } from './widget.ts'
import { chartOf, queriesOf } from './widget-chart.ts'

export type WidgetImageOperations = Required<
  Pick<Operations<typeof Sdk, RequestContext>, 'GetMetricWidgetImage'>
>

/** What GetMetricData gives at once: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MAX_DATAPOINTS = 100_800

const checkSize = ({ range, rows, period }: Widget): void => {
  const points = rows.reduce(
    (sum, { options }) => sum + Math.ceil((range.end - range.start) / ((options.period ?? period) * 1_000)),
    0,
  )
  if (points <= MAX_DATAPOINTS) return
  throw validationError(
    `You have requested up to ${points} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
  )
}

export const createWidgetImageOperations = (
  queries: QueryEvaluator,
  clock: Pick<Clock, 'now'>,
  rasteriser: Rasteriser,
): WidgetImageOperations => ({
  GetMetricWidgetImage: async ({ MetricWidget = '', OutputFormat = 'png' }, { scope }) => {
    // It would answer the picture itself instead of an API's answer; no SDK and no CLI asks for it.
    if (OutputFormat === 'image/png')
      throw notImplemented('cloudwatch:GetMetricWidgetImage with OutputFormat image/png')
    if (OutputFormat !== 'png')
      throw constraint(OutputFormat, 'outputFormat', 'satisfy enum value set: [png, image/png]')
    const widget = readWidget(MetricWidget, clock.now())
    checkSize(widget)
    const region = widget.region ?? scope.region
    const asked = queriesOf(widget, scope)
    // The period in which the picture begins is shown from its start.
    const longest = Math.max(...widget.rows.map(({ options }) => options.period ?? widget.period)) * 1_000
    const start = Math.floor(widget.range.start / longest) * longest
    const results = queries.evaluate({ account: scope.account, region }, asked, {
      start,
      end: widget.range.end,
    })
    const failed = results.find(({ error }) => error !== undefined)
    if (failed) throw validationError(String(failed.error))
    return { MetricWidgetImage: await rasteriser.render(drawChart(chartOf(widget, results))) }
  },
})
