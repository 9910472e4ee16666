import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scope } from '../../kernel/scope.ts'
import {
  type Callback,
  type DynaliteStore,
  type Item,
  type Json,
  loadDynalite,
  type TableRecord,
} from './dynalite.ts'

/** The tables of one account and region. */
export interface Database {
  /** Runs one of dynalite's actions on validated input. Rejects with its DynaliteError. */
  run(action: string, data: Json): Promise<Json>
  /** Checks a request as DynamoDB does. Throws a DynaliteError. */
  validate(action: string, data: Json): Json
  table(name: string): TableRecord | undefined
  /** Up to `limit` table names behind `start`, in byte order. */
  tableNames(start: string | undefined, limit: number): Promise<string[]>
  /** Replaces a table's record. */
  updateTable(table: TableRecord): Promise<void>
  /** Resolves when the table is ACTIVE, or gone. Both follow dynalite's answer within a few milliseconds. */
  settled(name: string): Promise<TableRecord | undefined>
  /** Writes items that are validated and have different keys into a table that has none of them yet. */
  load(table: TableRecord, items: ReadonlyMap<string, Item>): Promise<void>
  /** Waits for the actions that run. None must be started any more. */
  close(): Promise<void>
}

/** Operations in one write to LevelDB while a table is loaded. */
const LOAD_BATCH = 1_000

/**
 * How a defect in a callback of dynalite reaches the request that it belongs to. Uncaught, it would end the process
 * and all that runs in it.
 */
const failing = new AsyncLocalStorage<(error: unknown) => void>()

const deepFreeze = <T>(value: T): T => {
  if (value && typeof value === 'object') {
    Object.freeze(value)
    for (const member of Object.values(value)) deepFreeze(member)
  }
  return value
}

/** Calls back with a promise's outcome; what the callback throws fails the request. */
const callBack = (outcome: Promise<unknown>, callback: Callback): void => {
  outcome
    .then(
      () => callback(null),
      error => callback(error),
    )
    .catch(error => failing.getStore()?.(error))
}

/** Entries of the database; a read that fails ends them and fails the request. */
async function* guarded<T>(entries: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* entries
  } catch (error) {
    failing.getStore()?.(error)
  }
}

/**
 * Replaces dynalite's asynchronous access by synchronous reads: a read costs microseconds from LevelDB's memory, but a
 * thread hop, two promises and two turns of the event loop on the way through dynalite's wrappers.
 */
const speedUp = (store: DynaliteStore): ((name: string) => TableRecord | undefined) => {
  const { db } = store
  const level = Object.getPrototypeOf(db) as {
    put(key: string, value: unknown): Promise<void>
    del(key: string): Promise<void>
    batch(operations: unknown): Promise<void>
  }
  const tables = new Map<string, TableRecord>()
  const forget = (key: string): void => {
    if (key.startsWith('table~')) tables.delete(key.slice('table~'.length))
  }
  db.get = (key, callback) => {
    let value: unknown
    try {
      value = db.getSync(key)
    } catch (error) {
      callback(error as Error)
      return
    }
    callback(null, value)
  }
  db.put = (key, value, callback) => {
    forget(key)
    callBack(
      level.put.call(db, key, value).finally(() => forget(key)),
      callback,
    )
  }
  db.del = (key, callback) => {
    forget(key)
    callBack(
      level.del.call(db, key).finally(() => forget(key)),
      callback,
    )
  }
  db.batch = (operations, callback) => callBack(level.batch.call(db, operations), callback)

  // dynalite's own streams end the process when a read fails.
  db.createKeyStream = options => Readable.from(guarded(db.keys(options)))
  db.createValueStream = options => Readable.from(guarded(db.values(options)))

  const fresh = store.getTable.bind(store)
  // Actions on items read the table's record once an item; they never change it, which freezing it makes sure of.
  store.getTable = (name, checkStatus, callback) => {
    if (typeof checkStatus !== 'function') return fresh(name, checkStatus, callback)
    const table = tables.get(name)
    if (table) return checkStatus(null, table)
    return fresh(name, (error: Error | null | undefined, read?: TableRecord) => {
      if (read && !error) tables.set(name, deepFreeze(read))
      checkStatus(error, read)
    })
  }
  return name => db.getSync(`table~${name}`) as TableRecord | undefined
}

