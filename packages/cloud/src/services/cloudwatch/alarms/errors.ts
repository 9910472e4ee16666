import { ServiceError } from '@sonde/wire'

export { resourceNotFound, validationError } from '../errors.ts'

/** AWS gives no message. */
export const alarmNotFound = (): ServiceError => new ServiceError('ResourceNotFound', '')

export const invalidNextToken = (): ServiceError =>
  new ServiceError('InvalidNextToken', 'The next token specified is invalid.')
