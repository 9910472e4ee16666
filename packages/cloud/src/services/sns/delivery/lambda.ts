import type { FunctionInvoker } from '../../../kernel/ports.ts'
import { type Envelope, envelopeAttributes } from '../envelope.ts'
import type { Notification, SubscriptionRecord } from '../records.ts'

/** The event of a function: other names than in the envelope for two of the members. */
const eventOf = (subscription: SubscriptionRecord, notification: Notification, envelope: Envelope) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: subscription.arn,
      Sns: {
        Type: 'Notification',
        MessageId: envelope.MessageId,
        TopicArn: envelope.TopicArn,
        Subject: notification.subject ?? null,
        Message: envelope.Message,
        Timestamp: envelope.Timestamp,
        SignatureVersion: envelope.SignatureVersion,
        Signature: envelope.Signature,
        SigningCertUrl: envelope.SigningCertURL,
        UnsubscribeUrl: envelope.UnsubscribeURL,
        MessageAttributes: envelopeAttributes(notification.attributes),
      },
    },
  ],
})

/** Hands a notification to a function, asynchronously: from then on Lambda retries. */
export const invokeFunction = async (
  functions: FunctionInvoker,
  subscription: SubscriptionRecord,
  notification: Notification,
  envelope: Envelope,
): Promise<void> => {
  await functions.invoke({
    functionArn: subscription.endpoint,
    payload: Buffer.from(JSON.stringify(eventOf(subscription, notification, envelope))),
    invocationType: 'Event',
    caller: { service: 'sns.amazonaws.com', sourceArn: subscription.topicArn },
  })
}
