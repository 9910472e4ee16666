import { ServiceError } from '@sonde/wire'
import { arn } from '../../kernel/arn.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { ContainerFailure, ContainerResponse } from './container-client.ts'
import { logGroupOf } from './names.ts'

/** The runtime's code for bad requests; the control plane's is `ValidationException`. */
export const validationError = (message: string): ServiceError => new ServiceError('ValidationError', message)

export const endpointNotFound = (scope: Scope, name: string): ServiceError =>
  validationError(`Endpoint ${name} of account ${scope.account} not found.`)

/** The API's own front refuses it, before SageMaker does: the code is the bare status. */
export const bodyTooLarge = (limit: number): ServiceError =>
  new ServiceError('413', `HTTP content length exceeded ${limit} bytes.`, { status: 413 })

/** No instance of the variant is there to take the request. */
export const noInstance = (): ServiceError =>
  new ServiceError(
    'ServiceUnavailable',
    'A transient exception occurred while retrieving variant instances. Please try again later.',
    { status: 503 },
  )

const modelError = (
  scope: Scope,
  endpointName: string,
  status: number,
  saying: string,
  originalMessage: string,
): ServiceError => {
  const { region, account } = scope
  const group = logGroupOf(endpointName)
  const fault = status >= 400 && status < 500 ? 'client' : 'server'
  return new ServiceError(
    'ModelError',
    `Received ${fault} error (${status}) from primary ${saying}. See https://${region}.console.aws.amazon.com` +
      `/cloudwatch/home?region=${region}#logEventViewer:group=${group} in account ${account} for more information.`,
    {
      status: 424,
      fields: {
        OriginalStatusCode: status,
        OriginalMessage: originalMessage,
        LogStreamArn: arn(scope, 'logs', `log-group:${group}`),
      },
    },
  )
}

/** The container answered, but not with 2xx. */
export const modelAnswered = (
  scope: Scope,
  endpointName: string,
  { status, body }: ContainerResponse,
): ServiceError => {
  const message = body.toString('utf8')
  return modelError(scope, endpointName, status, `with message "${message}"`, message)
}

const LOST_MESSAGES = {
  timeout: () =>
    'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for ' +
    'each container in Amazon CloudWatch, resolve the issue, and try again.',
  connection: (endpointName: string) =>
    `Amazon SageMaker could not get a response from the ${endpointName} endpoint. This can occur when CPU or memory ` +
    'utilization is high. To check your utilization, see Amazon CloudWatch. To fix this problem, use an instance ' +
    'type with more CPU capacity or memory.',
}

/** The container gave no whole answer. */
export const modelFailed = (scope: Scope, endpointName: string, failure: ContainerFailure): ServiceError => {
  if (failure.reason === 'oversize' || (failure.reason === 'connection' && failure.status !== 0)) {
    const saying = 'and could not load the entire response body'
    return modelError(scope, endpointName, failure.status, saying, '')
  }
  const message = LOST_MESSAGES[failure.reason === 'timeout' ? 'timeout' : 'connection'](endpointName)
  return modelError(scope, endpointName, 0, `with message "${message}"`, message)
}
