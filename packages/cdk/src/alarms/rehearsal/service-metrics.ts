import type { MetricDatum, StandardUnit } from '@aws-sdk/client-cloudwatch'
import type { Namespace } from '../../metrics/catalogue.ts'
import type { Distribution, ServiceMinute } from './service-minute.ts'

/** What the metrics of a service are about. */
export interface ServiceNames {
  readonly service: string
  readonly apiName: string
  readonly stageName: string
  readonly functionName: string
  readonly tableName: string
  readonly operation: string
  readonly endpointName: string
  readonly variantName: string
  /** Known once it is deployed. */
  readonly pageTopic: string
}

/** A stretch of time over which a service did the same each minute. */
export interface Stretch {
  /** ms since the epoch: the stamp of its metrics. */
  readonly time: number
  readonly minutes: number
}

export type NamespacedData = Readonly<Partial<Record<Namespace, MetricDatum[]>>>

const MINUTE = 60_000
/** The daily report is due at ten past one, UTC. */
const REPORT_AT = 70 * MINUTE
const DAY = 1_440 * MINUTE

const isReported = ({ time, minutes }: Stretch): boolean => {
  const due = Math.floor(time / DAY) * DAY + REPORT_AT
  return due >= time && due < time + minutes * MINUTE
}

const counted = (common: MetricDatum, values: ReadonlyArray<readonly [number, number]>): MetricDatum[] => {
  const there = values.filter(([, count]) => count > 0)
  if (there.length === 0) return []
  return [{ ...common, Values: there.map(([value]) => value), Counts: there.map(([, count]) => count) }]
}

/** What AWS's services, the health check and the usage report would publish of a stretch, by namespace. */
export const serviceMetrics = (
  minute: ServiceMinute,
  stretch: Stretch,
  names: ServiceNames,
): NamespacedData => {
  const Timestamp = new Date(stretch.time)
  const { minutes } = stretch
  const dataOf = (dimensions: Readonly<Record<string, string>>, defaultUnit: StandardUnit) => {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
    const common = (MetricName: string, Unit: StandardUnit) => ({ MetricName, Unit, Timestamp, Dimensions })
    return {
      /** One value as often as it came. */
      each: (name: string, value: number, times = minutes, unit = defaultUnit): MetricDatum[] =>
        counted(common(name, unit), [[value, times]]),
      /** 1 or 0 for each of so many requests. */
      flags: (name: string, requests: number, share: number): MetricDatum[] => {
        const ones = Math.round(requests * share * minutes)
        return counted(common(name, defaultUnit), [
          [0, requests * minutes - ones],
          [1, ones],
        ])
      },
      values: (
        name: string,
        requests: number,
        distribution: Distribution,
        factor = 1,
        unit = defaultUnit,
      ): MetricDatum[] =>
        counted(
          common(name, unit),
          distribution.map(([value, share]) => [value * factor, Math.round(requests * minutes * share)]),
        ),
    }
  }
  const { requests, function: lambda, table, model, instances, check } = minute
  const api = dataOf({ ApiName: names.apiName, Stage: names.stageName }, 'Count')
  const invocations = dataOf({ FunctionName: names.functionName }, 'Count')
  const wholeTable = dataOf({ TableName: names.tableName }, 'Count')
  const operation = dataOf({ TableName: names.tableName, Operation: names.operation }, 'Count')
  const variant = dataOf({ EndpointName: names.endpointName, VariantName: names.variantName }, 'None')
  const checks = dataOf({ Service: names.service }, 'Count')
  const usage = dataOf({ Service: 'All' }, 'Count')
  const topic = dataOf({ TopicName: names.pageTopic }, 'Count')
  const report = minute.usedPercent !== undefined && isReported(stretch) ? minute.usedPercent : undefined
  return {
    'AWS/ApiGateway': [
      ...api.each('Count', 1, requests * minutes),
      ...api.flags('5XXError', requests, minute.failed),
      ...api.flags('4XXError', requests, minute.refused),
      ...api.values('Latency', requests, minute.latency, 1, 'Milliseconds'),
    ],
    'AWS/Lambda': [
      ...invocations.each('Invocations', 1, requests * minutes),
      ...invocations.flags('Errors', requests, lambda.errors),
      ...invocations.each('Throttles', lambda.throttles),
      ...invocations.values('Duration', requests, lambda.duration, 1, 'Milliseconds'),
      ...invocations.each('ConcurrentExecutions', lambda.concurrency),
    ],
    // DynamoDB publishes throttles and errors only while there are some.
    'AWS/DynamoDB': [
      ...wholeTable.each('ReadThrottleEvents', 1, table.throttledReads * minutes),
      ...operation.each('SystemErrors', 1, table.systemErrors * minutes),
      ...operation.values('SuccessfulRequestLatency', requests, table.latency, 1, 'Milliseconds'),
    ],
    'AWS/SageMaker': [
      ...variant.each('Invocations', 1, model.invocations * minutes),
      ...variant.each('InvocationsPerInstance', 1 / instances.count, model.invocations * minutes),
      ...variant.flags('Invocation5XXErrors', model.invocations, model.errors),
      ...variant.flags('InvocationModelErrors', model.invocations, model.errors),
      ...variant.values('ModelLatency', model.invocations, model.latency, 1_000, 'Microseconds'),
      ...variant.values('OverheadLatency', model.invocations, model.overhead, 1_000, 'Microseconds'),
    ],
    '/aws/sagemaker/Endpoints': [
      ...variant.each('CPUUtilization', instances.cpu, minutes, 'Percent'),
      ...variant.each('MemoryUtilization', instances.memory, minutes, 'Percent'),
      ...variant.each('DiskUtilization', instances.disk, minutes, 'Percent'),
    ],
    'Sonde/HealthCheck': check
      ? [
          ...checks.each('Runs', 1),
          ...checks.each('Failures', check.succeeded ? 0 : 1),
          ...(check.succeeded ? checks.each('Availability', 1) : []),
          ...checks.each('Latency', check.latency, minutes, 'Milliseconds'),
        ]
      : [],
    'Sonde/Usage':
      report === undefined
        ? []
        : [...usage.each('UsedPercent', report, 1, 'Percent'), ...usage.each('Reports', 1, 1)],
    'AWS/SNS': topic.each('NumberOfNotificationsFailed', 1, minute.failedNotifications * minutes),
  }
}
