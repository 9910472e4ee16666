import type * as Sdk from '@aws-sdk/client-sqs'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { partitionOf } from '../../../kernel/scope.ts'
import {
  invalidAttributeName,
  invalidParameter,
  invalidParameterValue,
  purgeQueueInProgress,
} from '../errors.ts'
import { PURGE_INTERVAL } from '../limits.ts'
import type { SqsParts } from '../parts.ts'
import { settledAttributes } from '../queue-attributes.ts'
import { checkTags } from '../queues.ts'
import type { QueueAt } from '../records.ts'

const seconds = (time: number): string => String(Math.floor(time / 1_000))

interface Statement {
  readonly Sid?: string
  readonly [member: string]: unknown
}

interface Policy {
  readonly Version: string
  readonly Id: string
  readonly Statement: readonly Statement[]
}

/** Which attributes there are to ask for, besides `All`. */
const OPTIONAL = ['Policy', 'RedrivePolicy']

/** What a queue is and whom it lets in: attributes, tags, permissions; PurgeQueue. */
export const attributeOperations = ({ queues, exchange, access, clock }: SqsParts) => {
  const describe = (at: QueueAt): Record<string, string> => {
    const { queue } = at
    const { visible, delayed, inFlight } = exchange.counts(at)
    return {
      ...settledAttributes(queue),
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: seconds(queue.created),
      LastModifiedTimestamp: seconds(queue.modified),
    }
  }

  const policyOf = ({ queue }: QueueAt): Policy => {
    const { Policy: text } = queue.attributes
    if (text === undefined)
      return { Version: '2008-10-17', Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] }
    const policy = JSON.parse(text) as Omit<Policy, 'Statement'> & { Statement: Statement | Statement[] }
    return { ...policy, Statement: [policy.Statement].flat() }
  }

  const setPolicy = (at: QueueAt, policy: Policy): void => {
    queues.setAttributes(at, { Policy: policy.Statement.length === 0 ? '' : JSON.stringify(policy) })
  }

  return {
    GetQueueAttributes: ({ QueueUrl, AttributeNames = [] }, context) => {
      const all = describe(access.open(QueueUrl, 'sqs:GetQueueAttributes', context))
      const names: readonly string[] = AttributeNames
      const unknown = names.find(name => name !== 'All' && !(name in all) && !OPTIONAL.includes(name))
      if (unknown !== undefined) throw invalidAttributeName(unknown)
      const wanted = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name))
      return wanted.length > 0 ? { Attributes: Object.fromEntries(wanted) } : {}
    },

    SetQueueAttributes: ({ QueueUrl, Attributes = {} }, context) => {
      queues.setAttributes(access.open(QueueUrl, 'sqs:SetQueueAttributes', context), Attributes)
      return {}
    },

    PurgeQueue: ({ QueueUrl }, context) => {
      const at = access.open(QueueUrl, 'sqs:PurgeQueue', context)
      const now = clock.now()
      if (at.queue.purged !== undefined && now - at.queue.purged < PURGE_INTERVAL) {
        throw purgeQueueInProgress(at.queue.name)
      }
      exchange.purge(at)
      queues.change(at, { purged: now })
      return {}
    },

    AddPermission: ({ QueueUrl, Label = '', AWSAccountIds = [], Actions = [] }, context) => {
      const at = access.open(QueueUrl, 'sqs:AddPermission', context)
      if (AWSAccountIds.length === 0 || AWSAccountIds.some(account => !/^\d{12}$/.test(account))) {
        throw invalidParameter(JSON.stringify(AWSAccountIds), 'PrincipalId', 'Unable to verify.')
      }
      if (Actions.length === 0 || Actions.some(action => !/^(\*|[A-Za-z]+)$/.test(action))) {
        throw invalidParameter(
          `SQS:${Actions[0] ?? ''}`,
          'ActionName',
          'Please refer to the appropriate WSDL for a list of valid actions.',
        )
      }
      const policy = policyOf(at)
      if (policy.Statement.some(({ Sid }) => Sid === Label)) {
        throw invalidParameter(Label, 'Label', 'Already exists.')
      }
      const partition = partitionOf(at.scope.region)
      const principals = AWSAccountIds.map(account => `arn:${partition}:iam::${account}:root`)
      const actions = Actions.map(action => `SQS:${action}`)
      const statement = {
        Sid: Label,
        Effect: 'Allow',
        Principal: { AWS: principals.length === 1 ? principals[0] : principals },
        Action: actions.length === 1 ? actions[0] : actions,
        Resource: at.queue.arn,
      }
      setPolicy(at, { ...policy, Statement: [...policy.Statement, statement] })
      return {}
    },

    RemovePermission: ({ QueueUrl, Label }, context) => {
      const at = access.open(QueueUrl, 'sqs:RemovePermission', context)
      const policy = policyOf(at)
      const rest = policy.Statement.filter(({ Sid }) => Sid !== Label)
      if (rest.length === policy.Statement.length) {
        throw invalidParameterValue(
          `Value ${Label} for parameter Label is invalid. Reason: can't find label.`,
        )
      }
      setPolicy(at, { ...policy, Statement: rest })
      return {}
    },

    ListQueueTags: ({ QueueUrl }, context) => {
      const { tags } = access.open(QueueUrl, 'sqs:ListQueueTags', context).queue
      return Object.keys(tags).length > 0 ? { Tags: { ...tags } } : {}
    },

    TagQueue: ({ QueueUrl, Tags = {} }, context) => {
      const at = access.open(QueueUrl, 'sqs:TagQueue', context)
      queues.change(at, { tags: checkTags({ ...at.queue.tags, ...Tags }) })
      return {}
    },

    UntagQueue: ({ QueueUrl, TagKeys = [] }, context) => {
      const at = access.open(QueueUrl, 'sqs:UntagQueue', context)
      const kept = Object.entries(at.queue.tags).filter(([key]) => !TagKeys.includes(key))
      queues.change(at, { tags: Object.fromEntries(kept) })
      return {}
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
