import { constraint } from '../../errors.ts'
import type { KeptItem } from '../history.ts'
import { checkAlarmName, checkEnum } from './checks.ts'
import type { AlarmOperations, OperationDependencies } from './context.ts'
import { readMaxRecords, readTypes } from './describe-alarms.ts'
import { pageOf } from './pages.ts'

const ITEM_TYPES = [
  'ConfigurationUpdate',
  'StateUpdate',
  'Action',
  'AlarmContributorStateUpdate',
  'AlarmContributorAction',
] as const
const ORDERS = ['TimestampDescending', 'TimestampAscending'] as const
/** Above every key of an item. */
const KEYS = 1e15

const output = ({ item }: KeptItem) => ({
  AlarmName: item.alarmName,
  AlarmType: item.alarmType,
  Timestamp: new Date(item.timestamp),
  HistoryItemType: item.type,
  HistorySummary: item.summary,
  HistoryData: item.data,
})

/** Items are written as they happen, so that the order of their keys is that of their times. */
const placeOf =
  (descending: boolean) =>
  ({ key }: KeptItem): string =>
    String(descending ? KEYS - Number(key) : KEYS + Number(key))

export const historyOperations = ({ engine }: OperationDependencies): AlarmOperations => ({
  DescribeAlarmHistory: (input, { scope }) => {
    const { AlarmName: name, StartDate: start, EndDate: end, AlarmContributorId: contributor } = input
    if (name !== undefined) checkAlarmName(name)
    const type = checkEnum(input.HistoryItemType, 'historyItemType', ITEM_TYPES)
    const order = checkEnum(input.ScanBy, 'scanBy', ORDERS) ?? 'TimestampDescending'
    const types = readTypes(input.AlarmTypes)
    if (start && end && start > end) {
      throw constraint(start.toISOString(), 'startDate', 'be before endDate')
    }
    const descending = order === 'TimestampDescending'
    const matching = engine.history.list(scope).filter(
      ({ item }) =>
        // No alarm of ours has contributors.
        contributor === undefined &&
        (name === undefined || item.alarmName === name) &&
        types.has(item.alarmType) &&
        (type === undefined || item.type === type) &&
        (!start || item.timestamp >= start.getTime()) &&
        (!end || item.timestamp <= end.getTime()),
    )
    const { page, next } = pageOf(
      descending ? matching.toReversed() : matching,
      {
        listing: JSON.stringify([name, type, order, start, end, [...types].sort()]),
        token: input.NextToken,
        size: readMaxRecords(input.MaxRecords),
      },
      placeOf(descending),
    )
    return { AlarmHistoryItems: page.map(output), ...next }
  },
})
