import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Journal, type LiveRecords, openJournal } from './journal.ts'
import { type Scope, scopeKey } from './scope.ts'

/** Records of one kind, by scope and key, durable once `put` returns. Values are plain JSON and never mutated. */
export interface Collection<T> {
  get(scope: Scope, key: string): T | undefined
  /** Written to the journal before it returns. */
  put(scope: Scope, key: string, value: T): void
  /** Whether there was one. */
  delete(scope: Scope, key: string): boolean
  /** In order of first insertion. */
  list(scope: Scope): T[]
  /** Every record of every scope. */
  entries(): IterableIterator<{ readonly scope: Scope; readonly key: string; readonly value: T }>
}

/** Where services keep what must survive the process. */
export interface Store {
  /** The collection of that name, such as `lambda.functions`; the same object for the same name. */
  collection<T>(name: string): Collection<T>
  /**
   * A folder of the service's own for files (`.sonde/<name>`), made where missing. In ephemeral mode a temporary
   * one that goes with the process. Cleared by reset.
   */
  folder(name: string): string
  /** Whether the store goes with the process. */
  readonly ephemeral: boolean
  /** Forgets all records of all collections. Folders are their services' to clear. */
  reset(): void
  close(): void
}

type Bucket<T> = { readonly scope: Scope; readonly records: Map<string, T> }

class JournaledCollection<T> implements Collection<T> {
  readonly #buckets = new Map<string, Bucket<T>>()
  readonly #journal: Journal | undefined
  #count = 0

  constructor(path: string | undefined) {
    this.#journal =
      path === undefined
        ? undefined
        : openJournal(
            path,
            ({ account, region, key, value }) => this.#set({ account, region }, key, value as T),
            this.#live(),
          )
  }

  get(scope: Scope, key: string): T | undefined {
    return this.#buckets.get(scopeKey(scope))?.records.get(key)
  }

  put(scope: Scope, key: string, value: T): void {
    this.#journal?.append({ account: scope.account, region: scope.region, key, value })
    this.#set(scope, key, value)
  }

  delete(scope: Scope, key: string): boolean {
    const records = this.#buckets.get(scopeKey(scope))?.records
    if (!records?.has(key)) return false
    this.#journal?.append({ account: scope.account, region: scope.region, key })
    this.#count--
    return records.delete(key)
  }

  list(scope: Scope): T[] {
    return [...(this.#buckets.get(scopeKey(scope))?.records.values() ?? [])]
  }

  *entries(): IterableIterator<{ scope: Scope; key: string; value: T }> {
    for (const { scope, records } of this.#buckets.values()) {
      for (const [key, value] of records) yield { scope, key, value }
    }
  }

  clear(): void {
    this.#buckets.clear()
    this.#count = 0
    this.#journal?.clear()
  }

  close(): void {
    this.#journal?.close()
  }

  #live(): LiveRecords {
    const count = (): number => this.#count
    const entries = (): IterableIterator<{ scope: Scope; key: string; value: T }> => this.entries()
    return {
      get count() {
        return count()
      },
      *entries() {
        for (const { scope, key, value } of entries()) yield { ...scope, key, value }
      },
    }
  }

  #set(scope: Scope, key: string, value: T): void {
    const { records } = this.#bucket(scope)
    const before = records.size
    records.set(key, value)
    this.#count += records.size - before
  }

  #bucket(scope: Scope): Bucket<T> {
    const key = scopeKey(scope)
    let bucket = this.#buckets.get(key)
    if (!bucket) {
      bucket = { scope: { account: scope.account, region: scope.region }, records: new Map() }
      this.#buckets.set(key, bucket)
    }
    return bucket
  }
}

/**
 * Opens the store in a directory (`.sonde`), or in memory where there is none.
 *
 * @throws Error naming the file where a journal is damaged
 */
export const createStore = (directory: string | undefined): Store => {
  const collections = new Map<string, JournaledCollection<unknown>>()
  let root = directory
  const rootFolder = (): string => {
    root ??= mkdtempSync(join(tmpdir(), 'sonde-'))
    return root
  }
  const state = directory === undefined ? undefined : join(directory, 'state')
  if (state !== undefined) mkdirSync(state, { recursive: true })

  return {
    ephemeral: directory === undefined,
    collection: <T>(name: string): Collection<T> => {
      let collection = collections.get(name)
      if (!collection) {
        collection = new JournaledCollection(state === undefined ? undefined : join(state, `${name}.ndjson`))
        collections.set(name, collection)
      }
      return collection as JournaledCollection<T>
    },
    folder: name => {
      const path = join(rootFolder(), name)
      mkdirSync(path, { recursive: true })
      return path
    },
    reset: () => {
      for (const collection of collections.values()) collection.clear()
    },
    close: () => {
      for (const collection of collections.values()) collection.close()
      if (directory === undefined && root !== undefined) rmSync(root, { recursive: true, force: true })
    },
  }
}
