import { ServiceError } from '@sonde/wire'

/** `Invalid parameter: ` and what is wrong, as SNS has it. */
export const invalidParameter = (problem: string): ServiceError =>
  new ServiceError('InvalidParameterException', `Invalid parameter: ${problem}`)

export const invalidParameterValue = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message)

export const topicNotFound = (): ServiceError => new ServiceError('NotFoundException', 'Topic does not exist')

export const subscriptionNotFound = (): ServiceError =>
  new ServiceError('NotFoundException', 'Subscription does not exist')

export const resourceNotFound = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'Resource does not exist')

export const authorizationError = (who: string, action: string, resource: string): ServiceError =>
  new ServiceError(
    'AuthorizationErrorException',
    `User: ${who} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy ` +
      `allows the ${action} action`,
  )

export const filterPolicyLimitExceeded = (message: string): ServiceError =>
  new ServiceError('FilterPolicyLimitExceededException', message)

export const tagLimitExceeded = (): ServiceError =>
  new ServiceError(
    'TagLimitExceededException',
    'Could not complete request: tag quota of per resource exceeded',
  )

export const emptyBatch = (): ServiceError =>
  new ServiceError('EmptyBatchRequestException', "The batch request doesn't contain any entries.")

export const tooManyEntries = (): ServiceError =>
  new ServiceError(
    'TooManyEntriesInBatchRequestException',
    'The batch request contains more entries than permissible.',
  )

export const entryIdsNotDistinct = (): ServiceError =>
  new ServiceError(
    'BatchEntryIdsNotDistinctException',
    'Two or more batch entries in the request have the same Id.',
  )

export const invalidBatchEntryId = (): ServiceError =>
  new ServiceError(
    'InvalidBatchEntryIdException',
    "The Id of a batch entry in a batch request doesn't abide by the specification.",
  )

export const batchTooLong = (): ServiceError =>
  new ServiceError(
    'BatchRequestTooLongException',
    'The length of all the batch messages put together is more than the limit.',
  )
