import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { ServiceError } from '@sonde/wire'
import { parseArn } from '../../../kernel/arn.ts'
import type { Clock } from '../../../kernel/clock.ts'
import type { ResourceState, ResourceType, ResourceTypes } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { timeZone, UTC } from '../../../kernel/time-zone.ts'
import type { Queries } from '../queries/index.ts'
import { readProperty, type Shape, TAGS } from '../template-input.ts'
import { type Alarm, alarmArn } from './alarm.ts'
import type { AlarmEngine } from './engine.ts'
import { validationError } from './errors.ts'
import { type MuteRule, muteRuleArn, timesOf } from './mute/mute-rules.ts'
import { muteStatus } from './mute/schedule.ts'
import { deleteAlarms } from './operations/change-alarms.ts'
import { readCompositeAlarm } from './operations/composite-alarm-input.ts'
import { readMetricAlarm } from './operations/metric-alarm-input.ts'
import { muteTypeOf, readMuteRule } from './operations/mute-rules.ts'

export interface AlarmResourceDependencies {
  readonly engine: AlarmEngine
  readonly clock: Clock
  readonly queries: Pick<Queries, 'describe'>
}

type Properties = Readonly<Record<string, unknown>>
type Members = Readonly<Record<string, Shape>>

const MAX_NAME = 255

const TEXTS: Shape = { list: 'text' }
const DIMENSIONS: Shape = { list: { members: { Name: 'text', Value: 'text' } } }
/** Read so that the operation can refuse it by name. */
const ACTION_CONFIGURATION: Shape = {
  members: {
    AlarmTagsPropagation: {
      members: { Enabled: 'boolean', IncludedTagKeys: TEXTS, ExcludedTagKeys: TEXTS },
    },
  },
}

const COMMON: Members = {
  ActionConfiguration: ACTION_CONFIGURATION,
  ActionsEnabled: 'boolean',
  AlarmActions: TEXTS,
  AlarmDescription: 'text',
  AlarmName: 'text',
  InsufficientDataActions: TEXTS,
  OKActions: TEXTS,
  Tags: TAGS,
}

const QUERY: Shape = {
  members: {
    AccountId: 'text',
    Expression: 'text',
    Id: 'text',
    Label: 'text',
    MetricStat: {
      members: {
        Metric: { members: { Dimensions: DIMENSIONS, MetricName: 'text', Namespace: 'text' } },
        Period: 'number',
        Stat: 'text',
        Unit: 'text',
      },
    },
    Period: 'number',
    ReturnData: 'boolean',
  },
}

const ALARM: Members = {
  ...COMMON,
  ComparisonOperator: 'text',
  DatapointsToAlarm: 'number',
  Dimensions: DIMENSIONS,
  EvaluateLowSampleCountPercentile: 'text',
  EvaluationCriteria: {
    members: {
      PromQLCriteria: { members: { Query: 'text', PendingPeriod: 'number', RecoveryPeriod: 'number' } },
    },
  },
  EvaluationInterval: 'number',
  EvaluationPeriods: 'number',
  EvaluationWindow: {
    members: { SlidingWindow: { members: {} }, WallClockWindow: { members: { Timezone: 'text' } } },
  },
  ExtendedStatistic: 'text',
  MetricName: 'text',
  Metrics: { list: QUERY },
  Namespace: 'text',
  Period: 'number',
  Statistic: 'text',
  Threshold: 'number',
  ThresholdMetricId: 'text',
  TreatMissingData: 'text',
  Unit: 'text',
  WarmUpConfiguration: {
    members: {
      WarmUpPeriodDurationInMinutes: 'number',
      OnlyStartEvaluatingAfterWarmUpPeriodEnds: 'boolean',
    },
  },
}

const COMPOSITE_ALARM: Members = {
  ...COMMON,
  ActionsSuppressor: 'text',
  ActionsSuppressorExtensionPeriod: 'number',
  ActionsSuppressorWaitPeriod: 'number',
  AlarmRule: 'text',
}

const MUTE_RULE: Members = {
  Description: 'text',
  ExpireDate: 'text',
  MuteTargets: { members: { AlarmNames: TEXTS } },
  Name: 'text',
  Rule: {
    members: { Schedule: { members: { Duration: 'text', Expression: 'text', Timezone: 'text' } } },
  },
  StartDate: 'text',
  Tags: TAGS,
}

const read = <Input>(properties: Properties, members: Members, named: Properties): Input =>
  ({ ...(readProperty(properties, { members }, '#') as object), ...named }) as Input

const alarmState = (scope: Scope, name: string): ResourceState => ({
  physicalId: name,
  attributes: { Arn: alarmArn(scope, name) },
})

const exists = (name: string): ServiceError =>
  new ServiceError('AlreadyExistsException', `${name} already exists`)

