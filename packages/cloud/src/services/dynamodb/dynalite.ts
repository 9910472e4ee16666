import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'

/** An item, or any other structure, as it is on DynamoDB's wire. */
export type Json = Record<string, unknown>
export type Item = Record<string, Record<string, unknown>>

export interface KeySchemaElement {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}

interface Index extends Json {
  readonly IndexName: string
  readonly KeySchema: readonly KeySchemaElement[]
  IndexStatus?: string
}

/** A table as dynalite stores it, which is what DescribeTable answers. */
export interface TableRecord extends Json {
  readonly TableName: string
  TableArn: string
  TableStatus: string
  readonly KeySchema: readonly KeySchemaElement[]
  readonly LocalSecondaryIndexes?: readonly Index[]
  readonly GlobalSecondaryIndexes?: readonly Index[]
  DeletionProtectionEnabled?: boolean
  TableClassSummary?: { readonly TableClass: string }
}

/** What dynalite's functions fail with: `body` is the response. Without `statusCode` it is a defect. */
export interface DynaliteError extends Error {
  readonly statusCode?: number
  readonly body?: { readonly __type: string; message?: string; Message?: string; Item?: Item }
}

export type Callback<T = unknown> = (error: Error | null | undefined, result?: T) => void

interface BatchOperation {
  readonly type: 'put' | 'del'
  readonly key: string
  readonly value?: unknown
}

/** A part of the database: keys are prefixed with the part's name. */
export interface SubDatabase {
  get(key: string, callback: Callback): void
  put(key: string, value: unknown, callback: Callback): void
  batch(operations: readonly BatchOperation[], callback: Callback): void
  lock(key: string, task: (release: (callback: Callback) => Callback) => void): void
}

interface Range {
  readonly gt?: string
  readonly gte?: string
  readonly lt?: string
  readonly limit?: number
}

/** An abstract-level database. dynalite replaces its promise methods by ones that also take callbacks. */
interface LevelDatabase {
  open(): Promise<void>
  getSync(key: string): unknown
  get: (key: string, callback: Callback) => void
  put: (key: string, value: unknown, callback: Callback) => void
  del: (key: string, callback: Callback) => void
  batch: (operations: readonly BatchOperation[], callback: Callback) => void
  keys(options: Range): AsyncIterable<string>
  values(options: Range): AsyncIterable<unknown>
  createKeyStream: (options: Range) => Readable
  createValueStream: (options: Range) => Readable
  close(): Promise<void>
}

/** dynalite's database of one account and region. */
export interface DynaliteStore {
  readonly db: LevelDatabase
  readonly tableDb: SubDatabase & { awsAccountId: string; awsRegion: string }
  readonly options: { readonly maxItemSize: number }
  getItemDb(table: string): SubDatabase
  getIndexDb(kind: 'Local' | 'Global', table: string, index: string): SubDatabase
  getTable(name: string, checkStatus: boolean | Callback<TableRecord>, callback?: Callback<TableRecord>): void
}

interface IndexActions {
  readonly puts: ReadonlyArray<{ readonly index: string; readonly key: string; readonly item: Item }>
}

interface DatabaseModule {
  create(options: {
    path?: string
    createTableMs: number
    deleteTableMs: number
    updateTableMs: number
  }): DynaliteStore
  createKey(item: Item, table: TableRecord): string
  validateItem(item: Item, table: TableRecord): DynaliteError | null | undefined
  itemSize(item: Item): number
  getIndexActions(
    indexes: readonly Index[],
    existing: undefined,
    item: Item,
    table: TableRecord,
  ): IndexActions
  checkConditional(data: Json, existing: Item | undefined): DynaliteError | null | undefined
}

type Types = Readonly<Record<string, unknown>>

interface ValidationsModule {
  checkTypes(data: Json, types: Types): Json
  checkValidations(data: Json, types: Types, custom: unknown, store: DynaliteStore): void
  validateAttributeValue(value: unknown): string | undefined
}

/** One operation of dynalite. */
export interface Action {
  /** The members of its input. dynalite drops all others without a word. */
  readonly types: Types
  readonly custom: unknown
  run(store: DynaliteStore, data: Json, callback: Callback<Json>): void
}

export interface Dynalite {
  readonly database: DatabaseModule
  readonly validations: ValidationsModule
  readonly actions: Readonly<Record<string, Action>>
}

/** What we take from dynalite. */
const ACTIONS = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
]

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/**
 * `ReturnValuesOnConditionCheckFailure: ALL_OLD`, which dynalite does not know, is added where all its writing actions
 * check their condition, under the lock of the item.
 */
const returnItemOnFailure = (database: DatabaseModule): void => {
  const { checkConditional } = database
  database.checkConditional = (data, existing) => {
    const error = checkConditional(data, existing)
    if (error?.body && existing && data.ReturnValuesOnConditionCheckFailure === 'ALL_OLD')
      error.body.Item = existing
    return error
  }
}

let loaded: Dynalite | undefined

/**
 * dynalite's own modules: its server is left out, so a request costs neither a socket nor a second HTTP parse. Loaded
 * with the first request, since a start without DynamoDB need not pay for it.
 */
export const loadDynalite = (): Dynalite => {
  if (loaded) return loaded
  const require = createRequire(import.meta.url)
  const database = require('dynalite/db') as DatabaseModule
  returnItemOnFailure(database)
  const action = (name: string): Action => {
    const { types, custom } = require(`dynalite/validations/${lowerFirst(name)}`) as Action
    return { types, custom, run: require(`dynalite/actions/${lowerFirst(name)}`) as Action['run'] }
  }
  loaded = {
    database,
    validations: require('dynalite/validations') as ValidationsModule,
    actions: Object.fromEntries(ACTIONS.map(name => [name, action(name)])),
  }
  return loaded
}
