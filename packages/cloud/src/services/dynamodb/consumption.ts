import type { MetricSample } from '../../kernel/ports.ts'
import type { Json } from './dynalite.ts'

const NAMESPACE = 'AWS/DynamoDB'

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan'])
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'])
const RETURNING_ITEMS = new Set(['Query', 'Scan'])
/** Refusals that are told by table; all others with a status below 500 are the user's errors. */
const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
])

/** Whether an operation reads or writes items, and so consumes capacity. */
export const consumes = (operation: string): boolean => READS.has(operation) || WRITES.has(operation)

interface Units {
  readonly CapacityUnits: number
}

/** As `ReturnConsumedCapacity` of `INDEXES` has it. */
interface Consumed extends Units {
  readonly TableName: string
  readonly Table?: Units
  readonly LocalSecondaryIndexes?: Readonly<Record<string, Units>>
  readonly GlobalSecondaryIndexes?: Readonly<Record<string, Units>>
}

const consumedOf = (result: Json): readonly Consumed[] => {
  const consumed = result.ConsumedCapacity as Consumed | readonly Consumed[] | undefined
  if (consumed === undefined) return []
  return Array.isArray(consumed) ? consumed : [consumed as Consumed]
}

/** The consumed capacity of an answer as the client asked for it, of one that has it with indexes. */
export const consumedAsWanted = (result: Json, wanted: unknown): void => {
  if (wanted === 'INDEXES' || result.ConsumedCapacity === undefined) return
  if (wanted !== 'TOTAL') {
    delete result.ConsumedCapacity
    return
  }
  const totals = consumedOf(result).map(({ TableName, CapacityUnits }) => ({ CapacityUnits, TableName }))
  result.ConsumedCapacity = Array.isArray(result.ConsumedCapacity) ? totals : totals[0]
}

type Sample = (
  metric: string,
  dimensions: Readonly<Record<string, string>>,
  value: number,
  unit?: string,
) => MetricSample

const sampler =
  (timestamp: number): Sample =>
  (name, dimensions, value, unit = 'Count') => ({
    namespace: NAMESPACE,
    name,
    dimensions,
    value,
    unit,
    timestamp,
  })

/** Units of table and local indexes, which share the table's capacity, and those of each global index. */
const consumption = (name: string, consumed: Consumed, sample: Sample): MetricSample[] => {
  const { TableName, CapacityUnits, GlobalSecondaryIndexes = {} } = consumed
  const ofIndexes = Object.entries(GlobalSecondaryIndexes)
  const own = ofIndexes.reduce((rest, [, units]) => rest - units.CapacityUnits, CapacityUnits)
  return [
    ...(own > 0 || ofIndexes.length === 0 ? [sample(name, { TableName }, own)] : []),
    ...ofIndexes.map(([GlobalSecondaryIndexName, units]) =>
      sample(name, { TableName, GlobalSecondaryIndexName }, units.CapacityUnits),
    ),
  ]
}

/**
 * What DynamoDB publishes about a request that succeeded: consumed capacity by table and by global index, latency (ms)
 * and returned items by table and operation.
 *
 * @param result the answer, with `ConsumedCapacity` of indexes
 */
export const samplesOf = (
  operation: string,
  result: Json,
  latency: number,
  timestamp: number,
): MetricSample[] => {
  const name = READS.has(operation) ? 'ConsumedReadCapacityUnits' : 'ConsumedWriteCapacityUnits'
  const sample = sampler(timestamp)
  return consumedOf(result).flatMap(consumed => {
    const byOperation = { TableName: consumed.TableName, Operation: operation }
    return [
      ...consumption(name, consumed, sample),
      sample('SuccessfulRequestLatency', byOperation, latency, 'Milliseconds'),
      ...(RETURNING_ITEMS.has(operation)
        ? [sample('ReturnedItemCount', byOperation, Number(result.Count ?? 0))]
        : []),
    ]
  })
}

/** The tables that a request names. */
const tablesOf = ({ TableName, RequestItems }: Json): readonly string[] => {
  if (typeof TableName === 'string') return [TableName]
  return typeof RequestItems === 'object' && RequestItems !== null ? Object.keys(RequestItems) : []
}

/**
 * What DynamoDB publishes about a request that failed: throttles, failed conditions and failures of its own by table,
 * all else as the user's errors, by region.
 *
 * @param input the request
 */
export const refusalOf = (
  operation: string,
  input: Json,
  failure: { readonly code: string; readonly status: number },
  timestamp: number,
): MetricSample[] => {
  const { code, status } = failure
  const sample = sampler(timestamp)
  const tables = tablesOf(input)
  if (status >= 500) {
    return tables.map(TableName => sample('SystemErrors', { TableName, Operation: operation }, 1))
  }
  if (THROTTLED.has(code)) {
    const events = READS.has(operation) ? 'ReadThrottleEvents' : 'WriteThrottleEvents'
    return tables.flatMap(TableName => [
      sample('ThrottledRequests', { TableName, Operation: operation }, 1),
      ...(consumes(operation) ? [sample(events, { TableName }, 1)] : []),
    ])
  }
  if (code === 'ConditionalCheckFailedException') {
    return tables.map(TableName => sample('ConditionalCheckFailedRequests', { TableName }, 1))
  }
  return [sample('UserErrors', {}, 1)]
}
