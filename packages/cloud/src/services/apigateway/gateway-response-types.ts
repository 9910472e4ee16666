/**
 * The errors that API Gateway itself answers: statuses, texts and `x-amzn-ErrorType` of the developer guide's table
 * of gateway response types and of recorded responses.
 */
export interface GatewayResponseType {
  /** Absent on the two defaults, which leave the status of the failure that they stand in for. */
  readonly status?: number
  readonly errorType: string
  readonly message: string
}

const BROKEN = 'Internal server error'

export const GATEWAY_RESPONSE_TYPES = {
  ACCESS_DENIED: {
    status: 403,
    errorType: 'AccessDeniedException',
    message: 'User is not authorized to access this resource',
  },
  API_CONFIGURATION_ERROR: { status: 500, errorType: 'InternalServerErrorException', message: BROKEN },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 500,
    errorType: 'AuthorizerConfigurationException',
    message: BROKEN,
  },
  AUTHORIZER_FAILURE: { status: 500, errorType: 'AuthorizerFailureException', message: BROKEN },
  BAD_REQUEST_BODY: { status: 400, errorType: 'BadRequestException', message: 'Invalid request body' },
  BAD_REQUEST_PARAMETERS: {
    status: 400,
    errorType: 'BadRequestException',
    message: 'Missing required request parameters',
  },
  DEFAULT_4XX: { errorType: 'BadRequestException', message: 'Bad Request' },
  DEFAULT_5XX: { errorType: 'InternalServerErrorException', message: BROKEN },
  EXPIRED_TOKEN: {
    status: 403,
    errorType: 'ExpiredTokenException',
    message: 'The security token included in the request is expired',
  },
  INTEGRATION_FAILURE: { status: 504, errorType: 'InternalServerErrorException', message: BROKEN },
  INTEGRATION_TIMEOUT: {
    status: 504,
    errorType: 'InternalServerErrorException',
    message: 'Endpoint request timed out',
  },
  INVALID_API_KEY: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' },
  INVALID_SIGNATURE: {
    status: 403,
    errorType: 'InvalidSignatureException',
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  QUOTA_EXCEEDED: { status: 429, errorType: 'LimitExceededException', message: 'Limit Exceeded' },
  REQUEST_TOO_LARGE: { status: 413, errorType: 'RequestTooLargeException', message: 'Request Too Long' },
  RESOURCE_NOT_FOUND: { status: 404, errorType: 'NotFoundException', message: 'Not Found' },
  THROTTLED: { status: 429, errorType: 'TooManyRequestsException', message: 'Too Many Requests' },
  UNAUTHORIZED: { status: 401, errorType: 'UnauthorizedException', message: 'Unauthorized' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    errorType: 'BadRequestException',
    message: 'Unsupported Media Type',
  },
  WAF_FILTERED: { status: 403, errorType: 'ForbiddenException', message: 'Forbidden' },
} as const satisfies Readonly<Record<string, GatewayResponseType>>

export type GatewayResponseName = keyof typeof GATEWAY_RESPONSE_TYPES

/** In the order that GetGatewayResponses lists them. */
export const GATEWAY_RESPONSE_NAMES = Object.keys(GATEWAY_RESPONSE_TYPES) as GatewayResponseName[]

export const isGatewayResponseName = (name: string | undefined): name is GatewayResponseName =>
  name !== undefined && Object.hasOwn(GATEWAY_RESPONSE_TYPES, name)

export const gatewayResponseType = (name: GatewayResponseName): GatewayResponseType =>
  GATEWAY_RESPONSE_TYPES[name]

export const DEFAULT_RESPONSE_TEMPLATES: Readonly<Record<string, string>> = {
  'application/json': '{"message":$context.error.messageString}',
}
