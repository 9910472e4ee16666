import type { MessageAttributeValue } from '@aws-sdk/client-sns'
import { notImplemented } from '@sonde/wire'
import type { TypedAttribute } from '../../kernel/ports.ts'
import { invalidParameter, invalidParameterValue } from './errors.ts'
import { MAX_MESSAGE_BYTES, MAX_SUBJECT_LENGTH } from './limits.ts'
import { PROTOCOLS, type StoredAttribute, type StoredAttributes } from './records.ts'

/** What Publish and an entry of PublishBatch have in common. */
export interface MessageInput {
  readonly Message?: string | undefined
  readonly Subject?: string | undefined
  readonly MessageStructure?: string | undefined
  readonly MessageAttributes?: Readonly<Record<string, MessageAttributeValue>> | undefined
  readonly MessageDeduplicationId?: string | undefined
  readonly MessageGroupId?: string | undefined
}

/** A message, checked. */
export interface OutgoingMessage {
  readonly subject: string | undefined
  /** By protocol, and `default`. */
  readonly messages: Readonly<Record<string, string>>
  readonly attributes: StoredAttributes
  /** Of message and attributes. */
  readonly bytes: number
}

const NAME = /^(?!\.)(?!.*\.\.)(?!.*\.$)[A-Za-z0-9_.-]{1,256}$/
const TYPE = /^(String|Number|Binary)(\..+)?$/

const storeAttribute = (name: string, value: MessageAttributeValue): StoredAttribute => {
  const { DataType: type = '', StringValue, BinaryValue } = value
  if (!NAME.test(name)) {
    throw invalidParameterValue(
      `The message attribute name '${name}' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), ` +
        'hyphen (-), and period (.) characters.',
    )
  }
  const [, kind] = TYPE.exec(type) ?? []
  if (kind === undefined) {
    throw invalidParameterValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is ` +
        'Binary, Number, and String.',
    )
  }
  if (kind === 'Binary' ? !BinaryValue?.length : !StringValue) {
    throw invalidParameterValue(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${kind}'.`,
    )
  }
  if (kind === 'Binary') return { type, value: Buffer.from(BinaryValue ?? []).toString('base64') }
  if (kind === 'Number' && !Number.isFinite(Number(StringValue))) {
    throw invalidParameterValue(`Could not cast message attribute '${name}' value to number.`)
  }
  return { type, value: StringValue ?? '' }
}

/** Attributes as other services give them. */
export const typedAttributes = (
  attributes: Readonly<Record<string, string | TypedAttribute>> = {},
): StoredAttributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === 'string' ? { type: 'String', value } : value,
    ]),
  )

const attributeBytes = (attributes: StoredAttributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { type, value }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(type) +
      Buffer.byteLength(value, type.startsWith('Binary') ? 'base64' : 'utf8'),
    0,
  )

/** ASCII that begins with a letter, a digit or punctuation, without line breaks. */
const SUBJECT = /^[!-~][ -~]*$/

const checkSubject = (subject: string | undefined): string | undefined => {
  if (subject === undefined) return undefined
  if (subject.length > MAX_SUBJECT_LENGTH || !SUBJECT.test(subject)) throw invalidParameter('Subject')
  return subject
}

const structuredMessages = (message: string): Record<string, string> => {
  let value: unknown
  try {
    value = JSON.parse(message)
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter('Message Structure - JSON message body failed to parse')
  }
  const members = Object.entries(value).filter(
    ([name, text]) =>
      typeof text === 'string' && (name === 'default' || PROTOCOLS.some(known => known === name)),
  )
  if (!members.some(([name]) => name === 'default')) {
    throw invalidParameter('Message Structure - No default entry in JSON message body')
  }
  return Object.fromEntries(members)
}

/** Checks what every message must be. @throws ServiceError `InvalidParameter` in SNS's words */
export const checkMessage = (
  message: string,
  subject: string | undefined,
  attributes: StoredAttributes,
  structure?: string,
): OutgoingMessage => {
  if (message === '') throw invalidParameter('Empty message')
  const bytes = Buffer.byteLength(message) + attributeBytes(attributes)
  if (bytes > MAX_MESSAGE_BYTES) throw invalidParameter('Message too long')
  if (structure !== undefined && structure !== '' && structure !== 'json') {
    throw invalidParameter('MessageStructure')
  }
  const messages = structure === 'json' ? structuredMessages(message) : { default: message }
  return { subject: checkSubject(subject), messages, attributes, bytes }
}

/** A message as Publish gives it. @throws ServiceError in SNS's words, or 501 naming a parameter of FIFO topics */
export const outgoingMessage = (input: MessageInput): OutgoingMessage => {
  if (input.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
    )
  }
  if (input.MessageGroupId !== undefined) throw notImplemented('Publish with MessageGroupId')
  const attributes = Object.fromEntries(
    Object.entries(input.MessageAttributes ?? {}).map(([name, value]) => [name, storeAttribute(name, value)]),
  )
  return checkMessage(input.Message ?? '', input.Subject, attributes, input.MessageStructure)
}
