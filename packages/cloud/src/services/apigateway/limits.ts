/**
 * Quotas and defaults of REST APIs, from the API Gateway developer guide ("Amazon API Gateway quotas and important
 * notes") and the service's error texts.
 */

/** Milliseconds. */
export const MIN_INTEGRATION_TIMEOUT = 50
/** Milliseconds; also the default. */
export const MAX_INTEGRATION_TIMEOUT = 29_000
/** Bytes of a request's body. */
export const MAX_PAYLOAD = 10_485_760
export const MAX_RESOURCES = 300
export const MAX_STAGES = 10
export const MAX_REGIONAL_APIS = 600
export const MAX_STAGE_VARIABLES = 100
export const MAX_STAGE_VARIABLE_NAME = 64
export const MAX_STAGE_VARIABLE_VALUE = 512
export const MAX_TAGS = 50
/** Bytes of an access log format. */
export const MAX_ACCESS_LOG_FORMAT = 3072
/** Bytes of one event of the execution log. */
export const MAX_EXECUTION_LOG_EVENT = 1024
/** Items of a page where the client names no limit. */
export const DEFAULT_PAGE = 25
export const MAX_PAGE = 500
/** Requests a second of an account in a region. */
export const ACCOUNT_RATE_LIMIT = 10_000
export const ACCOUNT_BURST_LIMIT = 5000
/** API keys of an account in a region. */
export const MAX_API_KEYS = 10_000
export const MAX_USAGE_PLANS = 300
/** Usage plans that one API key may be in. */
export const MAX_PLANS_PER_KEY = 10
/** Methods of one stage that a usage plan throttles on their own. */
export const MAX_METHOD_THROTTLES = 20
/** Characters of an API key. */
export const MIN_API_KEY = 20
export const MAX_API_KEY = 128
/** Days that GetUsage looks back. */
export const USAGE_WINDOW = 90
