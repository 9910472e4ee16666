import { ServiceError } from '@sonde/wire'

export const queueDoesNotExist = (): ServiceError =>
  new ServiceError('QueueDoesNotExist', 'The specified queue does not exist.')

export const queueNameExists = (attribute: string): ServiceError =>
  new ServiceError(
    'QueueNameExists',
    `A queue already exists with the same name and a different value for attribute ${attribute}`,
  )

export const invalidAttributeName = (name: string): ServiceError =>
  new ServiceError('InvalidAttributeName', `Unknown Attribute ${name}.`)

export const invalidAttributeValue = (name: string): ServiceError =>
  new ServiceError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`)

/** Errors that SQS's model does not name have one code in JSON and another in Query. */
export const invalidParameterValue = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message, { queryCode: 'InvalidParameterValue' })

export const invalidParameter = (value: unknown, name: string, reason: string): ServiceError =>
  invalidParameterValue(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`)

export const missingParameter = (name: string): ServiceError =>
  new ServiceError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`, {
    queryCode: 'MissingParameter',
  })

export const accessDenied = (queueArn: string): ServiceError =>
  new ServiceError('AccessDeniedException', `Access to the resource ${queueArn} is denied.`, {
    queryCode: 'AccessDenied',
    status: 403,
  })

export const receiptHandleIsInvalid = (handle: string): ServiceError =>
  new ServiceError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${handle}" is not a valid receipt handle.`,
  )

export const messageNotInflight = (): ServiceError =>
  new ServiceError('MessageNotInflight', 'The message referred to is not in flight.')

export const invalidMessageContents = (): ServiceError =>
  new ServiceError(
    'InvalidMessageContents',
    'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | ' +
      '#x10000 to #x10FFFF',
  )

export const purgeQueueInProgress = (name: string): ServiceError =>
  new ServiceError(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${name} is allowed every 60 seconds.`,
  )

export const overLimit = (message: string): ServiceError => new ServiceError('OverLimit', message)

export const emptyBatch = (entryType: string): ServiceError =>
  new ServiceError('EmptyBatchRequest', `There should be at least one ${entryType} in the request.`)

export const tooManyEntries = (count: number): ServiceError =>
  new ServiceError(
    'TooManyEntriesInBatchRequest',
    `Maximum number of entries per request are 10. You have sent ${count}.`,
  )

export const entryIdsNotDistinct = (id: string): ServiceError =>
  new ServiceError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`)

export const invalidBatchEntryId = (): ServiceError =>
  new ServiceError(
    'InvalidBatchEntryId',
    'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
  )

export const batchTooLong = (limit: number, bytes: number): ServiceError =>
  new ServiceError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${limit} bytes. You have sent ${bytes} bytes.`,
  )
