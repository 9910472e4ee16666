/** Lambda's limits. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */

/** Response of a function and synchronous request: 6 MB, and the 100 bytes that Lambda grants above it. */
export const MAXIMUM_RESPONSE_BYTES = 6_291_556
/** Payload of a RequestResponse invocation. */
export const MAXIMUM_SYNC_PAYLOAD_BYTES = 6_291_456
/** Payload of an Event invocation. */
export const MAXIMUM_ASYNC_PAYLOAD_BYTES = 1_048_576
/** The part of an invocation's log that LogType Tail returns. */
export const LOG_TAIL_BYTES = 4096
/** Seconds. */
export const DEFAULT_TIMEOUT = 3
export const MAXIMUM_TIMEOUT = 900
/** MB. */
export const DEFAULT_MEMORY = 128
export const MINIMUM_MEMORY = 128
export const MAXIMUM_MEMORY = 10_240
/** MB of /tmp. */
export const DEFAULT_EPHEMERAL_STORAGE = 512
export const MAXIMUM_EPHEMERAL_STORAGE = 10_240
/** All names and values of a function's environment variables together. */
export const MAXIMUM_ENVIRONMENT_BYTES = 4096
export const MAXIMUM_LAYERS = 5
export const MAXIMUM_DESCRIPTION = 256
export const MAXIMUM_HANDLER = 128
export const MAXIMUM_TAGS = 50
/** Bytes of function and layers, unzipped. */
export const MAXIMUM_UNZIPPED_BYTES = 262_144_000
/** Bytes of a package that comes with the request. */
export const MAXIMUM_ZIP_BYTES = 52_428_800
/** Bytes of all packages of an account in a region. */
export const MAXIMUM_TOTAL_CODE_BYTES = 80_530_636_800
/** Entries of a package that we are willing to unpack; AWS names no number. */
export const MAXIMUM_ZIP_ENTRIES = 100_000
/** Bytes of a function's resource policy. */
export const MAXIMUM_POLICY_BYTES = 20_480
/** Of an account in a region. */
export const ACCOUNT_CONCURRENCY = 1000
/** Of which so much stays unreserved. */
export const MINIMUM_UNRESERVED_CONCURRENCY = 100
/** Milliseconds that an environment has to initialise, from the start of its process. */
export const INIT_LIMIT = 10_000
/**
 * The same of provisioned concurrency, or the function's timeout where that is longer.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
 */
export const PROVISIONED_INIT_LIMIT = 130_000
/** Milliseconds that an environment stays without work. AWS gives no number: `minutes`. */
export const IDLE_LIMIT = 10 * 60_000
/** Asynchronous invocations. */
export const DEFAULT_RETRY_ATTEMPTS = 2
export const DEFAULT_EVENT_AGE = 21_600
export const MINIMUM_EVENT_AGE = 60
/** Milliseconds until the first and the second retry of an asynchronous invocation. */
export const RETRY_WAITS: readonly number[] = [60_000, 120_000]
/** Throttled events go back to the queue for so long, doubled each time up to the maximum. Milliseconds. */
export const FIRST_THROTTLE_WAIT = 1000
export const MAXIMUM_THROTTLE_WAIT = 300_000
/** Largest page of the List operations, and the default. */
export const MAXIMUM_PAGE = 10_000
export const DEFAULT_PAGE = 50
