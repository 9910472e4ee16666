import { ServiceError } from '@sonde/wire'

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message)

export const ruleNotFound = (name: string, bus: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`)

export const busNotFound = (name: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Event bus ${name} does not exist.`)

export const busExists = (name: string): ServiceError =>
  new ServiceError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`)

export const limitExceeded = (): ServiceError =>
  new ServiceError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.')

export const invalidPattern = (reason: string): ServiceError =>
  new ServiceError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${reason}`)

export const invalidToken = (): ServiceError =>
  validation('Parameter NextToken is not valid. Reason: it was not made by this operation.')
