import type { MetricSample } from '../../kernel/ports.ts'
import { LogMessage } from './patterns/log-message.ts'
import { UNITS } from './units.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const MAX_METRICS = 100
const MAX_VALUES = 100
const MAX_DIMENSIONS = 30
const MAX_DIMENSION_VALUE = 1024
const MAX_NAMESPACE = 1024
const HIGH_RESOLUTION = 1
const STANDARD_RESOLUTION = 60
/** What CloudWatch takes: two weeks back, two hours ahead, in ms. */
const MAX_AGE = 14 * 86_400_000
const MAX_AHEAD = 2 * 3_600_000

/** How Lambda's runtimes begin a line of the log: time, request id and level, in one order or the other. */
const LAMBDA_PREFIX = /^(?:\[[A-Z]+\]\t\S+\t\S+\t|\S+Z\t\S+\t[A-Z]+\t)(?=\{)/

export interface EmbeddedMetrics {
  readonly samples: readonly MetricSample[]
  /** What `AWS/Logs` counts about the event. */
  readonly error?: 'EMFParsingErrors' | 'EMFValidationErrors'
}

type Json = Readonly<Record<string, unknown>>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isName = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest

/** The dimensions of one set; `undefined` where the document does not have them all as text. */
const dimensionsOf = (document: Json, keys: unknown): Record<string, string> | undefined => {
  if (!Array.isArray(keys) || keys.length > MAX_DIMENSIONS) return undefined
  const dimensions: Record<string, string> = {}
  for (const key of keys) {
    const value = typeof key === 'string' && Object.hasOwn(document, key) ? document[key] : undefined
    if (typeof key !== 'string' || !isName(value, MAX_DIMENSION_VALUE)) return undefined
    dimensions[key] = value
  }
  return dimensions
}

/** The values of a metric; `undefined` where the document has no numbers for it. */
const valuesOf = (document: Json, name: string): readonly number[] | undefined => {
  const value = Object.hasOwn(document, name) ? document[name] : undefined
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (values.length > MAX_VALUES || values.length === 0) return undefined
  return values.every((item): item is number => typeof item === 'number' && Number.isFinite(item))
    ? values
    : undefined
}

/** @returns whether all of it is valid; samples of what is are added in any case */
const readDirective = (
  document: Json,
  directive: unknown,
  timestamp: number,
  samples: MetricSample[],
): boolean => {
  if (!isObject(directive) || !isName(directive.Namespace, MAX_NAMESPACE)) return false
  const { Namespace: namespace, Dimensions = [[]], Metrics: metrics } = directive
  if (!Array.isArray(Dimensions) || !Array.isArray(metrics) || metrics.length > MAX_METRICS) return false
  const sets = Dimensions.map(keys => dimensionsOf(document, keys))
  if (sets.includes(undefined)) return false
  let valid = true
  for (const metric of metrics as readonly unknown[]) {
    const name = isObject(metric) && isName(metric.Name, MAX_DIMENSION_VALUE) ? metric.Name : undefined
    const values = name === undefined ? undefined : valuesOf(document, name)
    const { Unit: unit = 'None', StorageResolution: resolution = STANDARD_RESOLUTION } = isObject(metric)
      ? metric
      : {}
    if (
      name === undefined ||
      !values ||
      typeof unit !== 'string' ||
      !UNITS.has(unit) ||
      (resolution !== STANDARD_RESOLUTION && resolution !== HIGH_RESOLUTION)
    ) {
      valid = false
      continue
    }
    for (const dimensions of sets) {
      for (const value of values) {
        samples.push({
          namespace,
          name,
          dimensions: dimensions ?? {},
          value,
          unit,
          timestamp,
          ...(resolution === HIGH_RESOLUTION && { highResolution: true }),
        })
      }
    }
  }
  return valid
}

/** Whether a text is worth looking at for metrics. Nearly none is. */
export const mayEmbedMetrics = (text: string): boolean => text.includes('"_aws"')

/**
 * Reads the metrics that a log event carries in CloudWatch's embedded metric format. A directive that does not fit the
 * specification gives none, a metric without its numbers none of its own; the event then counts as one error.
 *
 * @param now ms since the epoch
 * @returns `undefined` for an event that is not in the format
 */
export const readEmbeddedMetrics = (message: LogMessage, now: number): EmbeddedMetrics | undefined => {
  if (!mayEmbedMetrics(message.text)) return undefined
  const text = message.text.replace(LAMBDA_PREFIX, '')
  const document = text === message.text ? message.json : new LogMessage(text).json
  if (!isObject(document)) {
    return text.trimStart().startsWith('{') ? { samples: [], error: 'EMFParsingErrors' } : undefined
  }
  const metadata = document._aws
  if (!isObject(metadata) || metadata.CloudWatchMetrics === undefined) return undefined
  const { Timestamp: timestamp, CloudWatchMetrics: directives } = metadata
  const samples: MetricSample[] = []
  const valid =
    typeof timestamp === 'number' &&
    Number.isInteger(timestamp) &&
    timestamp >= now - MAX_AGE &&
    timestamp <= now + MAX_AHEAD &&
    Array.isArray(directives) &&
    directives
      .map(directive => readDirective(document, directive, timestamp, samples))
      .every(directiveValid => directiveValid)
  return valid ? { samples } : { samples, error: 'EMFValidationErrors' }
}
