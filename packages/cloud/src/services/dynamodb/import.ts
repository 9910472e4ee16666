import { gunzipSync } from 'node:zlib'
import type { ObjectReader } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import { type DynaliteError, type Item, type Json, loadDynalite, type TableRecord } from './dynalite.ts'
import { validation } from './errors.ts'

/** What `ImportSourceSpecification` asks for. */
export interface ImportSource {
  readonly bucket: string
  readonly prefix: string
  readonly compression: 'GZIP' | 'NONE'
}

/** DynamoDB's limit of an item: 400 KB. */
const MAX_ITEM_BYTES = 409_600
/** What one compressed object may expand to. Ours: a bomb must not take the process with it. */
const MAX_EXPANDED_BYTES = 1024 ** 3

const messageOf = (error: unknown): string => {
  const body = (error as DynaliteError).body
  return body?.message ?? body?.Message ?? (error instanceof Error ? error.message : String(error))
}

/** The item of one line, checked as PutItem checks it. Throws an error that says what is wrong with it. */
const readItem = (line: string, table: TableRecord): Item => {
  const { database, validations, actions } = loadDynalite()
  const { Item: item, ...rest } = JSON.parse(line) as Json
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined) throw new Error(`unknown member "${unknown}" beside "Item"`)
  if (item === null || typeof item !== 'object') throw new Error('no member "Item"')
  const types = { Item: actions.PutItem?.types.Item }
  const checked = validations.checkTypes({ Item: item }, types).Item as Item
  for (const name in checked) {
    const problem = validations.validateAttributeValue(checked[name])
    if (problem) throw new Error(problem)
  }
  if (database.itemSize(checked) > MAX_ITEM_BYTES) {
    throw new Error('Item size has exceeded the maximum allowed size')
  }
  const invalid = database.validateItem(checked, table)
  if (invalid) throw invalid
  return checked
}

/**
 * The items of one object: `{"Item": {…}}` a line, empty lines passed over.
 *
 * @param items receives them by key; of two with the same key the later stays
 * @throws ServiceError `ValidationException` naming object and line
 */
export const readItems = (text: string, name: string, table: TableRecord, items: Map<string, Item>): void => {
  const { database } = loadDynalite()
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      const item = readItem(line, table)
      items.set(database.createKey(item, table), item)
    } catch (error) {
      throw validation(`${name} line ${index + 1}: ${messageOf(error)}`)
    }
  }
}

const expand = (bytes: Uint8Array, source: ImportSource, name: string): string => {
  if (source.compression === 'NONE') return Buffer.from(bytes).toString()
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_EXPANDED_BYTES }).toString()
  } catch (error) {
    throw validation(`${name}: ${messageOf(error)}`)
  }
}

/**
 * Reads all objects of an import.
 *
 * @throws ServiceError `ValidationException` where there is no object, or naming the object and line that is bad
 */
export const readImport = async (
  source: ImportSource,
  table: TableRecord,
  objects: ObjectReader,
  scope: Scope,
): Promise<ReadonlyMap<string, Item>> => {
  const keys = await objects.listObjects(scope, source.bucket, source.prefix)
  const items = new Map<string, Item>()
  if (keys.length === 0) throw validation(`No objects found: s3://${source.bucket}/${source.prefix}`)
  for (const key of keys) {
    const name = `s3://${source.bucket}/${key}`
    const bytes = await objects.getObject(scope, source.bucket, key)
    if (!bytes) throw validation(`${name} does not exist any more`)
    readItems(expand(bytes, source, name), name, table, items)
  }
  return items
}
