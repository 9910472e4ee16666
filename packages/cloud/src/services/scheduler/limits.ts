/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html */
export const MAX_GROUPS = 500
/** AWS takes a million and more; a laptop keeps each of them in memory. */
export const MAX_SCHEDULES = 100_000
export const PAGE = 100
/** Bytes of a target's input. */
export const MAX_INPUT = 256 * 1024
/** How long ago a start date may be, in ms. */
export const OLDEST_START = 5 * 60_000

export const DEFAULT_GROUP = 'default'

/** Patterns as AWS prints them. */
export const NAME_PATTERN = '^[0-9a-zA-Z-_.]+$'
export const ROLE_PATTERN = '^arn:aws(-[a-z]+)?:iam::\\d{12}:role\\/[\\w+=,.@\\/-]+$'
export const QUEUE_PATTERN = '^arn:aws(-[a-z]+)?:sqs:[a-z0-9\\-]+:\\d{12}:[a-zA-Z0-9\\-_]+$'
export const TOKEN_PATTERN = '^[a-zA-Z0-9-_]+$'
