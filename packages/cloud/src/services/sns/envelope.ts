import type { Notification, StoredAttributes } from './records.ts'
import type { Signer } from './signing/signer.ts'

/** The members of an SNS message, in the order in which they are printed. */
export type Envelope = Readonly<Record<string, unknown>>

export interface EnvelopeDependencies {
  readonly signer: Signer
  /** `http://127.0.0.1:4566`. */
  readonly endpoint: () => string
}

/** In byte order, as they are signed. */
const SIGNED = ['Message', 'MessageId', 'Subject', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']

/**
 * What the signature of a message is made of.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html
 */
export const stringToSign = (envelope: Envelope): string =>
  SIGNED.flatMap(name => (envelope[name] === undefined ? [] : [`${name}\n${envelope[name]}\n`])).join('')

/** JSON as SNS prints it: a member a line, with spaces around the colons. */
export const printEnvelope = (envelope: Envelope): string => {
  const members = Object.entries(envelope).flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${JSON.stringify(name)} : ${printValue(value)}`],
  )
  return `{\n${members.join(',\n')}\n}`
}

const printValue = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `    ${JSON.stringify(name)} : ${JSON.stringify(member)}`,
  )
  return `{\n${members.join(',\n')}\n  }`
}

export const envelopeAttributes = (attributes: StoredAttributes): Record<string, object> =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { type, value }]) => [name, { Type: type, Value: value }]),
  )

/** The text that a protocol's subscribers get. */
export const messageFor = ({ messages }: Notification, protocol: string): string =>
  messages[protocol] ?? messages.default ?? ''

/** URLs of this cloud work in curl, unsigned, like AWS's: the version says which API they are for. */
const actionUrl = (endpoint: string, action: string, parameters: Record<string, string>): string =>
  `${endpoint}/?${new URLSearchParams({ Action: action, ...parameters, Version: '2010-03-31' })}`

export const unsubscribeUrl = (endpoint: string, subscriptionArn: string): string =>
  actionUrl(endpoint, 'Unsubscribe', { SubscriptionArn: subscriptionArn })

export const subscribeUrl = (endpoint: string, topicArn: string, token: string): string =>
  actionUrl(endpoint, 'ConfirmSubscription', { TopicArn: topicArn, Token: token })

/** Makes and signs what subscribers get. */
export class Envelopes {
  readonly #parts: EnvelopeDependencies

  constructor(parts: EnvelopeDependencies) {
    this.#parts = parts
  }

  /** Signs the members of a message that come before its signature. */
  async sign(members: Envelope, version: string): Promise<Envelope> {
    const { signer, endpoint } = this.#parts
    const Signature = await signer.sign(stringToSign(members), version)
    const { path } = await signer.key()
    return { ...members, SignatureVersion: version, Signature, SigningCertURL: `${endpoint()}${path}` }
  }

  async notification(
    notification: Notification,
    protocol: string,
    subscriptionArn: string,
  ): Promise<Envelope> {
    const { messageId, topicArn, subject, timestamp, attributes, signatureVersion } = notification
    const members = {
      Type: 'Notification',
      MessageId: messageId,
      TopicArn: topicArn,
      Subject: subject,
      Message: messageFor(notification, protocol),
      Timestamp: timestamp,
    }
    return {
      ...(await this.sign(members, signatureVersion)),
      UnsubscribeURL: unsubscribeUrl(this.#parts.endpoint(), subscriptionArn),
      ...(Object.keys(attributes).length > 0 && { MessageAttributes: envelopeAttributes(attributes) }),
    }
  }

  /** `SubscriptionConfirmation`, or `UnsubscribeConfirmation` with the text for that. */
  async confirmation(
    type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation',
    members: { readonly messageId: string; readonly token: string; readonly topicArn: string } & {
      readonly message: string
      readonly timestamp: string
      readonly signatureVersion: string
    },
  ): Promise<Envelope> {
    const { messageId, token, topicArn, message, timestamp, signatureVersion } = members
    const envelope = {
      Type: type,
      MessageId: messageId,
      Token: token,
      TopicArn: topicArn,
      Message: message,
      SubscribeURL: subscribeUrl(this.#parts.endpoint(), topicArn, token),
      Timestamp: timestamp,
    }
    return this.sign(envelope, signatureVersion)
  }
}
