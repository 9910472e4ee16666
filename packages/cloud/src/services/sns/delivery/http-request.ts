import type { SubscriptionRecord } from '../records.ts'

/** The headers of what SNS posts. @see https://docs.aws.amazon.com/sns/latest/dg/http-header.html */
export const postHeaders = (
  { arn, topicArn, attributes }: SubscriptionRecord,
  type: string,
  messageId: string,
  contentType: string,
): Record<string, string> => ({
  'x-amz-sns-message-type': type,
  'x-amz-sns-message-id': messageId,
  'x-amz-sns-topic-arn': topicArn,
  ...(type !== 'SubscriptionConfirmation' && { 'x-amz-sns-subscription-arn': arn }),
  ...(type === 'Notification' &&
    attributes.RawMessageDelivery === 'true' && { 'x-amz-sns-rawdelivery': 'true' }),
  'content-type': contentType,
  'user-agent': 'Amazon Simple Notification Service Agent',
  'accept-encoding': 'gzip,deflate',
})
