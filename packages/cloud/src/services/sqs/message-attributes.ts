import { createHash } from 'node:crypto'
import type { MessageAttributeValue } from '@aws-sdk/client-sqs'
import { ServiceError } from '@sonde/wire'
import { invalidParameterValue } from './errors.ts'
import { MAX_MESSAGE_ATTRIBUTES } from './limits.ts'
import type { StoredAttribute, StoredAttributes } from './records.ts'

const TYPE = /^(String|Number|Binary)(\..+)?$/
const NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)(?!.*\.$)[A-Za-z0-9_.-]{1,256}$/i

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text))

const store = (name: string, value: MessageAttributeValue): StoredAttribute => {
  const { DataType = '', StringValue, BinaryValue, StringListValues, BinaryListValues } = value
  if (StringListValues?.length || BinaryListValues?.length) {
    throw new ServiceError(
      'UnsupportedOperation',
      'Message attribute list values in SendMessage operation are not supported.',
    )
  }
  if (!NAME.test(name)) {
    throw invalidParameterValue(
      `The message attribute name '${name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), ` +
        'hyphen (-), and period (.) characters.',
    )
  }
  const [, type] = TYPE.exec(DataType) ?? []
  if (type === undefined || DataType.length > 256) {
    throw invalidParameterValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is ` +
        'Binary, Number, and String.',
    )
  }
  const isEmpty = type === 'Binary' ? !BinaryValue?.length : !StringValue
  if (isEmpty) {
    throw invalidParameterValue(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`,
    )
  }
  if (type === 'Number' && !isNumber(StringValue ?? '')) {
    throw invalidParameterValue(`Can't cast the value of message (user) attribute '${name}' to a number.`)
  }
  return type === 'Binary'
    ? { DataType, BinaryValue: Buffer.from(BinaryValue ?? []).toString('base64') }
    : { DataType, StringValue: StringValue ?? '' }
}

/**
 * Checks the attributes of a message to be sent.
 *
 * @throws ServiceError `InvalidParameterValue` in SQS's words
 */
export const storeAttributes = (
  attributes: Readonly<Record<string, MessageAttributeValue>> = {},
): StoredAttributes => {
  const names = Object.keys(attributes)
  if (names.length > MAX_MESSAGE_ATTRIBUTES) {
    throw invalidParameterValue(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${MAX_MESSAGE_ATTRIBUTES}].`,
    )
  }
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, store(name, value)]))
}

/** As a receiver gets them. */
export const attributeValues = (attributes: StoredAttributes): Record<string, MessageAttributeValue> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      BinaryValue === undefined
        ? { DataType, StringValue }
        : { DataType, BinaryValue: Buffer.from(BinaryValue, 'base64') },
    ]),
  )

/** Those that a receiver asked for: `All`, `.*`, names, and prefixes such as `bar.*`. */
export const selectAttributes = (
  attributes: StoredAttributes,
  wanted: readonly string[] = [],
): StoredAttributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(([name]) =>
      wanted.some(
        want =>
          want === 'All' || want === name || (want.endsWith('.*') && name.startsWith(want.slice(0, -2))),
      ),
    ),
  )

/** Bytes of names, types and values. */
export const attributeBytes = (attributes: StoredAttributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue = '', BinaryValue = '' }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(DataType) +
      Buffer.byteLength(StringValue) +
      Buffer.byteLength(BinaryValue, 'base64'),
    0,
  )

const lengthOf = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return length
}

const STRING_VALUE = Buffer.from([1])
const BINARY_VALUE = Buffer.from([2])

/**
 * The digest that clients check: of each attribute in the order of names its name, type and value, each behind its length.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 * @returns `undefined` where there are no attributes
 */
export const md5OfAttributes = (attributes: StoredAttributes): string | undefined => {
  const names = Object.keys(attributes).sort()
  if (names.length === 0) return undefined
  const hash = createHash('md5')
  for (const name of names) {
    const { DataType = '', StringValue = '', BinaryValue } = attributes[name] ?? {}
    const value = BinaryValue === undefined ? Buffer.from(StringValue) : Buffer.from(BinaryValue, 'base64')
    for (const part of [Buffer.from(name), Buffer.from(DataType)]) hash.update(lengthOf(part)).update(part)
    hash.update(BinaryValue === undefined ? STRING_VALUE : BINARY_VALUE)
    hash.update(lengthOf(value)).update(value)
  }
  return hash.digest('hex')
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
