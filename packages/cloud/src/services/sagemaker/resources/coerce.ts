import { validationException } from '../errors.ts'

/** Members that CloudFormation may hold as text (`Ref` of a parameter is always text), by name at any depth. */
const NUMBERS = new Set([
  'InitialInstanceCount',
  'InitialVariantWeight',
  'VolumeSizeInGB',
  'ModelDataDownloadTimeoutInSeconds',
  'ContainerStartupHealthCheckTimeoutInSeconds',
])
const BOOLEANS = new Set([
  'EnableNetworkIsolation',
  'RetainAllVariantProperties',
  'RetainDeploymentConfig',
  'AcceptEula',
])
/** Members that are lists of structures, and that are structures. */
const LISTS = new Set(['ProductionVariants', 'Containers', 'Tags', 'ExcludeRetainedVariantProperties'])
const STRUCTURES = new Set([
  'PrimaryContainer',
  'Environment',
  'ImageConfig',
  'ModelDataSource',
  'S3DataSource',
  'RoutingConfig',
])
/** Maps of the user's own names and texts. */
const TEXT_MAPS = new Set(['Environment'])

const scalar = (name: string, value: unknown): unknown => {
  if (NUMBERS.has(name) && typeof value === 'string') {
    const number = Number(value)
    if (value.trim() === '' || Number.isNaN(number))
      throw validationException(`Property ${name} must be a number.`)
    return number
  }
  if (BOOLEANS.has(name) && typeof value === 'string') {
    if (value !== 'true' && value !== 'false')
      throw validationException(`Property ${name} must be a boolean.`)
    return value === 'true'
  }
  if (
    !NUMBERS.has(name) &&
    !BOOLEANS.has(name) &&
    (typeof value === 'number' || typeof value === 'boolean')
  ) {
    return String(value)
  }
  return value
}

const isStructure = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const checkShape = (name: string, value: unknown): void => {
  if (value === undefined) return
  if (LISTS.has(name) && !(Array.isArray(value) && value.every(isStructure))) {
    throw validationException(`Property ${name} must be a list of structures.`)
  }
  if (STRUCTURES.has(name) && !isStructure(value)) {
    throw validationException(`Property ${name} must be a structure.`)
  }
}

const textMap = (value: object): Record<string, string> =>
  Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]))

/**
 * Properties as the API types them: CloudFormation takes `"1"` for 1 and 1 for `"1"`.
 *
 * @throws ServiceError `ValidationException` naming a property of another type
 */
export const coerce = (value: unknown, name = ''): unknown => {
  checkShape(name, value)
  if (Array.isArray(value)) return value.map(item => coerce(item))
  if (typeof value !== 'object' || value === null) return scalar(name, value)
  if (TEXT_MAPS.has(name)) return textMap(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, coerce(item, key)]))
}
