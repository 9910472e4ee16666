import { ServiceError } from '@sonde/wire'

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message)

export const conflict = (message: string): ServiceError => new ServiceError('ConflictException', message)

export const notFound = (message: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', message)

export const quotaExceeded = (message: string): ServiceError =>
  new ServiceError('ServiceQuotaExceededException', message)

export const invalidToken = (): ServiceError => validation('Invalid NextToken.')
