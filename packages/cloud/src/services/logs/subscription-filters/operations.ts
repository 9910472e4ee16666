import { notImplemented } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { LogsOperations } from '../context.ts'
import type { Groups } from '../groups.ts'
import { pageOf } from '../tokens.ts'
import { checkLimit, refuse } from '../validation.ts'
import { checkSubscriber, type SubscriberFunctions } from './subscriber.ts'
import {
  type SubscriptionFilterInput,
  type SubscriptionFilterRecord,
  subscriptionFilter,
} from './subscription-filter.ts'
import type { SubscriptionFilters } from './subscription-filters.ts'

const PAGE = 50

const text = (value: string | undefined): string => value ?? ''

export interface SubscriptionParts {
  readonly groups: Groups
  readonly subscriptions: SubscriptionFilters
  readonly clock: Clock
  readonly functions: SubscriberFunctions | undefined
}

/**
 * Makes a filter of a group or takes the place of the one of that name.
 *
 * @param asker what is not implemented where there are no functions
 * @throws ServiceError `ResourceNotFoundException` for the group, `InvalidParameterException`, `LimitExceededException`,
 * `NotImplemented`
 */
export const putSubscription = async (
  { groups, subscriptions, clock, functions }: SubscriptionParts,
  scope: Scope,
  asker: string,
  group: string,
  name: string,
  input: SubscriptionFilterInput,
): Promise<void> => {
  if (!functions) throw notImplemented(asker)
  groups.require(scope, group)
  const created = subscriptions.find(scope, group, name)?.created ?? clock.now()
  const record = subscriptionFilter(group, name, input, created)
  await checkSubscriber(functions, scope, group, record.destinationArn)
  // The check has taken a while.
  groups.require(scope, group)
  subscriptions.put(scope, record)
}

type SubscriptionOperation =
  | 'PutSubscriptionFilter'
  | 'DescribeSubscriptionFilters'
  | 'DeleteSubscriptionFilter'

/** The operations on subscription filters, whose destinations are functions. */
export const createSubscriptionFilterOperations = (
  parts: SubscriptionParts,
): Pick<LogsOperations, SubscriptionOperation> => {
  const { groups, subscriptions } = parts
  return {
    PutSubscriptionFilter: async (input, { scope }) => {
      const { applyOnTransformedLogs, fieldSelectionCriteria, emitSystemFields } = input
      refuse('PutSubscriptionFilter', { applyOnTransformedLogs, fieldSelectionCriteria })
      if (emitSystemFields && emitSystemFields.length > 0)
        refuse('PutSubscriptionFilter', { emitSystemFields })
      const { filterPattern, destinationArn, roleArn, distribution } = input
      await putSubscription(
        parts,
        scope,
        'logs:PutSubscriptionFilter',
        text(input.logGroupName),
        text(input.filterName),
        {
          filterPattern: text(filterPattern),
          destinationArn: text(destinationArn),
          roleArn,
          distribution,
        },
      )
      return {}
    },

    DescribeSubscriptionFilters: (input, { scope }) => {
      const { name: group } = groups.require(scope, text(input.logGroupName))
      const wanted = subscriptions
        .list(scope, group)
        .filter(({ name }) => name.startsWith(text(input.filterNamePrefix)))
      const { page, ...next } = pageOf(
        wanted,
        ({ name }) => name,
        input.nextToken,
        checkLimit(input.limit, PAGE, PAGE),
      )
      return { subscriptionFilters: page.map(describe), ...next }
    },

    DeleteSubscriptionFilter: (input, { scope }) => {
      const { name: group } = groups.require(scope, text(input.logGroupName))
      subscriptions.remove(scope, group, text(input.filterName))
      return {}
    },
  }
}

const describe = ({
  name,
  group,
  pattern,
  destinationArn,
  distribution,
  created,
}: SubscriptionFilterRecord) => ({
  filterName: name,
  logGroupName: group,
  filterPattern: pattern,
  destinationArn,
  distribution,
  creationTime: created,
})
