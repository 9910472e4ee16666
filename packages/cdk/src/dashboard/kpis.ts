import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import type { Subjects } from '../alarms/set/subjects.ts'
import { metricOf } from '../metrics/metric.ts'
import type { Objectives } from '../sla/service-level-agreement.ts'

const MINUTE = Duration.minutes(1)

/** One graph. */
export interface Graph {
  readonly title: string
  readonly left: readonly IMetric[]
  readonly right?: readonly IMetric[]
  /** A line to stay below. */
  readonly bound?: { readonly value: number; readonly label: string }
}

type Known = Pick<Subjects, 'service' | 'api' | 'function' | 'table' | 'endpoint'>

/** Availability as requests and as checks saw it, in per cent. */
export const availability = ({ service, api }: Known, period: Duration): IMetric[] => {
  const dimensions = { ApiName: api.apiName, Stage: api.stageName }
  return [
    new MathExpression({
      expression: '100 * (1 - failed / total)',
      usingMetrics: {
        failed: metricOf('AWS/ApiGateway', '5XXError', dimensions, { statistic: 'Sum', period }),
        total: metricOf('AWS/ApiGateway', 'Count', dimensions, { statistic: 'SampleCount', period }),
      },
      label: 'requests answered, %',
      period,
    }),
    new MathExpression({
      expression: `100 * FILL(succeeded, 0) / ${period.toMinutes()}`,
      usingMetrics: {
        succeeded: metricOf(
          'Sonde/HealthCheck',
          'Availability',
          { Service: service },
          { statistic: 'Sum', period },
        ),
      },
      label: 'minutes with a successful check, %',
      period,
    }),
  ]
}

/** How many times as fast as the agreement allows the error budget burns, by the hour. */
export const budgetUse = ({ api }: Known, { errorBudget }: Objectives): IMetric => {
  const dimensions = { ApiName: api.apiName, Stage: api.stageName }
  const period = Duration.hours(1)
  return new MathExpression({
    expression: `failed / total / ${errorBudget}`,
    usingMetrics: {
      failed: metricOf('AWS/ApiGateway', '5XXError', dimensions, { statistic: 'Sum', period }),
      total: metricOf('AWS/ApiGateway', 'Count', dimensions, { statistic: 'SampleCount', period }),
    },
    label: 'burn rate',
    period,
  })
}

const apiGraphs = ({ service, api }: Known, { latency }: Objectives): Graph[] => {
  const dimensions = { ApiName: api.apiName, Stage: api.stageName }
  const metric = (
    name: 'Count' | '4XXError' | '5XXError' | 'Latency' | 'IntegrationLatency',
    statistic: string,
    label: string,
  ) => metricOf('AWS/ApiGateway', name, dimensions, { statistic, period: MINUTE, label })
  return [
    {
      title: 'Requests and errors',
      left: [metric('Count', 'SampleCount', 'requests')],
      right: [metric('4XXError', 'Sum', '4XX'), metric('5XXError', 'Sum', '5XX')],
    },
    {
      title: 'Latency at the gateway, ms',
      left: [
        metric('Latency', 'p50', 'p50'),
        metric('Latency', 'p90', 'p90'),
        metric('Latency', 'p99', 'p99'),
        metric('IntegrationLatency', 'p90', 'p90 behind the gateway'),
      ],
      bound: { value: latency, label: 'agreed at p90' },
    },
    {
      title: 'Latency of health checks, ms',
      left: [
        metricOf(
          'Sonde/HealthCheck',
          'Latency',
          { Service: service },
          { statistic: 'Maximum', period: MINUTE, label: 'from another account' },
        ),
      ],
      bound: { value: latency, label: 'agreed at p90' },
    },
  ]
}

