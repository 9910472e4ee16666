import { CloudWatchClient, type Metric, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { type Arguments, type Command, UsageError } from '../command.ts'
import { type Question, readQuestion, usualPeriod, usualStatistic } from '../metrics/question.ts'
import {
  listMetrics,
  readSeries,
  type Series,
  valuesOf,
  type Window,
  windowOf,
} from '../metrics/read-series.ts'
import { sparkline, valueText } from '../metrics/sparkline.ts'
import { AWS_OPTION, findReading, PLACE_OPTIONS } from '../place.ts'
import { parseSpan, spanText } from '../span.ts'
import type { Terminal } from '../terminal.ts'

const DEFAULT_LIMIT = 40
const LARGEST_LIMIT = 500
const CELLS = 60

const printNamespaces = async (client: CloudWatchClient, terminal: Terminal): Promise<void> => {
  const names = new Map<string, Map<string, number>>()
  for (const { Namespace = '', MetricName = '' } of await listMetrics(client, {})) {
    const counts = names.get(Namespace) ?? new Map<string, number>()
    names.set(Namespace, counts.set(MetricName, (counts.get(MetricName) ?? 0) + 1))
  }
  for (const [namespace, counts] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
    terminal.print(`${terminal.style('bold', namespace)}  ${[...counts.keys()].sort().join(', ')}`)
  }
  if (names.size === 0)
    terminal.warn('No metrics yet. Services publish theirs when they are used: sonde invoke')
}

const dimensionsText = ({ Dimensions = [] }: Metric): string =>
  Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(' ')

const metricQuery = (metric: Metric, index: number, stat: string, period: number): MetricDataQuery => ({
  Id: `m${index}`,
  Label: [metric.MetricName, stat, dimensionsText(metric)].filter(Boolean).join('  '),
  MetricStat: { Metric: metric, Stat: stat, Period: period },
})

const printSeries = (series: Series, window: Window, withValues: boolean, terminal: Terminal): void => {
  const values = valuesOf(series, window)
  const known = values.filter(value => value !== undefined)
  terminal.print(series.label)
  if (known.length === 0) {
    terminal.print(terminal.style('dim', '  no datapoints'))
    return
  }
  const last = known.at(-1) ?? 0
  terminal.print(
    `  ${terminal.style('cyan', sparkline(values, CELLS))}  last ${valueText(last)}  ` +
      terminal.style('dim', `min ${valueText(Math.min(...known))}  max ${valueText(Math.max(...known))}`),
  )
  if (!withValues) return
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue
    const time = new Date(window.start + index * window.period).toISOString().slice(0, 19)
    terminal.print(`    ${time}Z  ${valueText(value)}`)
  }
}

interface Asked {
  readonly stat: string | undefined
  /** s */
  readonly period: number
  readonly limit: number
}

/** The queries that answer a question, and how many metrics were left out. */
const queriesOf = async (
  client: CloudWatchClient,
  question: Exclude<Question, { kind: 'namespaces' }>,
  { stat, period, limit }: Asked,
): Promise<{ readonly queries: MetricDataQuery[]; readonly left: number }> => {
  if (question.kind === 'expression') {
    return { queries: [{ Id: 'e1', Expression: question.expression, Period: period }], left: 0 }
  }
  const { namespace, name, dimensions } = question
  const found = await listMetrics(client, {
    Namespace: namespace,
    ...(name !== undefined && { MetricName: name }),
    ...(dimensions.length > 0 && { Dimensions: dimensions.slice() }),
  })
  const queries = found
    .slice(0, limit)
    .map((metric, index) =>
      metricQuery(metric, index, stat ?? usualStatistic(metric.MetricName ?? ''), period),
    )
  return { queries, left: found.length - queries.length }
}

/** What the caller can mend is told in CloudWatch's words. */
const mendable = (error: unknown): unknown => {
  const { name, message, $fault } = error as Error & { $fault?: string }
  return $fault === 'client' ? new UsageError(`${message} (${name})`, { cause: error }) : error
}

const metrics = async (arguments_: Arguments, terminal: Terminal): Promise<number> => {
  const question = readQuestion(arguments_.operands)
  const span = parseSpan(arguments_.text('since') ?? '1h')
  const wanted = arguments_.text('period')
  const period = wanted === undefined ? usualPeriod(span) : parseSpan(wanted, '--period') / 1_000
  const limit = arguments_.integer('limit', LARGEST_LIMIT) ?? DEFAULT_LIMIT
  const reading = await findReading(arguments_)
  const client = new CloudWatchClient(reading.options)
  try {
    if (question.kind === 'namespaces') {
      await printNamespaces(client, terminal)
      return 0
    }
    const window = windowOf(await reading.now(), span, period * 1_000)
    const { queries, left } = await queriesOf(client, question, {
      stat: arguments_.text('stat'),
      period,
      limit,
    })
    const series = queries.length > 0 ? await readSeries(client, queries, window) : []
    for (const one of series) printSeries(one, window, arguments_.flag('values'), terminal)
    if (series.length === 0) terminal.warn('No such metric. What there is: sonde metrics')
    else {
      const until = new Date(window.end).toISOString().slice(0, 16)
      terminal.warn(
        terminal.style(
          'dim',
          `${spanText(span)} until ${until}Z, one datapoint a ${spanText(period * 1_000)}`,
        ),
      )
    }
    if (left > 0) terminal.warn(`${left} more are not shown: name one, or raise --limit.`)
    return 0
  } catch (error) {
    throw mendable(error)
  } finally {
    client.destroy()
  }
}

export const metricsCommand: Command = {
  summary: 'list metrics, draw them, evaluate metric math',
  operands: "[namespace [metric] [Name=Value …] | 'expression']",
  description: [
    'Draws metrics of CloudWatch in the terminal:',
    '',
    '  sonde metrics                                        the namespaces and their metrics',
    '  sonde metrics AWS/ApiGateway                         every metric of one',
    '  sonde metrics AWS/ApiGateway Latency Stage=prod --stat p90',
    "  sonde metrics \"SEARCH('{AWS/Lambda,FunctionName} Errors', 'Sum')\"",
    '  sonde metrics \'SELECT MAX(Duration) FROM "AWS/Lambda" GROUP BY FunctionName\'',
    '',
    'The statistic is Sum of what counts and Average of the rest unless --stat names one of CloudWatch’s,',
    'percentiles and trimmed ones included. A dot is a period without a datapoint.',
  ].join('\n'),
  options: {
    ...PLACE_OPTIONS,
    ...AWS_OPTION,
    stat: { type: 'string', value: 'statistic', help: 'Average, Sum, Maximum, p90, TM(5%:95%), PR(:200), …' },
    period: {
      type: 'string',
      value: 'span',
      help: 'Of a datapoint: 1m, 5m, 1h. Default: at most 120 of them',
    },
    since: { type: 'string', value: 'span', help: 'How far back: 15m, 2h, 1d. Default 1h' },
    limit: { type: 'string', value: 'count', help: `Metrics at most. Default ${DEFAULT_LIMIT}` },
    values: { type: 'boolean', help: 'Print every datapoint as well' },
  },
  run: metrics,
}
