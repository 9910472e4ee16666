import { ServiceError } from '@sonde/wire'
import type { Scope } from '../../../../kernel/scope.ts'
import { type AlarmRecord, STATES } from '../alarm.ts'
import type { AlarmEngine } from '../engine.ts'
import { alarmNotFound, validationError } from '../errors.ts'
import { checkAlarmName, checkCount, checkEnum, checkLength } from './checks.ts'
import { readCompositeAlarm } from './composite-alarm-input.ts'
import type { AlarmOperations, OperationDependencies } from './context.ts'
import { readMetricAlarm } from './metric-alarm-input.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html */
const MAX_NAMES = 100
const MAX_REASON = 1_023
const MAX_REASON_DATA = 4_000

const readNames = (names: readonly string[] | undefined): readonly string[] => {
  checkCount(names, 'alarmNames', MAX_NAMES)
  for (const [index, name] of (names ?? []).entries()) checkAlarmName(name, `alarmNames.${index + 1}.member`)
  return [...new Set(names)]
}

/** Names are of one alarm, whatever its type. */
const checkType = ({ alarms }: AlarmEngine, scope: Scope, name: string, type: string): void => {
  const present = alarms.find(scope, name)?.alarm.type
  if (present !== undefined && present !== type) {
    throw validationError(`An alarm of the type ${present} with the name ${name} already exists`)
  }
}

/** Alarms that others refer to cannot be deleted before those, nor without them. */
const checkUnreferenced = (
  { dependencies }: AlarmEngine,
  scope: Scope,
  records: readonly AlarmRecord[],
): void => {
  const going = new Set(records.map(({ alarm }) => alarm.name))
  const needed = [...going].filter(name =>
    [...dependencies.parentsOf(scope, name), ...dependencies.suppressedBy(scope, name)].some(
      parent => !going.has(parent) || parent === name,
    ),
  )
  if (needed.length === 0) return
  const on = needed.length === 1 ? 'it' : 'them'
  throw validationError(
    `Cannot delete ${needed.join(',')} as there are composite alarm(s) depending on ${on}.`,
  )
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html */
const checkReasonData = (data: string | undefined): void => {
  checkLength(data, 'stateReasonData', { most: MAX_REASON_DATA })
  if (data === undefined) return
  try {
    JSON.parse(data)
  } catch {
    throw new ServiceError('InvalidFormatFault', 'StateReasonData is not a valid JSON document.')
  }
}

/**
 * Deletes the alarms that there are.
 *
 * @throws ServiceError `ValidationError` before anything is deleted; `ResourceNotFound` after what there was has been
 */
export const deleteAlarms = (
  engine: AlarmEngine,
  scope: Scope,
  given: readonly string[] | undefined,
): void => {
  const names = readNames(given)
  const records = names.flatMap(name => engine.alarms.find(scope, name) ?? [])
  if (records.filter(({ alarm }) => alarm.type === 'CompositeAlarm').length > 1) {
    throw validationError('DeleteAlarms can delete at most one composite alarm in one request')
  }
  checkUnreferenced(engine, scope, records)
  for (const record of records) engine.delete(record)
  if (records.length < names.length) throw alarmNotFound()
}

const setActionsEnabled = (
  { alarms }: AlarmEngine,
  scope: Scope,
  names: readonly string[] | undefined,
  actionsEnabled: boolean,
): void => {
  for (const name of readNames(names)) {
    const record = alarms.find(scope, name)
    if (record && record.alarm.actionsEnabled !== actionsEnabled) {
      alarms.putAlarm(record, { ...record.alarm, actionsEnabled })
    }
  }
}

export const changeOperations = ({ engine, clock, queries }: OperationDependencies): AlarmOperations => ({
  PutMetricAlarm: (input, { scope }) => {
    const alarm = readMetricAlarm(input, scope, queries, clock.now())
    checkType(engine, scope, alarm.name, alarm.type)
    engine.write(scope, alarm)
    return {}
  },

  PutCompositeAlarm: (input, { scope }) => {
    const alarm = readCompositeAlarm(input, scope, engine.alarms, engine.dependencies, clock.now())
    checkType(engine, scope, alarm.name, alarm.type)
    engine.write(scope, alarm)
    return {}
  },

  DeleteAlarms: ({ AlarmNames }, { scope }) => {
    deleteAlarms(engine, scope, AlarmNames)
    return {}
  },

  EnableAlarmActions: ({ AlarmNames }, { scope }) => {
    setActionsEnabled(engine, scope, AlarmNames, true)
    return {}
  },

  DisableAlarmActions: ({ AlarmNames }, { scope }) => {
    setActionsEnabled(engine, scope, AlarmNames, false)
    return {}
  },

  SetAlarmState: (input, { scope }) => {
    const name = checkAlarmName(input.AlarmName)
    const value = checkEnum(input.StateValue, 'stateValue', STATES)
    const { StateReason: reason = '', StateReasonData: reasonData } = input
    checkLength(reason, 'stateReason', { most: MAX_REASON })
    checkReasonData(reasonData)
    const record = engine.alarms.find(scope, name)
    if (!record || !value) throw alarmNotFound()
    engine.setState(record, { value, reason, reasonData })
    return {}
  },
})
