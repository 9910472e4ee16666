import { whyUnknown } from '../metrics/catalogue.ts'
import type { AlarmFact, AlarmFacts, CompositeAlarmFact, MetricAlarmFact } from './alarm-facts.ts'
import { alarmsCost } from './cost.ts'
import { whyNeverFires } from './possible.ts'
import { ruleNames } from './rule-names.ts'

/** CloudWatch's limits. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const LIMITS = {
  name: 255,
  description: 1_024,
  metrics: 10,
  actions: 5,
  rule: 10_240,
  children: 100,
  hour: 3_600,
  /** Seconds that periods below an hour may span. */
  shortSpan: 86_400,
  /** Seconds that others may span. */
  longSpan: 604_800,
}

export interface PolicyOptions {
  /** US dollars a month that alarms may cost together. */
  readonly maxMonthlyCost: number
}

type Violations = readonly string[]
type Rule = (facts: AlarmFacts, options: PolicyOptions) => Violations

const of = (alarm: AlarmFact, what: string): string => `${alarm.path}: ${what}`

const eachMetricAlarm =
  (judge: (alarm: MetricAlarmFact, facts: AlarmFacts) => string | undefined): Rule =>
  facts =>
    facts.metric.flatMap(alarm => {
      const what = judge(alarm, facts)
      return what === undefined ? [] : [of(alarm, what)]
    })

const all = ({ metric, composite }: AlarmFacts): AlarmFact[] => [...metric, ...composite]

/** The key of the alarm that owns an alarm's silence; `undefined` where its description names none. */
const silenceOf = ({ description }: AlarmFact): string | undefined =>
  /^Silence: owned by (.+)$/m.exec(description)?.[1]?.trim()

const OWN = 'this alarm'

