import type { Clock } from '../../kernel/clock.ts'
import type { TopicAccess } from './access.ts'
import type { Dispatcher } from './delivery/dispatcher.ts'
import type { Publish } from './publisher.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Topics } from './topics.ts'

/** What the operations work on. */
export interface SnsParts {
  readonly topics: Topics
  readonly subscriptions: Subscriptions
  readonly dispatcher: Dispatcher
  readonly access: TopicAccess
  readonly publish: Publish
  readonly clock: Clock
}
