import type { Clock, ClockTimer } from '../../kernel/clock.ts'
import type { MetricRecorder, MetricSample } from '../../kernel/ports.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import type { Database } from './database.ts'
import type { TableRecord } from './dynalite.ts'

const NAMESPACE = 'AWS/DynamoDB'
/** AWS publishes provisioned capacity every five minutes. */
const INTERVAL = 300_000
/** Tables of an account in a region (DynamoDB's initial quota). */
const MAX_TABLES = 2_500

interface Throughput {
  readonly ReadCapacityUnits?: number
  readonly WriteCapacityUnits?: number
}

/** What is provisioned for a table and its global indexes; nothing for one that is paid by request. */
export const provisionedOf = (table: TableRecord, timestamp: number): MetricSample[] => {
  const { TableName } = table
  const samples = (throughput: Throughput | undefined, dimensions: Record<string, string>): MetricSample[] =>
    (['ReadCapacityUnits', 'WriteCapacityUnits'] as const).flatMap(kind => {
      const value = throughput?.[kind] ?? 0
      if (value === 0) return []
      const name = `Provisioned${kind}`
      return [{ namespace: NAMESPACE, name, dimensions, value, unit: 'Count', timestamp }]
    })
  const indexes = (table.GlobalSecondaryIndexes ?? []) as ReadonlyArray<{
    readonly IndexName?: string
    readonly ProvisionedThroughput?: Throughput
  }>
  return [
    ...samples(table.ProvisionedThroughput as Throughput | undefined, { TableName }),
    ...indexes.flatMap(({ IndexName = '', ProvisionedThroughput }) =>
      samples(ProvisionedThroughput, { TableName, GlobalSecondaryIndexName: IndexName }),
    ),
  ]
}

/** Publishes every five minutes what is provisioned; there is no timer for a scope without provisioned tables. */
export class ProvisionedCapacity {
  readonly #clock: Clock
  readonly #metrics: MetricRecorder
  readonly #timers = new Map<string, ClockTimer>()

  constructor(clock: Clock, metrics: MetricRecorder) {
    this.#clock = clock
    this.#metrics = metrics
  }

  /** To be called when a scope's database is used: its tables may be others from then on. */
  watch(scope: Scope, database: Database): void {
    const key = scopeKey(scope)
    if (this.#timers.has(key)) return
    const mark = Math.floor(this.#clock.now() / INTERVAL) * INTERVAL + INTERVAL
    const timer = this.#clock.at(mark, async () => {
      if (this.#timers.get(key) !== timer) return
      const samples = await this.#samples(database, mark)
      if (this.#timers.get(key) !== timer) return
      this.#timers.delete(key)
      if (samples.length === 0) return
      this.#metrics.record(scope, samples)
      this.watch(scope, database)
    })
    this.#timers.set(key, timer)
  }

  reset(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  async #samples(database: Database, time: number): Promise<MetricSample[]> {
    const names = await database.tableNames(undefined, MAX_TABLES)
    return names.flatMap(name => {
      const table = database.table(name)
      return table ? provisionedOf(table, time) : []
    })
  }
}
