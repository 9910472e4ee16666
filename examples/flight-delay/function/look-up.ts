/** Reads the reference data of one trip. */
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { airportKey, routeKey, type TripReference } from '../features/reference.ts'
import { airportFromItem, type Item, ReferenceItemError, routeFromItem } from '../features/reference-item.ts'
import type { PredictionRequest } from '../features/request.ts'
import { BadAnswerError, type FieldError, InvalidRequestError, UnavailableError } from './errors.ts'

/** For everything, retries included. */
const TIMEOUT_MS = 2000

/** Calls for keys that a call left unprocessed, which is how DynamoDB throttles part of a batch. */
const MAX_CALLS = 3

const readItems = async (
  client: DynamoDBClient,
  table: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Item>> => {
  const abortSignal = AbortSignal.timeout(TIMEOUT_MS)
  const found = new Map<string, Item>()
  let requested = { [table]: { Keys: keys.map(key => ({ pk: { S: key } })) } }
  for (let call = 1; call <= MAX_CALLS; call++) {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: requested }),
      { abortSignal },
    )
    for (const item of Responses?.[table] ?? []) found.set(item.pk?.S ?? '', item)
    const left = UnprocessedKeys?.[table]?.Keys
    if (!left?.length) return found
    requested = { [table]: { Keys: left.map(key => ({ pk: { S: key.pk?.S ?? '' } })) } }
  }
  throw new Error(`DynamoDB left keys unprocessed ${MAX_CALLS} times.`)
}

/**
 * One BatchGetItem for both airports and the route.
 *
 * @throws InvalidRequestError naming an airport that is not in the table
 * @throws UnavailableError where the table cannot be read
 * @throws BadAnswerError where an item is not as training writes it
 */
export const lookUp = async (
  client: DynamoDBClient,
  table: string,
  { origin, destination }: PredictionRequest,
): Promise<TripReference> => {
  const keys = [airportKey(origin), airportKey(destination), routeKey(origin, destination)]
  const items = await readItems(client, table, keys).catch((cause: unknown) => {
    throw new UnavailableError('The reference data cannot be read.', { cause })
  })
  const originItem = items.get(airportKey(origin))
  const destinationItem = items.get(airportKey(destination))
  if (!originItem || !destinationItem) {
    const unknown = (field: string, code: string): FieldError => ({
      field,
      message: `${code} is no airport of the flights that the model learned from; US airports with scheduled flights in 2001 are accepted`,
    })
    throw new InvalidRequestError([
      ...(originItem ? [] : [unknown('origin', origin)]),
      ...(destinationItem ? [] : [unknown('destination', destination)]),
    ])
  }
  const routeItem = items.get(routeKey(origin, destination))
  try {
    return {
      origin: airportFromItem(originItem),
      destination: airportFromItem(destinationItem),
      route: routeItem && routeFromItem(routeItem),
    }
  } catch (cause) {
    if (!(cause instanceof ReferenceItemError)) throw cause
    throw new BadAnswerError('The reference data are not as expected.', { cause })
  }
}
