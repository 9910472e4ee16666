import { type Envelope, messageFor, printEnvelope } from '../envelope.ts'
import type { Mail } from '../mailbox.ts'
import type { Notification, SubscriptionRecord } from '../records.ts'

const DEFAULT_SUBJECT = 'AWS Notification Message'

/** The mail of a notification: its text, or with `email-json` the whole envelope. */
export const notificationMail = (
  subscription: SubscriptionRecord,
  notification: Notification,
  envelope: Envelope,
): Omit<Mail, 'id'> => {
  const { protocol, endpoint } = subscription
  const { topicArn, subject, timestamp } = notification
  const footer =
    '--\nIf you wish to stop receiving notifications from this topic, please click or visit the link below to ' +
    `unsubscribe:\n${envelope.UnsubscribeURL}`
  return {
    to: endpoint,
    subject: subject ?? DEFAULT_SUBJECT,
    body:
      protocol === 'email-json'
        ? printEnvelope(envelope)
        : `${messageFor(notification, protocol)}\n\n${footer}\n`,
    time: timestamp,
    topicArn,
  }
}

/** The mail that asks whether a subscription is wanted. */
export const confirmationMail = (
  { protocol, endpoint, topicArn }: SubscriptionRecord,
  envelope: Envelope,
): Omit<Mail, 'id'> => ({
  to: endpoint,
  subject: 'AWS Notification - Subscription Confirmation',
  body:
    protocol === 'email-json'
      ? printEnvelope(envelope)
      : `You have chosen to subscribe to the topic:\n${topicArn}\n\nTo confirm this subscription, click or visit the link ` +
        `below (If this was in error no action is necessary):\n${envelope.SubscribeURL}\n`,
  time: String(envelope.Timestamp),
  topicArn,
})
