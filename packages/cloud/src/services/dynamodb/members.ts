import { notImplemented } from '@sonde/wire'
import type { Json } from './dynalite.ts'

/** CloudFormation also takes booleans as text. */
const isOff = (value: unknown, member: string): boolean => {
  const flag = (value as Json)[member]
  return flag === false || flag === 'false'
}

/**
 * Members that are right to leave without effect, by value: what they ask for is what happens anyway.
 */
const WITHOUT_EFFECT: Readonly<Record<string, (value: unknown) => boolean>> = {
  StreamSpecification: value => isOff(value, 'StreamEnabled'),
  ContributorInsightsSpecification: value => isOff(value, 'Enabled'),
  TimeToLiveSpecification: value => isOff(value, 'Enabled'),
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

const refuse = (operation: string, path: string): never => {
  throw notImplemented(`dynamodb:${operation} with ${path}`)
}

/**
 * Refuses what dynalite would drop without a word.
 *
 * @param operation what the refusal names: an operation, or a resource type
 * @param known members that dynalite or our own layer honours
 * @param path of the structure, such as `GlobalSecondaryIndexes.`
 * @throws ServiceError `NotImplemented` naming the member
 */
export const refuseUnknownMembers = (
  operation: string,
  input: Json,
  known: ReadonlySet<string>,
  path = '',
): void => {
  for (const member in input) {
    if (known.has(member) || isEmpty(input[member])) continue
    if (!WITHOUT_EFFECT[member]?.(input[member])) refuse(operation, path + member)
  }
}

const LOCAL_INDEX = new Set(['IndexName', 'KeySchema', 'Projection'])
const GLOBAL_INDEX = new Set([...LOCAL_INDEX, 'ProvisionedThroughput'])
const INDEX_UPDATE = new Set(['IndexName', 'ProvisionedThroughput'])

const structures = (value: unknown): Json[] =>
  Array.isArray(value) ? value.filter(entry => entry !== null && typeof entry === 'object') : []

/** Refuses, in the indexes of a table, what dynalite would drop without a word. */
export const refuseUnknownIndexMembers = (operation: string, input: Json): void => {
  for (const index of structures(input.LocalSecondaryIndexes)) {
    refuseUnknownMembers(operation, index, LOCAL_INDEX, 'LocalSecondaryIndexes.')
  }
  for (const index of structures(input.GlobalSecondaryIndexes)) {
    refuseUnknownMembers(operation, index, GLOBAL_INDEX, 'GlobalSecondaryIndexes.')
  }
  for (const update of structures(input.GlobalSecondaryIndexUpdates)) {
    // dynalite passes over an index's creation and deletion in silence.
    refuseUnknownMembers(operation, update, new Set(['Update']), 'GlobalSecondaryIndexUpdates.')
    const [change] = structures([update.Update])
    if (change) refuseUnknownMembers(operation, change, INDEX_UPDATE, 'GlobalSecondaryIndexUpdates.Update.')
  }
}
