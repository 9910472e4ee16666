import type { Clock } from '../../kernel/clock.ts'
import type { QueueAccess } from './access.ts'
import type { Exchange } from './exchange.ts'
import type { Queues } from './queues.ts'

/** What the operations work on. */
export interface SqsParts {
  readonly queues: Queues
  readonly exchange: Exchange
  readonly access: QueueAccess
  readonly clock: Clock
}
