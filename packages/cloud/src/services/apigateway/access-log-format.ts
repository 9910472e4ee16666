import { parseArn } from '../../kernel/arn.ts'
import type { Scope } from '../../kernel/scope.ts'
import { badRequest } from './errors.ts'
import { MAX_ACCESS_LOG_FORMAT } from './limits.ts'
import { compileSubstitution, type Substitution } from './substitution.ts'
import { unsupported } from './support.ts'

/**
 * Compiles an access log format; absent values print `-`.
 *
 * @throws ServiceError `BadRequestException` for a format that is too long, carries no request id or names a variable
 *   that does not exist
 */
export const compileAccessLogFormat = (format: string): Substitution => {
  if (Buffer.byteLength(format) > MAX_ACCESS_LOG_FORMAT) {
    throw badRequest(`Access log format must not exceed ${MAX_ACCESS_LOG_FORMAT} bytes`)
  }
  if (!/\$context\.(requestId|extendedRequestId)\b/.test(format)) {
    throw badRequest('Access log format must contain $context.requestId or $context.extendedRequestId')
  }
  return compileSubstitution(format, '-', name => {
    throw badRequest(`Access log format names an unknown variable: $context.${name}`)
  })
}

export interface LogGroupTarget {
  readonly scope: Scope
  readonly group: string
}

/**
 * The log group that an access log goes to.
 *
 * @throws ServiceError `BadRequestException` unless it is a log group's ARN, 501 for a Firehose stream
 */
export const logGroupOf = (destinationArn: string): LogGroupTarget => {
  const arn = parseArn(destinationArn)
  if (arn?.service === 'firehose') throw unsupported('access logging', 'a Firehose stream as destination')
  const group = arn?.service === 'logs' ? /^log-group:([^:*]+)(?::\*)?$/.exec(arn.resource)?.[1] : undefined
  if (!arn || group === undefined) {
    throw badRequest(
      `Invalid ARN specified in the request. ARN: ${destinationArn} should be for a resource of type: log-group`,
    )
  }
  return { scope: { account: arn.account, region: arn.region }, group }
}
