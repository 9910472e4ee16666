import { ServiceError } from '@sonde/wire'

export const invalidValue = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message)

export const invalidCombination = (message: string): ServiceError =>
  new ServiceError('InvalidParameterCombinationException', message)

export const missing = (parameter: string): ServiceError =>
  new ServiceError('MissingRequiredParameterException', `The parameter ${parameter} is required.`)

export const bothGiven = (first: string, second: string): ServiceError =>
  invalidCombination(
    `The parameters ${first} and ${second} are mutually exclusive and you have specified both.`,
  )

/** Coral's words for one member that breaks its constraint. */
export const constraint = (value: unknown, path: string, rule: string): ServiceError =>
  new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: Member must ${rule}`,
    { queryCode: 'ValidationError' },
  )

/** A parameter that breaks a rule of CloudWatch's, in its own words. */
export const validationError = (message: string): ServiceError =>
  new ServiceError('ValidationException', message, { queryCode: 'ValidationError' })

export const resourceNotFound = (type: string, id: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Unable to find the ${type} ${id}`, {
    fields: { ResourceType: type, ResourceId: id },
  })
