import { ServiceError } from '@sonde/wire'

/**
 * Refuses what is no integer where the model says integer, which the wire's schemas do not tell from a double: half an
 * evaluation period, or no number at all, as CBOR can say it.
 *
 * @param path as Coral names it, such as `evaluationPeriods`
 * @throws ServiceError `SerializationException`
 */
export const checkInteger = (value: number | undefined, path: string): void => {
  if (value !== undefined && !Number.isSafeInteger(value)) {
    throw new ServiceError('SerializationException', `${path} is not an integer.`)
  }
}