const functionGraphs = ({ function: subject }: Known): Graph[] => {
  if (!subject) return []
  const dimensions = { FunctionName: subject.functionName }
  const metric = (
    name: 'Invocations' | 'Errors' | 'Throttles' | 'Duration' | 'ConcurrentExecutions',
    statistic: string,
    label: string,
  ) => metricOf('AWS/Lambda', name, dimensions, { statistic, period: MINUTE, label })
  return [
    {
      title: 'Function: invocations',
      left: [metric('Invocations', 'Sum', 'invocations')],
      right: [metric('Errors', 'Sum', 'errors'), metric('Throttles', 'Sum', 'throttles')],
    },
    {
      title: 'Function: duration, ms',
      left: [
        metric('Duration', 'p50', 'p50'),
        metric('Duration', 'p90', 'p90'),
        metric('Duration', 'Maximum', 'longest'),
      ],
    },
    {
      title: 'Function: running at the same time',
      left: [metric('ConcurrentExecutions', 'Maximum', 'invocations')],
      bound: { value: subject.concurrency, label: 'allowed' },
    },
  ]
}

const tableGraphs = ({ table }: Known): Graph[] => {
  if (!table) return []
  const { tableName: TableName, operations } = table
  return [
    {
      title: 'Reference data: latency at p90, ms',
      left: operations.map(Operation =>
        metricOf(
          'AWS/DynamoDB',
          'SuccessfulRequestLatency',
          { TableName, Operation },
          { statistic: 'p90', period: MINUTE, label: Operation },
        ),
      ),
      right: [
        metricOf(
          'AWS/DynamoDB',
          'ReadThrottleEvents',
          { TableName },
          { statistic: 'Sum', period: MINUTE, label: 'throttled reads' },
        ),
      ],
    },
  ]
}

const endpointGraphs = ({ endpoint }: Known): Graph[] => {
  if (!endpoint) return []
  const dimensions = { EndpointName: endpoint.endpointName, VariantName: endpoint.variantName }
  const inMilliseconds = (
    name: 'ModelLatency' | 'OverheadLatency',
    statistic: string,
    label: string,
  ): IMetric => {
    const id = `${name.toLowerCase()}_${statistic}`
    return new MathExpression({
      expression: `${id} / 1000`,
      usingMetrics: { [id]: metricOf('AWS/SageMaker', name, dimensions, { statistic, period: MINUTE }) },
      label,
      period: MINUTE,
    })
  }
  const count = (name: 'Invocations' | 'Invocation4XXErrors' | 'Invocation5XXErrors', label: string) =>
    metricOf('AWS/SageMaker', name, dimensions, { statistic: 'Sum', period: MINUTE, label })
  const instance = (name: 'CPUUtilization' | 'MemoryUtilization' | 'DiskUtilization', label: string) =>
    metricOf('/aws/sagemaker/Endpoints', name, dimensions, { statistic: 'Maximum', period: MINUTE, label })
  return [
    {
      title: 'Model: latency, ms',
      left: [
        inMilliseconds('ModelLatency', 'p50', 'model p50'),
        inMilliseconds('ModelLatency', 'p90', 'model p90'),
        inMilliseconds('OverheadLatency', 'p90', 'around it p90'),
      ],
    },
    {
      title: 'Model: invocations',
      left: [count('Invocations', 'invocations')],
      right: [count('Invocation4XXErrors', '4XX'), count('Invocation5XXErrors', '5XX')],
    },
    {
      title: 'Instances: used, %',
      left: [
        new MathExpression({
          expression: `cpu / ${endpoint.cores}`,
          usingMetrics: { cpu: instance('CPUUtilization', 'CPU') },
          label: 'CPU of all cores',
          period: MINUTE,
        }),
        instance('MemoryUtilization', 'memory'),
        instance('DiskUtilization', 'disk'),
      ],
      bound: { value: 95, label: 'critical' },
    },
  ]
}

/** Every key figure of the service, from its edge to its model. */
export const kpiGraphs = (subjects: Known, objectives: Objectives): Graph[] => [
  ...apiGraphs(subjects, objectives),
  ...functionGraphs(subjects),
  ...tableGraphs(subjects),
  ...endpointGraphs(subjects),
]
