import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Duration } from 'aws-cdk-lib/core'
import { metricOf } from '../../metrics/metric.ts'
import type { AlarmDefinition } from '../definition.ts'
import { bounded, levelled } from './levelled.ts'
import type { EndpointSubject, Subjects } from './subjects.ts'

const PERIOD = Duration.minutes(1)
/** Fewer invocations a minute than this say nothing about a share. */
const LEAST_INVOCATIONS = 20

const milliseconds = (metric: Metric, label: string): MathExpression =>
  new MathExpression({ expression: 'us / 1000', usingMetrics: { us: metric }, label, period: PERIOD })

const GAUGES = [
  ['memory', 'MemoryUtilization', 'memory'],
  ['disk', 'DiskUtilization', 'disk space'],
] as const

/** Alarms on the model and the instances that serve it. */
export const endpointAlarms = (
  endpoint: EndpointSubject,
  { shares, capacity }: Subjects,
): AlarmDefinition[] => {
  const dimensions = { EndpointName: endpoint.endpointName, VariantName: endpoint.variantName }
  const invocations = (name: 'Invocations' | 'Invocation5XXErrors' | 'InvocationModelErrors') =>
    metricOf('AWS/SageMaker', name, dimensions, { statistic: 'Sum', period: PERIOD })
  const latency = (name: 'ModelLatency' | 'OverheadLatency') =>
    metricOf('AWS/SageMaker', name, dimensions, { statistic: 'p90', period: PERIOD })
  const instance = (name: 'CPUUtilization' | 'MemoryUtilization' | 'DiskUtilization') =>
    metricOf('/aws/sagemaker/Endpoints', name, dimensions, { statistic: 'Maximum', period: PERIOD })
  const failed = new MathExpression({
    // A model's error counts in both metrics: the larger is how many there were.
    expression: `IF(total >= ${LEAST_INVOCATIONS}, MAX([server, model]) / total, 0)`,
    usingMetrics: {
      server: invocations('Invocation5XXErrors'),
      model: invocations('InvocationModelErrors'),
      total: invocations('Invocations'),
    },
    label: 'share of failed invocations',
    period: PERIOD,
  })
  const { cores } = endpoint
  const alarms = [
    ...[0.001, 0.01].map((share, level) =>
      bounded({
        key: `model-errors-${level === 0 ? 'warn' : 'critical'}`,
        meaning: 'Invocations of the model fail.',
        urgency: 'ticket',
        metric: failed,
        threshold: share,
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
        derivation: `${share * 100} % of at least ${LEAST_INVOCATIONS} invocations a minute. It tells where; availability-burn tells whether it matters.`,
      }),
    ),
    ...levelled({
      key: 'model-latency',
      meaning: "The model takes most of its share of the answer's time.",
      metric: milliseconds(latency('ModelLatency'), 'model, ms'),
      limit: shares.model,
      from: 'ms at p90, the share of the model in the latency bound.',
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      onlyTickets: true,
    }),
    bounded({
      key: 'model-overhead',
      meaning: "SageMaker takes most of its share of the answer's time around the model.",
      urgency: 'ticket',
      metric: milliseconds(latency('OverheadLatency'), 'overhead, ms'),
      threshold: shares.overhead,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
      derivation: `${shares.overhead} ms at p90, the share of the endpoint around the model in the latency bound.`,
    }),
    ...levelled({
      key: 'endpoint-cpu',
      meaning: "The busiest instance's processors are nearly used up.",
      metric: new MathExpression({
        expression: `cpu / ${cores}`,
        usingMetrics: { cpu: instance('CPUUtilization') },
        label: 'CPU, % of all cores',
        period: PERIOD,
      }),
      limit: 100,
      from: `% of ${cores} cores: CloudWatch counts the sum over the cores.`,
      evaluationPeriods: 5,
      datapointsToAlarm: 5,
    }),
    ...GAUGES.flatMap(([key, name, what]) =>
      levelled({
        key: `endpoint-${key}`,
        meaning: `The fullest instance's ${what} is nearly used up.`,
        metric: instance(name),
        limit: 100,
        from: `% of the instance's ${what}.`,
        evaluationPeriods: 5,
        datapointsToAlarm: 5,
      }),
    ),
  ]
  if (capacity?.invocationsPerInstance !== undefined) {
    alarms.push(
      ...levelled({
        key: 'endpoint-load',
        meaning: 'An instance is asked nearly as often as it has been shown to take.',
        metric: metricOf('AWS/SageMaker', 'InvocationsPerInstance', dimensions, {
          statistic: 'Sum',
          period: PERIOD,
        }),
        limit: capacity.invocationsPerInstance,
        from: 'invocations a minute that a load test has shown one instance takes.',
        evaluationPeriods: 5,
        datapointsToAlarm: 3,
      }),
    )
  }
  return alarms
}
