import { ServiceError } from '@sonde/wire'

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError('InvalidParameterException', message)

export const groupNotFound = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.')

export const streamNotFound = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.')

export const groupExists = (): ServiceError =>
  new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists')

export const streamExists = (): ServiceError =>
  new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists')

/** Coral's words for one member that breaks its constraint. */
export const constraint = (value: unknown, path: string, rule: string): ServiceError =>
  invalidParameter(
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must ${rule}`,
  )

export const filterNotFound = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified metric filter does not exist.')

export const subscriptionNotFound = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified subscription filter does not exist.')

export const filterLimitExceeded = (): ServiceError =>
  new ServiceError('LimitExceededException', 'Resource limit exceeded.')
