/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
export const MAX_RULES_OF_A_BUS = 300
export const MAX_BUSES = 100
export const MAX_TARGETS_OF_A_RULE = 5
export const MAX_TARGETS_IN_A_CALL = 100
export const MAX_ENTRIES = 10
/** Bytes of all entries of one PutEvents. */
export const MAX_ENTRIES_SIZE = 256 * 1024
export const MAX_TAGS = 50
export const PAGE = 100
/** Characters of a bus policy. */
export const MAX_POLICY_LENGTH = 10_240

/** Patterns as AWS prints them. */
export const NAME_PATTERN = '[\\.\\-_A-Za-z0-9]+'
export const BUS_NAME_PATTERN = '[/\\.\\-_A-Za-z0-9]+'
export const PATH_KEY_PATTERN = '[A-Za-z0-9\\_\\-]+'
