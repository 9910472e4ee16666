import { CfnAlarm, CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import { Stack } from 'aws-cdk-lib/core'
import type { IConstruct } from 'constructs'

/** One metric that an alarm reads. Values that only a deployment knows are `undefined`. */
export interface MetricFact {
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly dimensions: readonly string[]
  readonly statistic: string | undefined
  /** s */
  readonly period: number | undefined
  /** Namespace, name and dimensions, tokens included: two that read the same metric have the same. */
  readonly identity: string
}

/** What is known of an alarm when the app is synthesized. */
export interface AlarmFact {
  /** Where it is in the app. */
  readonly path: string
  /** Stack and logical id, as rules of composites refer to it. */
  readonly id: string
  readonly name: string | undefined
  readonly description: string
  readonly actions: number
  readonly actionsEnabled: boolean
}

export interface MetricAlarmFact extends AlarmFact {
  readonly metrics: readonly MetricFact[]
  readonly expressions: readonly string[]
  readonly treatMissingData: string | undefined
  readonly threshold: number | undefined
  readonly operator: string
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly anomaly: boolean
}

export interface CompositeAlarmFact extends AlarmFact {
  /** The rule with its references, as text. */
  readonly rule: string
}

export interface AlarmFacts {
  readonly metric: readonly MetricAlarmFact[]
  readonly composite: readonly CompositeAlarmFact[]
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

type Properties = Readonly<Record<string, unknown>>

const listOf = (value: unknown): Properties[] => (Array.isArray(value) ? (value as Properties[]) : [])

const metricFact = (properties: Properties, statistic: unknown, period: unknown): MetricFact => {
  const dimensions = listOf(properties.dimensions)
  const key = dimensions
    .map(({ name, value }) => [name, value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
  return {
    namespace: textOf(properties.namespace),
    name: textOf(properties.metricName),
    dimensions: dimensions.map(({ name }) => String(name)),
    statistic: textOf(statistic),
    period: numberOf(period),
    identity: JSON.stringify([properties.namespace, properties.metricName, key]),
  }
}

const metricsOf = (queries: readonly Properties[]): MetricFact[] =>
  queries.flatMap(query => {
    const stat = query.metricStat as Properties | undefined
    return stat ? [metricFact(stat.metric as Properties, stat.stat, stat.period)] : []
  })

/** Lists of actions are lazy until they are resolved. */
const actionsOf = (alarm: CfnAlarm | CfnCompositeAlarm): number =>
  listOf(Stack.of(alarm).resolve(alarm.alarmActions)).length

const factOf = (alarm: CfnAlarm | CfnCompositeAlarm): AlarmFact => {
  const stack = Stack.of(alarm)
  return {
    path: alarm.node.path.replace(/\/Resource$/, ''),
    id: String(stack.resolve(alarm.logicalId)),
    name: textOf(stack.resolve(alarm.alarmName)),
    description: textOf(stack.resolve(alarm.alarmDescription)) ?? '',
    actions: actionsOf(alarm),
    actionsEnabled: alarm.actionsEnabled !== false,
  }
}

const metricAlarmFact = (alarm: CfnAlarm): MetricAlarmFact => {
  const stack = Stack.of(alarm)
  const queries = listOf(stack.resolve(alarm.metrics))
  const own = { namespace: alarm.namespace, metricName: alarm.metricName, dimensions: alarm.dimensions }
  const single =
    alarm.metricName === undefined
      ? []
      : [metricFact(stack.resolve(own), alarm.statistic ?? alarm.extendedStatistic, alarm.period)]
  return {
    ...factOf(alarm),
    metrics: [...single, ...metricsOf(queries)],
    expressions: queries.flatMap(({ expression }) => textOf(expression) ?? []),
    treatMissingData: alarm.treatMissingData,
    threshold: numberOf(alarm.threshold),
    operator: alarm.comparisonOperator ?? '',
    evaluationPeriods: alarm.evaluationPeriods ?? 1,
    datapointsToAlarm: alarm.datapointsToAlarm ?? alarm.evaluationPeriods ?? 1,
    anomaly: alarm.thresholdMetricId !== undefined,
  }
}

/** All alarms below a construct. */
export const readAlarmFacts = (scope: IConstruct): AlarmFacts => {
  const metric: MetricAlarmFact[] = []
  const composite: CompositeAlarmFact[] = []
  for (const construct of scope.node.findAll()) {
    if (construct instanceof CfnAlarm) metric.push(metricAlarmFact(construct))
    else if (construct instanceof CfnCompositeAlarm) {
      const rule = JSON.stringify(Stack.of(construct).resolve(construct.alarmRule))
      composite.push({ ...factOf(construct), rule })
    }
  }
  return { metric, composite }
}
