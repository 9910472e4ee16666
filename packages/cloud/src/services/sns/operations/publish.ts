import type * as Sdk from '@aws-sdk/client-sns'
import { notImplemented, type Operations, ServiceError } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import {
  batchTooLong,
  emptyBatch,
  entryIdsNotDistinct,
  invalidBatchEntryId,
  invalidParameter,
  tooManyEntries,
} from '../errors.ts'
import { MAX_BATCH_ENTRIES, MAX_MESSAGE_BYTES } from '../limits.ts'
import { outgoingMessage } from '../message.ts'
import type { SnsParts } from '../parts.ts'

type Entry = Sdk.PublishBatchRequestEntry

const ID = /^[A-Za-z0-9_-]{1,80}$/

const checkEntries = (entries: readonly Entry[]): void => {
  if (entries.length === 0) throw emptyBatch()
  if (entries.length > MAX_BATCH_ENTRIES) throw tooManyEntries()
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw entryIdsNotDistinct()
  if (!entries.every(({ Id = '' }) => ID.test(Id))) throw invalidBatchEntryId()
  const bytes = entries.reduce((sum, { Message = '' }) => sum + Buffer.byteLength(Message), 0)
  if (bytes > MAX_MESSAGE_BYTES) throw batchTooLong()
}

/** What tells of a failed entry; errors of the model carry their query code there. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  InvalidParameterException: 'InvalidParameter',
  InvalidParameterValueException: 'ParameterValueInvalid',
}

export const publishOperations = ({ access, publish }: SnsParts) =>
  ({
    Publish: (input, context) => {
      const { TopicArn, TargetArn, PhoneNumber } = input
      if (PhoneNumber !== undefined) throw notImplemented('Publish to a PhoneNumber')
      const target = TopicArn ?? TargetArn
      if (!target) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter')
      if (target.includes(':endpoint/'))
        throw notImplemented('Publish to an endpoint of a platform application')
      const message = outgoingMessage(input)
      const parameter = TopicArn === undefined ? 'TargetArn' : 'TopicArn'
      return { MessageId: publish(access.open(target, 'SNS:Publish', context, parameter), message) }
    },

    PublishBatch: ({ TopicArn = '', PublishBatchRequestEntries: entries = [] }, context) => {
      const at = access.open(TopicArn, 'SNS:Publish', context)
      checkEntries(entries)
      const Successful: Sdk.PublishBatchResultEntry[] = []
      const Failed: Sdk.BatchResultErrorEntry[] = []
      for (const entry of entries) {
        try {
          Successful.push({ Id: entry.Id, MessageId: publish(at, outgoingMessage(entry)) })
        } catch (error) {
          if (!(error instanceof ServiceError) || error.status === 501) throw error
          const Code = QUERY_CODES[error.code] ?? error.code
          Failed.push({ Id: entry.Id, Code, Message: error.message, SenderFault: true })
        }
      }
      return { Successful, Failed }
    },
  }) satisfies Operations<typeof Sdk, RequestContext>
