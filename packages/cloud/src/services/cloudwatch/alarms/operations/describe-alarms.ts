import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { InputOf } from '@sonde/wire'
import type { Scope } from '../../../../kernel/scope.ts'
import { checkInteger } from '../../check-integer.ts'
import { constraint } from '../../errors.ts'
import { type AlarmRecord, alarmArn, STATES } from '../alarm.ts'
import type { AlarmEngine } from '../engine.ts'
import { alarmNotFound, resourceNotFound, validationError } from '../errors.ts'
import { checkAlarmName, checkCount, checkEnum, checkLength } from './checks.ts'
import type { AlarmOperations, OperationDependencies } from './context.ts'
import { alarmLists, metricAlarmOutput } from './output.ts'
import { pageOf } from './pages.ts'

type Input = InputOf<typeof Sdk, 'DescribeAlarms'>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const MAX_NAMES = 100
const MAX_RECORDS = 100
const DEFAULT_RECORDS = 50
const TYPES = ['CompositeAlarm', 'MetricAlarm', 'LogAlarm'] as const

/** @returns how many items a page has at most */
export const readMaxRecords = (records: number | undefined): number => {
  if (records === undefined) return DEFAULT_RECORDS
  checkInteger(records, 'maxRecords')
  if (records < 1) throw constraint(records, 'maxRecords', 'have value greater than or equal to 1')
  if (records > MAX_RECORDS) {
    throw constraint(records, 'maxRecords', `have value less than or equal to ${MAX_RECORDS}`)
  }
  return records
}

/** Metric alarms alone where nothing is asked for. */
export const readTypes = (types: readonly string[] | undefined): ReadonlySet<string> => {
  for (const [index, type] of (types ?? []).entries())
    checkEnum(type, `alarmTypes.${index + 1}.member`, TYPES)
  return new Set(types?.length ? types : ['MetricAlarm'])
}

const RELATIVES = ['ChildrenOfAlarmName', 'ParentsOfAlarmName'] as const
const FILTERS = ['AlarmNames', 'AlarmNamePrefix', 'AlarmTypes', 'StateValue', 'ActionPrefix'] as const

/** Children and parents are described by little more than their names. */
const BRIEF = {
  ChildrenOfAlarmName: ({ scope, alarm, state }: AlarmRecord) => ({
    AlarmName: alarm.name,
    AlarmArn: alarmArn(scope, alarm.name),
    StateValue: state.value,
    StateUpdatedTimestamp: new Date(state.updated),
  }),
  ParentsOfAlarmName: ({ scope, alarm }: AlarmRecord) => ({
    AlarmName: alarm.name,
    AlarmArn: alarmArn(scope, alarm.name),
  }),
}

const describeRelatives = (
  input: Input,
  relative: (typeof RELATIVES)[number],
  scope: Scope,
  { alarms, dependencies }: AlarmEngine,
): Omit<Sdk.DescribeAlarmsCommandOutput, '$metadata'> => {
  const other = [...FILTERS, ...RELATIVES].find(name => name !== relative && input[name] !== undefined)
  if (other) throw validationError(`${other} cannot be specified with ${relative}`)
  const name = input[relative] ?? ''
  checkAlarmName(name, relative.charAt(0).toLowerCase() + relative.slice(1))
  if (!alarms.find(scope, name)) throw alarmNotFound()
  const names =
    relative === 'ChildrenOfAlarmName'
      ? dependencies.childrenOf(scope, name)
      : dependencies.parentsOf(scope, name)
  const records = [...names].sort().flatMap(relation => alarms.find(scope, relation) ?? [])
  const { page, next } = pageOf(
    records,
    { listing: `${relative} ${name}`, token: input.NextToken, size: readMaxRecords(input.MaxRecords) },
    ({ alarm }) => alarm.name,
  )
  const brief = BRIEF[relative]
  return { ...alarmLists(page, { metric: brief, composite: brief }), ...next }
}

const hasAction = ({ alarm }: AlarmRecord, prefix: string): boolean =>
  [...alarm.okActions, ...alarm.alarmActions, ...alarm.insufficientDataActions].some(action =>
    action.startsWith(prefix),
  )

const describe = (
  input: Input,
  scope: Scope,
  { alarms }: AlarmEngine,
): Omit<Sdk.DescribeAlarmsCommandOutput, '$metadata'> => {
  const { AlarmNames: names, AlarmNamePrefix: prefix = '', ActionPrefix: actionPrefix } = input
  checkCount(names, 'alarmNames', MAX_NAMES)
  if (names?.length && input.AlarmNamePrefix !== undefined) {
    throw validationError('AlarmNamePrefix and AlarmNames cannot be specified together')
  }
  checkLength(input.AlarmNamePrefix, 'alarmNamePrefix', { least: 1, most: 255 })
  checkLength(actionPrefix, 'actionPrefix', { least: 1, most: 1_024 })
  const state = checkEnum(input.StateValue, 'stateValue', STATES)
  const types = readTypes(input.AlarmTypes)
  const wanted = names?.length ? new Set(names) : undefined
  const matching = alarms
    .list(scope)
    .filter(
      record =>
        types.has(record.alarm.type) &&
        record.alarm.name.startsWith(prefix) &&
        (!wanted || wanted.has(record.alarm.name)) &&
        (state === undefined || record.state.value === state) &&
        (actionPrefix === undefined || hasAction(record, actionPrefix)),
    )
  const listing = JSON.stringify([names, prefix, state, actionPrefix, [...types].sort()])
  const { page, next } = pageOf(
    matching,
    { listing, token: input.NextToken, size: readMaxRecords(input.MaxRecords) },
    ({ alarm }) => alarm.name,
  )
  return { ...alarmLists(page), ...next }
}

const sameDimensions = (
  a: readonly Sdk.Dimension[] | undefined,
  b: readonly Sdk.Dimension[] | undefined,
): boolean => {
  const key = (dimensions: readonly Sdk.Dimension[] | undefined): string =>
    JSON.stringify((dimensions ?? []).map(({ Name, Value }) => [Name, Value]).sort())
  return key(a) === key(b)
}

export const describeOperations = ({ engine }: OperationDependencies): AlarmOperations => ({
  DescribeAlarms: (input, { scope }) => {
    const relative = RELATIVES.find(name => input[name] !== undefined)
    return relative ? describeRelatives(input, relative, scope, engine) : describe(input, scope, engine)
  },

  DescribeAlarmsForMetric: (input, { scope }) => ({
    MetricAlarms: engine.alarms.list(scope).flatMap(record => {
      const { alarm } = record
      const isMatch =
        alarm.type === 'MetricAlarm' &&
        alarm.metricName === input.MetricName &&
        alarm.namespace === input.Namespace &&
        sameDimensions(alarm.dimensions, input.Dimensions) &&
        (input.Statistic === undefined || alarm.statistic === input.Statistic) &&
        (input.ExtendedStatistic === undefined || alarm.extendedStatistic === input.ExtendedStatistic) &&
        (input.Period === undefined || alarm.period === input.Period) &&
        (input.Unit === undefined || alarm.unit === input.Unit)
      return isMatch ? [metricAlarmOutput(record, alarm)] : []
    }),
  }),

  /** Alarms with contributors, those on Metrics Insights queries that are grouped, are refused when they are put. */
  DescribeAlarmContributors: ({ AlarmName, NextToken }, { scope }) => {
    const name = checkAlarmName(AlarmName)
    const known = engine.alarms.find(scope, name)
    if (!known) throw resourceNotFound('alarm', name)
    return { AlarmContributors: pageOf([], { listing: name, token: NextToken, size: 1 }, () => '').page }
  },
})
