/** @see https://docs.aws.amazon.com/general/latest/gr/sns.html */

/** Bytes of a message with its attributes, and of a batch. */
export const MAX_MESSAGE_BYTES = 262_144
export const MAX_BATCH_ENTRIES = 10
export const MAX_SUBJECT_LENGTH = 100
/** Of the lists of topics and subscriptions. */
export const PAGE_SIZE = 100
export const MAX_TAGS = 50
/** A subscription that nobody confirms is forgotten after so long, in milliseconds: its token is valid for two days. */
export const CONFIRMATION_LIFETIME = 2 * 24 * 60 * 60_000
/** Of a filter policy. @see https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
export const MAX_FILTER_KEYS = 5
export const MAX_FILTER_COMBINATIONS = 150
export const MAX_FILTER_BYTES = 256 * 1024
/** Of a filter policy's nesting: ours, since AWS bounds it by its size alone. */
export const MAX_FILTER_DEPTH = 32
/** Answers of HTTP subscribers are waited for so long, in real milliseconds. */
export const HTTP_TIMEOUT = 15_000
/** Ours: HTTP deliveries that wait for an answer or a retry; more fail at once. */
export const MAX_PENDING_DELIVERIES = 10_000
/** Ours: mails that are kept; the oldest go first. */
export const MAX_MAILS = 1_000
