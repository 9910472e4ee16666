import { ServiceError } from '@sonde/wire'

/**
 * The error of a filter expression that is none. The code is X-Ray's; its text for each defect is not published.
 *
 * @param offset of the first character that does not fit, from 0
 */
export const syntaxError = (reason: string, offset: number): ServiceError =>
  new ServiceError('InvalidRequestException', `Invalid filter expression: ${reason} at ${offset}`, {
    status: 400,
  })