const filled = ({ expressions }: MetricAlarmFact): boolean => expressions.some(text => /\bFILL\(/.test(text))

/** Whether an alarm can tell that data are missing. */
const hearsSilence = (alarm: MetricAlarmFact): boolean =>
  alarm.treatMissingData === 'breaching' || filled(alarm)

const endsWithKey = ({ name, path }: AlarmFact, key: string): boolean =>
  name === key || name?.endsWith(`-${key}`) === true || path.endsWith(`/${key}`)

/** By logical id, by name or by ARN; the whole of it, as names may begin alike. */
const refersTo = ({ rule }: CompositeAlarmFact, { id, name }: AlarmFact): boolean =>
  rule.includes(`"${id}"`) || (name !== undefined && ruleNames(rule, name))

/** Whether an alarm's state gets anywhere: by its own actions, or as part of a composite that does. */
const reachesSomebody = (alarm: AlarmFact, facts: AlarmFacts, seen = new Set<string>()): boolean => {
  if (alarm.actionsEnabled && alarm.actions > 0) return true
  if (seen.has(alarm.id)) return false
  seen.add(alarm.id)
  return facts.composite.some(parent => refersTo(parent, alarm) && reachesSomebody(parent, facts, seen))
}

const explicitMissingData = eachMetricAlarm(({ treatMissingData }) =>
  treatMissingData === undefined
    ? 'says nothing about missing data, which can alarm on a single old datapoint. Set treatMissingData.'
    : undefined,
)

const namedOwner = eachMetricAlarm((alarm, facts) => {
  const owner = silenceOf(alarm)
  if (owner === undefined) {
    return hearsSilence(alarm)
      ? undefined
      : 'stays quiet when its metric disappears, and names nobody who does not. Add a line "Silence: owned by <alarm>" to its description.'
  }
  if (owner === OWN) {
    return hearsSilence(alarm)
      ? undefined
      : 'owns the silence of its signal but cannot hear it. Treat missing data as breaching, or FILL the metric.'
  }
  const named = facts.metric.find(candidate => endsWithKey(candidate, owner))
  if (!named) return `leaves silence to ${owner}, which is not there. Keep that alarm, or name another.`
  if (!hearsSilence(named))
    return `leaves silence to ${owner}, which cannot hear it: its missing data do not breach.`
  return reachesSomebody(named, facts) ? undefined : `leaves silence to ${owner}, which reaches nobody.`
})

/** Whether it is this alarm that speaks when its metric is missing. */
const ownsSilence = (alarm: MetricAlarmFact): boolean => {
  const owner = silenceOf(alarm)
  return owner === undefined ? alarm.treatMissingData === 'breaching' : owner === OWN && hearsSilence(alarm)
}

const oneOwner: Rule = ({ metric }) => {
  const owners = new Map<string, MetricAlarmFact>()
  return metric.flatMap(alarm => {
    if (!ownsSilence(alarm)) return []
    const signal = alarm.metrics.map(({ identity }) => identity).join()
    const other = owners.get(signal)
    owners.set(signal, alarm)
    return other
      ? [
          of(
            alarm,
            `and ${other.path} both alarm when the same metric is missing: one outage, two alarms. Let one not breach.`,
          ),
        ]
      : []
  })
}

const possibleThreshold = eachMetricAlarm(alarm => {
  const { metrics, expressions, threshold, operator } = alarm
  const [metric] = metrics
  if (!metric || expressions.length > 0 || threshold === undefined) return undefined
  // On missing data it fires, whatever its threshold.
  if (alarm.treatMissingData === 'breaching') return undefined
  const why = whyNeverFires({ ...metric, operator, threshold })
  return why && `can never fire: ${why}.`
})

const knownMetrics: Rule = ({ metric }) =>
  metric.flatMap(alarm =>
    alarm.metrics.flatMap(({ namespace, name, dimensions }) => {
      if (namespace === undefined || name === undefined) return []
      const why = whyUnknown(namespace, name, dimensions)
      return why ? [of(alarm, `reads a metric that does not exist: ${why}.`)] : []
    }),
  )

const within = eachMetricAlarm(({ metrics, evaluationPeriods, datapointsToAlarm }) => {
  const periods = new Set(metrics.map(({ period }) => period))
  const [period = 60] = periods
  const span = period * evaluationPeriods
  const longest = period >= LIMITS.hour ? LIMITS.longSpan : LIMITS.shortSpan
  if (metrics.length > LIMITS.metrics)
    return `reads ${metrics.length} metrics; CloudWatch takes ${LIMITS.metrics}.`
  if (periods.size > 1)
    return `mixes periods of ${[...periods].join(' and ')} s; CloudWatch takes one for all metrics.`
  if (span > longest) return `looks back ${span} s; CloudWatch takes ${longest} s at periods of ${period} s.`
  return datapointsToAlarm > evaluationPeriods
    ? `wants ${datapointsToAlarm} of ${evaluationPeriods} periods to breach.`
    : undefined
})

const texts: Rule = facts =>
  all(facts).flatMap(alarm => {
    const { name = '', description, actions } = alarm
    if (name.length > LIMITS.name) return [of(alarm, `has a name of more than ${LIMITS.name} characters.`)]
    if (description.length > LIMITS.description) {
      return [of(alarm, `has a description of more than ${LIMITS.description} characters.`)]
    }
    return actions > LIMITS.actions ? [of(alarm, `has more than ${LIMITS.actions} actions a state.`)] : []
  })

const rules: Rule = facts =>
  facts.composite.flatMap(alarm => {
    if (alarm.rule.length > LIMITS.rule)
      return [of(alarm, `has a rule of more than ${LIMITS.rule} characters.`)]
    const children = all(facts).filter(child => refersTo(alarm, child))
    return children.length > LIMITS.children
      ? [of(alarm, `has ${children.length} children; CloudWatch takes ${LIMITS.children}.`)]
      : []
  })

const routed: Rule = facts =>
  all(facts)
    .filter(alarm => !reachesSomebody(alarm, facts))
    .map(alarm =>
      of(alarm, 'reaches nobody: give it an action, or make it part of a composite that has one.'),
    )

const affordable: Rule = (facts, { maxMonthlyCost }) => {
  const cost = alarmsCost(facts)
  return cost > maxMonthlyCost
    ? [
        `The alarms cost about $${cost.toFixed(2)} a month, more than $${maxMonthlyCost}: drop some, or raise maxMonthlyCost.`,
      ]
    : []
}

const RULES: readonly Rule[] = [
  explicitMissingData,
  namedOwner,
  oneOwner,
  possibleThreshold,
  knownMetrics,
  within,
  texts,
  rules,
  routed,
  affordable,
]

/** What is wrong with alarms, one sentence each that says what to do. Empty where all is well. */
export const findViolations = (facts: AlarmFacts, options: PolicyOptions): string[] =>
  RULES.flatMap(rule => rule(facts, options))
