import { ServiceError } from '@sonde/wire'

export const validationException = (message: string): ServiceError =>
  new ServiceError('ValidationException', message)

export const parameterNotFound = (name: string): ServiceError =>
  new ServiceError('ParameterNotFound', `Parameter ${name} not found.`)

export const parameterAlreadyExists = (): ServiceError =>
  new ServiceError(
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
  )

export const versionNotFound = (name: string, version: string): ServiceError =>
  new ServiceError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  )

export const patternMismatch = (pattern: string): ServiceError =>
  new ServiceError(
    'ParameterPatternMismatchException',
    `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
  )

/** SSM's own code for the resources of its tag operations. */
export const invalidResourceId = (): ServiceError =>
  new ServiceError(
    'InvalidResourceId',
    'The resource ID is not valid. Verify that you entered the correct ID and try again.',
  )