/** A type of alarm: created, and updated in place unless its name changes. */
const alarmType = (
  engine: AlarmEngine,
  members: Members,
  required: readonly string[],
  readAlarm: (scope: Scope, properties: Properties, name: string) => Alarm,
): ResourceType => ({
  required,
  properties: Object.keys(members),
  create: ({ scope, properties, generateName }) => {
    const name = String(properties.AlarmName ?? generateName(MAX_NAME))
    const alarm = readAlarm(scope, properties, name)
    if (engine.alarms.find(scope, name)) throw exists(name)
    engine.write(scope, alarm)
    return alarmState(scope, name)
  },
  update: ({ scope, properties }, previous) => {
    if (properties.AlarmName !== previous.properties.AlarmName) return 'replace'
    const name = previous.physicalId
    const alarm = readAlarm(scope, properties, name)
    const record = engine.write(scope, alarm)
    // PutMetricAlarm leaves the tags of an alarm that there is alone; a template's are its tags.
    engine.alarms.putAlarm(record, { ...record.alarm, tags: alarm.tags })
    return alarmState(scope, name)
  },
  delete: (scope, { physicalId }) => {
    if (engine.alarms.find(scope, physicalId)) deleteAlarms(engine, scope, [physicalId])
  },
})

/** A date without an offset is one of the rule's time zone. */
const readDate = (value: unknown, zone: string, property: string): Date | undefined => {
  if (value === undefined) return undefined
  const text = String(value)
  const isLocal = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)
  const local = Date.parse(isLocal ? `${text}Z` : text)
  const time = isLocal && !Number.isNaN(local) ? (timeZone(zone) ?? UTC).toUtc(local) : local
  if (time === undefined || Number.isNaN(time)) throw validationError(`Invalid ${property} ${text}`)
  return new Date(time)
}

const muteRuleType = ({ engine, clock }: AlarmResourceDependencies): ResourceType => {
  const readRule = (scope: Scope, properties: Properties, name: string): MuteRule => {
    const input = read<Record<string, unknown> & Sdk.PutAlarmMuteRuleCommandInput>(properties, MUTE_RULE, {
      Name: name,
    })
    const zone = input.Rule?.Schedule?.Timezone ?? 'UTC'
    const dates = {
      StartDate: readDate(properties.StartDate, zone, 'StartDate'),
      ExpireDate: readDate(properties.ExpireDate, zone, 'ExpireDate'),
    }
    return readMuteRule({ ...input, ...dates }, scope, engine.alarms, clock.now())
  }
  const stateOf = (scope: Scope, rule: MuteRule): ResourceState => ({
    physicalId: muteRuleArn(scope, rule.name),
    attributes: {
      Arn: muteRuleArn(scope, rule.name),
      LastUpdatedTimestamp: new Date(rule.updated).toISOString(),
      MuteType: muteTypeOf(rule),
      Status: muteStatus(timesOf(rule), clock.now()),
    },
  })
  const nameOf = ({ physicalId }: ResourceState): string =>
    parseArn(physicalId)?.resource.slice('alarm-mute-rule:'.length) ?? physicalId
  return {
    required: ['Rule'],
    properties: Object.keys(MUTE_RULE),
    create: ({ scope, properties, generateName }) => {
      const name = String(properties.Name ?? generateName(MAX_NAME))
      const rule = readRule(scope, properties, name)
      if (engine.mutes.find(scope, name)) throw exists(name)
      engine.putMuteRule(scope, rule)
      return stateOf(scope, rule)
    },
    update: ({ scope, properties }, previous) => {
      if (properties.Name !== previous.properties.Name) return 'replace'
      const rule = readRule(scope, properties, nameOf(previous))
      engine.putMuteRule(scope, rule)
      return stateOf(scope, rule)
    },
    delete: (scope, state) => engine.deleteMuteRule(scope, nameOf(state)),
  }
}

/** `AWS::CloudWatch::Alarm` and `CompositeAlarm`, whose `Ref` is the name, and `AlarmMuteRule`, whose is the ARN. */
export const createAlarmResources = (dependencies: AlarmResourceDependencies): ResourceTypes => {
  const { engine, clock, queries } = dependencies
  return {
    'AWS::CloudWatch::Alarm': alarmType(engine, ALARM, [], (scope, properties, AlarmName) =>
      readMetricAlarm(read(properties, ALARM, { AlarmName }), scope, queries, clock.now()),
    ),
    'AWS::CloudWatch::CompositeAlarm': alarmType(
      engine,
      COMPOSITE_ALARM,
      ['AlarmRule'],
      (scope, properties, AlarmName) =>
        readCompositeAlarm(
          read(properties, COMPOSITE_ALARM, { AlarmName }),
          scope,
          engine.alarms,
          engine.dependencies,
          clock.now(),
        ),
    ),
    'AWS::CloudWatch::AlarmMuteRule': muteRuleType(dependencies),
  }
}
