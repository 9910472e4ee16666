import { gunzipSync, gzipSync } from 'node:zlib'
import { airportToItem, type Item, routeToItem } from '../features/reference-item.ts'
import type { References } from './histories.ts'

/**
 * The table's content in the form that DynamoDB imports from S3: a gzipped line of DynamoDB JSON per item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Format.html
 */
export const writeReferenceFile = (references: References): Uint8Array => {
  const items = [
    ...references.airports.map(airportToItem),
    ...references.routes.filter(route => route !== undefined).map(routeToItem),
  ]
  return gzipSync(items.map(item => `${JSON.stringify({ Item: item })}\n`).join(''), { level: 9 })
}

/** The items of a file that {@link writeReferenceFile} wrote. */
export const readReferenceFile = (file: Uint8Array): Item[] =>
  gunzipSync(file)
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => (JSON.parse(line) as { Item: Item }).Item)
