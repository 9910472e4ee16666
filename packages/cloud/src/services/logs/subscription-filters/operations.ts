import { notImplemented } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { LogsOperations } from '../context.ts'
import type { Groups } from '../groups.ts'
import { pageOf } from '../tokens.ts'
import { checkLimit, refuse } from '../validation.ts'
import { checkSubscriber, type SubscriberFunctions } from './subscriber.ts'
import { type SubscriptionFilterRecord, subscriptionFilter } from './subscription-filter.ts'
import type { SubscriptionFilters } from './subscription-filters.ts'

const PAGE = 50

const text = (value: string | undefined): string => value ?? ''

export interface SubscriptionParts {
  readonly groups: Groups
  readonly subscriptions: SubscriptionFilters
  readonly clock: Clock
  readonly functions: SubscriberFunctions | undefined
}

type SubscriptionOperation =
  | 'PutSubscriptionFilter'
  | 'DescribeSubscriptionFilters'
  | 'DeleteSubscriptionFilter'

/** The operations on subscription filters, whose destinations are functions. */
export const createSubscriptionFilterOperations = ({
  groups,
  subscriptions,
  clock,
  functions,
}: SubscriptionParts): Pick<LogsOperations, SubscriptionOperation> => ({
  PutSubscriptionFilter: async (input, { scope }) => {
    if (!functions) throw notImplemented('logs:PutSubscriptionFilter')
    const { applyOnTransformedLogs, fieldSelectionCriteria, emitSystemFields } = input
    refuse('PutSubscriptionFilter', { applyOnTransformedLogs, fieldSelectionCriteria })
    if (emitSystemFields && emitSystemFields.length > 0) refuse('PutSubscriptionFilter', { emitSystemFields })
    const { name: group } = groups.require(scope, text(input.logGroupName))
    const { filterName, filterPattern, destinationArn, roleArn, distribution } = input
    const present = subscriptions.find(scope, group, text(filterName))
    const record = subscriptionFilter(
      group,
      text(filterName),
      {
        filterPattern: text(filterPattern),
        destinationArn: text(destinationArn),
        roleArn,
        distribution,
      },
      present?.created ?? clock.now(),
    )
    await checkSubscriber(functions, scope, group, record.destinationArn)
    // The check has taken a while.
    groups.require(scope, group)
    subscriptions.put(scope, record)
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
})

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
