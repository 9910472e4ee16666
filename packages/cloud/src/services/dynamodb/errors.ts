import { ServiceError } from '@sonde/wire'

export const resourceNotFound = (message: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', message)

export const tableNotFound = (name: string): ServiceError =>
  resourceNotFound(`Requested resource not found: Table: ${name} not found`)

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message)

export const deletionProtected = (): ServiceError =>
  validation(
    'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
  )
