import { notImplemented } from '@sonde/wire'

/**
 * Refuses what a request sets beyond what we serve, by name.
 *
 * @param operation such as `PutMethod`
 * @throws ServiceError 501 `NotImplemented`
 */
export const refuseOthers = (operation: string, input: object, supported: readonly string[]): void => {
  for (const [name, value] of Object.entries(input)) {
    if (isSet(value) && !supported.includes(name)) throw unsupported(operation, name)
  }
}

/** 501 for one parameter of an operation. */
export const unsupported = (operation: string, parameter: string) =>
  notImplemented(`API Gateway ${operation} with ${parameter}`)

/** Whether a value says anything: empty lists and maps, and `false`, are what AWS assumes anyway. */
const isSet = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return typeof value !== 'object' || Object.keys(value).length > 0
}
