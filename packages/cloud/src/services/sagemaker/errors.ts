import { ServiceError } from '@sonde/wire'

/** What an ARN of SageMaker's hosting names, in the words of its error texts. */
export type HostingNoun = 'model' | 'endpoint configuration' | 'endpoint'

/** SageMaker's control plane answers nearly every refusal with this one code. */
export const validationException = (message: string): ServiceError =>
  new ServiceError('ValidationException', message)

/** `Could not find endpoint "arn:…".` Tools match on this prefix: there is no code of its own for it. */
export const couldNotFind = (noun: HostingNoun, arn: string): ServiceError =>
  validationException(`Could not find ${noun} "${arn}".`)

export const alreadyExists = (noun: HostingNoun, arn: string): ServiceError =>
  validationException(`Cannot create already existing ${noun} "${arn}".`)

/** Also what DeleteEndpoint answers while an endpoint is being created or updated. */
export const updateInProgress = (arn: string): ServiceError =>
  validationException(`Cannot update in-progress endpoint "${arn}".`)

export const resourceLimitExceeded = (instanceType: string, limit: number, requested: number): ServiceError =>
  new ServiceError(
    'ResourceLimitExceeded',
    `The account-level service limit '${instanceType} for endpoint usage' is ${limit} Instances, with current ` +
      `utilization of 0 Instances and a request delta of ${requested} Instances. Please use AWS Service Quotas to ` +
      'request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request ' +
      'an increase for this quota.',
  )
