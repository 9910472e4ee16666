import { ServiceError } from '@sonde/wire'

/** A parameter that breaks a rule of CloudWatch's, in its own words. */
export const validationError = (message: string): ServiceError =>
  new ServiceError('ValidationException', message, { queryCode: 'ValidationError' })

/** AWS gives no message. */
export const alarmNotFound = (): ServiceError => new ServiceError('ResourceNotFound', '')

export const resourceNotFound = (type: string, id: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Unable to find the ${type} ${id}`, {
    fields: { ResourceType: type, ResourceId: id },
  })

export const invalidNextToken = (): ServiceError =>
  new ServiceError('InvalidNextToken', 'The next token specified is invalid.')
