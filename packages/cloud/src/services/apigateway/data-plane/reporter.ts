import type { Clock } from '../../../kernel/clock.ts'
import type { LogEvent, LogWriter, MetricRecorder, MetricSample } from '../../../kernel/ports.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { MAX_EXECUTION_LOG_EVENT } from '../limits.ts'
import { metricName } from './compile.ts'
import type { Exchange } from './exchange.ts'

/** API Gateway's log streams are MD5 sums of shard numbers; ours is always that of shard 0. */
const LOG_STREAM = 'cfcd208495d565ef66e7dff9f98764da'
const NAMESPACE = 'AWS/ApiGateway'

/** What a request has to say once it is over. */
export interface Reporter {
  /** Takes a finished exchange; writes what it says after the response has gone out. */
  report(exchange: Exchange): void
  /** Writes at once what is waiting. */
  flush(): void
}

export interface ReporterPorts {
  readonly clock: Clock
  readonly logs: LogWriter
  readonly metrics: MetricRecorder
  /** Called with each finished exchange, off the request path; the seam for traces. */
  readonly onRequest?: ((exchange: Exchange) => void) | undefined
}

/**
 * Collects exchanges in a turn of the event loop and writes their logs and metrics in the next, in one go. A stepped
 * clock waits for that: an alarm must see what happened before it looks.
 */
export const createReporter = ({ clock, logs, metrics, onRequest }: ReporterPorts): Reporter => {
  let waiting: Exchange[] = []
  let scheduled = false

  const flush = (): void => {
    scheduled = false
    const finished = waiting
    waiting = []
    const samples = new Map<Scope, MetricSample[]>()
    for (const exchange of finished) {
      const { scope } = exchange.stage
      const list = samples.get(scope)
      if (list) addSamples(list, exchange)
      else samples.set(scope, addSamples([], exchange))
      writeLogs(logs, exchange)
      onRequest?.(exchange)
    }
    for (const [scope, list] of samples) metrics.record(scope, list)
  }

  return {
    flush,
    report: exchange => {
      waiting.push(exchange)
      if (scheduled) return
      scheduled = true
      clock.hold(
        new Promise<void>(resolve => {
          setImmediate(() => {
            flush()
            resolve()
          })
        }),
      )
    },
  }
}

/** One value of each metric for a request, in each of its dimension sets. */
const addSamples = (samples: MetricSample[], exchange: Exchange): MetricSample[] => {
  for (const dimensions of exchange.stage.dimensions) addSet(samples, exchange, dimensions)
  const { method, stage } = exchange
  if (method?.detailedMetrics) {
    addSet(samples, exchange, {
      ApiName: metricName(stage.apiName, stage.apiId),
      Method: exchange.httpMethod,
      Resource: method.resourcePath,
      Stage: stage.stageName,
    })
  }
  return samples
}

const addSet = (
  samples: MetricSample[],
  { time: timestamp, status, latency, integrationLatency }: Exchange,
  dimensions: Readonly<Record<string, string>>,
): void => {
  const add = (name: string, value: number, unit: string): void => {
    samples.push({ namespace: NAMESPACE, name, dimensions, value, unit, timestamp })
  }
  add('Count', 1, 'Count')
  add('4XXError', status >= 400 && status < 500 ? 1 : 0, 'Count')
  add('5XXError', status >= 500 ? 1 : 0, 'Count')
  add('Latency', latency ?? 0, 'Milliseconds')
  if (integrationLatency !== undefined) add('IntegrationLatency', integrationLatency, 'Milliseconds')
}

const writeLogs = (logs: LogWriter, exchange: Exchange): void => {
  const { stage, log } = exchange
  const { accessLog } = stage
  if (accessLog) {
    const event = { timestamp: exchange.time, message: accessLog.format(exchange) }
    logs.write(accessLog.scope, accessLog.group, LOG_STREAM, [event])
  }
  if (log && log.lines.length > 0) {
    const group = `API-Gateway-Execution-Logs_${stage.apiId}/${stage.stageName}`
    logs.write(stage.scope, group, LOG_STREAM, executionEvents(exchange))
  }
}

const executionEvents = (exchange: Exchange): LogEvent[] =>
  (exchange.log?.lines ?? []).map(({ at, text }) => ({
    timestamp: exchange.time + Math.round(at - exchange.started),
    message: truncate(`(${exchange.requestId}) ${text}`),
  }))

const TRUNCATED = ' [TRUNCATED]'

/** Cuts a message to what an event of the execution log may hold, between characters. */
const truncate = (message: string): string => {
  if (Buffer.byteLength(message) <= MAX_EXECUTION_LOG_EVENT) return message
  const bytes = Buffer.from(message)
  let end = MAX_EXECUTION_LOG_EVENT - TRUNCATED.length
  // A byte 10xxxxxx continues a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end) + TRUNCATED
}
