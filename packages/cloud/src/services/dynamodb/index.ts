import type { Clock } from '../../kernel/clock.ts'
import type { FaultPoints, MetricRecorder, ObjectReader } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import type { Database } from './database.ts'
import { createDatabases, type Databases } from './databases.ts'
import { createHandler, type DynamoDbHandler } from './handler.ts'
import { ProvisionedCapacity } from './provisioned-capacity.ts'
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
  readonly faults: FaultPoints
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
  faults,
  onDefect = () => {},
}: DynamoDbDependencies): CloudService & { readonly handle: DynamoDbHandler } => {
  const databases = createDatabases(store)
  const capacity = new ProvisionedCapacity(clock, metrics)
  // Whoever uses a database may have made tables of provisioned capacity.
  const watch = (scope: Scope, database: Database): Database => {
    capacity.watch(scope, database)
    return database
  }
  const used: Pick<Databases, 'of'> = {
    of: scope => {
      const database = databases.of(scope)
      return database instanceof Promise
        ? database.then(opened => watch(scope, opened))
        : watch(scope, database)
    },
  }
  return {
    id: 'dynamodb',
    apis: [],
    resources: createResources(used, objects),
    handle: createHandler({ databases: used, clock, metrics, faults, onDefect }),
    stop: () => {
      capacity.reset()
      return databases.close()
    },
    reset: () => {
      capacity.reset()
      databases.reset()
    },
  }
}