/** A kill between dynalite's two writes leaves a table in a passing state for ever: the second write is made up for. */
const repair = async (store: DynaliteStore): Promise<void> => {
  for await (const value of store.db.values({ gte: 'table~', lt: 'table\x7f' })) {
    const table = value as TableRecord
    if (table.TableStatus === 'ACTIVE') continue
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const done: Callback = error => (error ? reject(error) : resolve())
    if (table.TableStatus === 'DELETING') store.db.del(`table~${table.TableName}`, done)
    else {
      table.TableStatus = 'ACTIVE'
      for (const index of table.GlobalSecondaryIndexes ?? []) index.IndexStatus = 'ACTIVE'
      store.tableDb.put(table.TableName, table, done)
    }
    await promise
  }
}

/**
 * Opens the tables of a scope.
 *
 * @param path folder of the LevelDB database, or `undefined` to keep the tables in memory
 * @throws Error where the folder is in use by another process or damaged
 */
export const openDatabase = async (scope: Scope, path: string | undefined): Promise<Database> => {
  const { database, validations, actions } = loadDynalite()
  const store = database.create({
    ...(path === undefined ? {} : { path }),
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
  })
  store.tableDb.awsAccountId = scope.account
  store.tableDb.awsRegion = scope.region
  await store.db.open()
  const readTable = speedUp(store)
  await repair(store)

  let running = 0
  let idle: (() => void) | undefined

  const write = (task: (callback: Callback) => void): Promise<void> =>
    new Promise((resolve, reject) => task(error => (error ? reject(error) : resolve())))

  return {
    table: readTable,
    validate: (action, data) => {
      const { types, custom } = actions[action] as NonNullable<(typeof actions)[string]>
      const checked = validations.checkTypes(data, types)
      validations.checkValidations(checked, types, custom, store)
      return checked
    },
    run: async (action, data) => {
      running++
      try {
        return await new Promise((resolve, reject) => {
          failing.run(reject, () =>
            actions[action]?.run(store, data, (error, result) =>
              error ? reject(error) : resolve(result ?? {}),
            ),
          )
        })
      } finally {
        running--
        if (running === 0) idle?.()
      }
    },
    updateTable: record => write(done => store.tableDb.put(record.TableName, record, done)),
    settled: async name => {
      for (;;) {
        const record = readTable(name)
        const passing =
          record &&
          (record.TableStatus !== 'ACTIVE' ||
            record.GlobalSecondaryIndexes?.some(index => index.IndexStatus !== 'ACTIVE'))
        if (!passing) return record
        await sleep(1)
      }
    },
    load: async (record, items) => {
      const parts = ['Local', 'Global'] as const
      let pending = new Map<
        ReturnType<DynaliteStore['getItemDb']>,
        Array<{ type: 'put'; key: string; value: Item }>
      >()
      let count = 0
      const add = (db: ReturnType<DynaliteStore['getItemDb']>, key: string, value: Item): void => {
        const operations = pending.get(db) ?? []
        if (operations.push({ type: 'put', key, value }) === 1) pending.set(db, operations)
        count++
      }
      const flush = async (): Promise<void> => {
        for (const [db, operations] of pending) await write(done => db.batch(operations, done))
        pending = new Map()
        count = 0
      }
      for (const [key, item] of items) {
        add(store.getItemDb(record.TableName), key, item)
        for (const part of parts) {
          const indexes = record[`${part}SecondaryIndexes`] ?? []
          for (const put of database.getIndexActions(indexes, undefined, item, record).puts) {
            add(store.getIndexDb(part, record.TableName, put.index), put.key, put.item)
          }
        }
        if (count >= LOAD_BATCH) await flush()
      }
      await flush()
    },
    tableNames: async (start, limit) => {
      const names: string[] = []
      const range = start === undefined ? { gte: 'table~' } : { gt: `table~${start}` }
      for await (const key of store.db.keys({ ...range, lt: 'table\x7f', limit })) {
        names.push(key.slice('table~'.length))
      }
      return names
    },
    close: async () => {
      if (running > 0) await new Promise<void>(resolve => (idle = resolve))
      await store.db.close()
    },
  }
}
