import { notImplemented } from '@sonde/wire'
import type { Json, TableRecord } from './dynalite.ts'
import { validation } from './errors.ts'
import { refuseUnknownMembers } from './members.ts'

/** Days; also the most. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html */
const RECOVERY_PERIOD = 35

const booleanOf = (value: unknown, path: string): boolean => {
  if (typeof value === 'boolean') return value
  throw validation(`${path} must be a boolean`)
}

/**
 * Reads `SSESpecification`. On is AWS's own key of the account (`alias/aws/dynamodb`), which is all that a table without a
 * KMS can be said to have; keys of one's own are refused. What lies on this disk is not encrypted by us.
 *
 * @param operation what the refusal names
 * @returns the table's `SSEDescription`; `undefined` where DynamoDB's own key is used, which it does not describe
 */
export const readEncryption = (operation: string, specification: unknown): Json | undefined => {
  if (specification === undefined || specification === null) return undefined
  const { Enabled = false, SSEType = 'KMS', ...rest } = specification as Json
  refuseUnknownMembers(operation, rest, new Set(), 'SSESpecification.')
  if (SSEType !== 'KMS')
    throw notImplemented(`dynamodb:${operation} with SSESpecification.SSEType ${SSEType}`)
  return booleanOf(Enabled, 'SSESpecification.Enabled') ? { Status: 'ENABLED', SSEType } : undefined
}

/** Where a table's record keeps its days of point-in-time recovery: a member that no description shows. */
const RECOVERY = 'sonde:RecoveryPeriodInDays'

/** A record as clients may see it. */
export const described = (record: TableRecord): Json => {
  const { [RECOVERY]: _days, ...description } = record
  return description
}

/** Takes the whole of `PointInTimeRecoverySpecification` into a table's record. */
export const setRecovery = (record: TableRecord, specification: unknown): void => {
  const { PointInTimeRecoveryEnabled, RecoveryPeriodInDays, ...rest } = (specification ?? {}) as Json
  refuseUnknownMembers('UpdateContinuousBackups', rest, new Set(), 'PointInTimeRecoverySpecification.')
  const days = RecoveryPeriodInDays ?? RECOVERY_PERIOD
  if (!Number.isInteger(days) || (days as number) < 1 || (days as number) > RECOVERY_PERIOD) {
    throw validation(`RecoveryPeriodInDays must be between 1 and ${RECOVERY_PERIOD}`)
  }
  const enabled = booleanOf(
    PointInTimeRecoveryEnabled,
    'PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled',
  )
  if (enabled) record[RECOVERY] = days
  else delete record[RECOVERY]
}

/**
 * `ContinuousBackupsDescription`. The setting is kept, so that a template that asks for it deploys; no times that could
 * be restored are shown, since nothing here restores a table.
 */
export const continuousBackups = (record: TableRecord): Json => {
  const days = record[RECOVERY]
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription:
        days === undefined
          ? { PointInTimeRecoveryStatus: 'DISABLED' }
          : { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: days },
    },
  }
}
