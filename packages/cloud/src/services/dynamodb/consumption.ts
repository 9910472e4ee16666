import type { MetricSample } from '../../kernel/ports.ts'
import type { Json } from './dynalite.ts'

const NAMESPACE = 'AWS/DynamoDB'

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan'])
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'])
const RETURNING_ITEMS = new Set(['Query', 'Scan'])

/** Whether an operation reads or writes items, and so consumes capacity. */
export const consumes = (operation: string): boolean => READS.has(operation) || WRITES.has(operation)

interface Consumed {
  readonly TableName: string
  readonly CapacityUnits: number
}

const consumedOf = (result: Json): readonly Consumed[] => {
  const consumed = result.ConsumedCapacity as Consumed | readonly Consumed[] | undefined
  if (consumed === undefined) return []
  return Array.isArray(consumed) ? consumed : [consumed as Consumed]
}

/**
 * What DynamoDB publishes about a request that succeeded: consumed capacity by table, latency (ms) and returned items
 * by table and operation.
 *
 * @param result the answer, with `ConsumedCapacity`
 */
export const samplesOf = (
  operation: string,
  result: Json,
  latency: number,
  timestamp: number,
): MetricSample[] => {
  const name = READS.has(operation) ? 'ConsumedReadCapacityUnits' : 'ConsumedWriteCapacityUnits'
  return consumedOf(result).flatMap(({ TableName, CapacityUnits }) => {
    const sample = (
      metric: string,
      dimensions: Record<string, string>,
      value: number,
      unit: string,
    ): MetricSample => ({ namespace: NAMESPACE, name: metric, dimensions, value, unit, timestamp })
    const byOperation = { TableName, Operation: operation }
    return [
      sample(name, { TableName }, CapacityUnits, 'Count'),
      sample('SuccessfulRequestLatency', byOperation, latency, 'Milliseconds'),
      ...(RETURNING_ITEMS.has(operation)
        ? [sample('ReturnedItemCount', byOperation, Number(result.Count ?? 0), 'Count')]
        : []),
    ]
  })
}

/** What DynamoDB publishes about a request that it refused with a status below 500. */
export const refusalOf = (code: string, table: unknown, timestamp: number): MetricSample =>
  code === 'ConditionalCheckFailedException' && typeof table === 'string'
    ? {
        namespace: NAMESPACE,
        name: 'ConditionalCheckFailedRequests',
        dimensions: { TableName: table },
        value: 1,
        unit: 'Count',
        timestamp,
      }
    : { namespace: NAMESPACE, name: 'UserErrors', dimensions: {}, value: 1, unit: 'Count', timestamp }
