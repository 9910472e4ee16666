import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder, ObjectReader } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { createDatabases } from './databases.ts'
import { createHandler, type DynamoDbHandler } from './handler.ts'
import { createResources } from './resources.ts'

export type { DynamoDbHandler, DynamoDbRequest, DynamoDbResponse } from './handler.ts'

/** What {@link createDynamoDb} needs. */
export interface DynamoDbDependencies {
  readonly store: Store
  readonly clock: Clock
  /** Where tables are imported from. */
  readonly objects: ObjectReader
  /** Where consumed capacity and latency go. */
  readonly metrics: MetricRecorder
  /** Receives what failed without being an error of DynamoDB's. */
  readonly onDefect?: (error: unknown) => void
}

/**
 * DynamoDB on dynalite. It has no handlers for the wire: dynalite works on DynamoDB's own JSON, so the server hands
 * requests with the target `DynamoDB_20120810.*` to `handle`.
 */
export const createDynamoDb = ({
  store,
  clock,
  objects,
  metrics,
  onDefect,
}: DynamoDbDependencies): CloudService & { readonly handle: DynamoDbHandler } => {
  const databases = createDatabases(store)
  return {
    id: 'dynamodb',
    apis: [],
    resources: createResources(databases, objects),
    handle: createHandler(databases, clock, metrics, onDefect),
    stop: () => databases.close(),
    reset: () => databases.reset(),
  }
}
