import type { ServiceError } from '@sonde/wire'
import { invalidRequest } from '../errors.ts'

/**
 * The error of a filter expression that is none. The code is X-Ray's; its text for each defect is not published.
 *
 * @param offset of the first character that does not fit, from 0
 */
export const syntaxError = (reason: string, offset: number): ServiceError =>
  invalidRequest(`Invalid filter expression: ${reason} at ${offset}`)
