import { notImplemented } from '@sonde/wire'
import { constraint, invalidParameter } from './errors.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
const GROUP_NAME = /^[.\-_/#A-Za-z0-9]+$/
const STREAM_NAME = /^[^:*]*$/
const MAX_NAME = 512

/** What PutRetentionPolicy takes. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288,
  3_653,
]

/** @throws ServiceError `InvalidParameterException` */
export const checkGroupName = (name: string, path = 'logGroupName'): string => {
  if (name.length < 1) throw constraint(name, path, 'have length greater than or equal to 1')
  if (name.length > MAX_NAME) throw constraint(name, path, `have length less than or equal to ${MAX_NAME}`)
  if (!GROUP_NAME.test(name)) {
    throw constraint(name, path, 'satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+')
  }
  return name
}

/** @throws ServiceError `InvalidParameterException` */
export const checkStreamName = (name: string): string => {
  if (name.length < 1) throw constraint(name, 'logStreamName', 'have length greater than or equal to 1')
  if (name.length > MAX_NAME) {
    throw constraint(name, 'logStreamName', `have length less than or equal to ${MAX_NAME}`)
  }
  if (!STREAM_NAME.test(name)) {
    throw constraint(name, 'logStreamName', 'satisfy regular expression pattern: [^:*]*')
  }
  return name
}

/** @throws ServiceError `InvalidParameterException` */
export const checkRetention = (days: number): number => {
  if (RETENTION_DAYS.includes(days)) return days
  throw constraint(days, 'retentionInDays', `satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`)
}

/** @throws ServiceError `InvalidParameterException` */
export const checkLimit = (limit: number | undefined, initial: number, most: number): number => {
  if (limit === undefined) return initial
  if (limit < 1) throw constraint(limit, 'limit', 'have value greater than or equal to 1')
  if (limit > most) throw constraint(limit, 'limit', `have value less than or equal to ${most}`)
  return limit
}

const GROUP_ARN = /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(?::\*)?$/

/** The group that `logGroupName` or `logGroupIdentifier` (a name or an ARN) means. */
export const groupNameOf = (input: {
  readonly logGroupName?: string | undefined
  readonly logGroupIdentifier?: string | undefined
}): string => {
  const { logGroupName: name, logGroupIdentifier: identifier } = input
  if (name !== undefined && identifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup ARN are mutually exclusive parameters.')
  }
  const given = name ?? identifier
  if (given === undefined)
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be specified.')
  return GROUP_ARN.exec(given)?.[1] ?? checkGroupName(given)
}

/** Refuses members that are set to more than what happens anyway. */
export const refuse = (operation: string, members: Readonly<Record<string, unknown>>): void => {
  for (const [member, value] of Object.entries(members)) {
    if (value === undefined || value === null || value === false) continue
    throw notImplemented(`logs:${operation} with ${member}`)
  }
}
