import type * as Sdk from '@aws-sdk/client-sqs'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { invalidParameter, queueDoesNotExist } from '../errors.ts'
import { MAX_LISTED_QUEUES } from '../limits.ts'
import type { SqsParts } from '../parts.ts'
import { redriveOf } from '../queue-attributes.ts'
import type { QueueRecord } from '../records.ts'

interface Paging {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

/** `http://127.0.0.1:4566/123456789012/name`. */
export const queueUrl = (endpoint: string, account: string, name: string): string =>
  `${endpoint}/${account}/${name}`

/** A page of names in their order; the token is the last name of the page before. */
const page = (names: readonly string[], { MaxResults, NextToken }: Paging) => {
  if (MaxResults !== undefined && !(MaxResults >= 1 && MaxResults <= MAX_LISTED_QUEUES)) {
    throw invalidParameter(MaxResults, 'MaxResults', 'MaxResults must be an integer between 1 and 1000.')
  }
  const after = NextToken === undefined ? '' : Buffer.from(NextToken, 'base64').toString('utf8')
  const rest = names.filter(name => name > after).sort()
  const items = rest.slice(0, MaxResults ?? MAX_LISTED_QUEUES)
  const last = items.at(-1)
  const more = MaxResults !== undefined && last !== undefined && items.length < rest.length
  return { items, nextToken: more ? Buffer.from(last).toString('base64') : undefined }
}

/** CreateQueue, DeleteQueue, GetQueueUrl, ListQueues, ListDeadLetterSourceQueues, PurgeQueue's neighbours. */
export const queueOperations = ({ queues, exchange, access }: SqsParts) => {
  const urls = (names: readonly string[], { endpoint }: RequestContext, account: string): string[] =>
    names.map(name => queueUrl(endpoint, account, name))

  return {
    CreateQueue: ({ QueueName = '', Attributes, tags }, { scope, endpoint }) => {
      const queue = queues.create(scope, QueueName, Attributes, tags)
      return { QueueUrl: queueUrl(endpoint, scope.account, queue.name) }
    },

    DeleteQueue: ({ QueueUrl }, context) => {
      const at = access.open(QueueUrl, 'sqs:DeleteQueue', context)
      exchange.drop(at)
      queues.delete(at)
      return {}
    },

    GetQueueUrl: ({ QueueName = '', QueueOwnerAWSAccountId }, context) => {
      const { scope, endpoint } = context
      const account = QueueOwnerAWSAccountId ?? scope.account
      if (!queues.find({ ...scope, account }, QueueName)) throw queueDoesNotExist()
      const url = queueUrl(endpoint, account, QueueName)
      access.open(url, 'sqs:GetQueueUrl', context)
      return { QueueUrl: url }
    },

    ListQueues: (input, context) => {
      const { scope } = context
      const names = queues
        .list(scope)
        .map(({ name }) => name)
        .filter(name => name.startsWith(input.QueueNamePrefix ?? ''))
      const { items, nextToken } = page(names, input)
      return {
        ...(items.length > 0 && { QueueUrls: urls(items, context, scope.account) }),
        NextToken: nextToken,
      }
    },

    ListDeadLetterSourceQueues: (input, context) => {
      const { scope, queue } = access.open(input.QueueUrl, 'sqs:ListDeadLetterSourceQueues', context)
      const isSource = (source: QueueRecord): boolean => redriveOf(source)?.deadLetterTargetArn === queue.arn
      const names = queues
        .list(scope)
        .filter(isSource)
        .map(({ name }) => name)
      const { items, nextToken } = page(names, input)
      return { queueUrls: urls(items, context, scope.account), NextToken: nextToken }
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
