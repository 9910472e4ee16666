import { ServiceError } from '@sonde/wire'

/** CloudFormation's error for nearly everything that is wrong with a request. */
export const validationError = (message: string): ServiceError => new ServiceError('ValidationError', message)

/** A template that is no template: text or structure. */
export const formatError = (message: string): ServiceError =>
  validationError(`Template format error: ${message}`)

/** A template whose functions cannot be evaluated. */
export const templateError = (message: string): ServiceError => validationError(`Template error: ${message}`)

export const alreadyExists = (message: string): ServiceError =>
  new ServiceError('AlreadyExistsException', message)

export const insufficientCapabilities = (capabilities: readonly string[]): ServiceError =>
  new ServiceError(
    'InsufficientCapabilitiesException',
    `Requires capabilities : [${capabilities.join(', ')}]`,
  )

export const changeSetNotFound = (name: string): ServiceError =>
  new ServiceError('ChangeSetNotFoundException', `ChangeSet [${name}] does not exist`, {
    status: 404,
    queryCode: 'ChangeSetNotFound',
  })

export const invalidChangeSetStatus = (message: string): ServiceError =>
  new ServiceError('InvalidChangeSetStatusException', message, { queryCode: 'InvalidChangeSetStatus' })

/** How the AWS APIs say that a member of the input breaks its model. */
export const constraintError = (value: string, member: string, constraint: string): ServiceError =>
  validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  )
