import { ServiceError } from '@sonde/wire'

export const invalidRequest = (message: string): ServiceError =>
  new ServiceError('InvalidRequestException', message, { status: 400 })
