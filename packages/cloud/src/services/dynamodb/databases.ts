import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ServiceError } from '@sonde/wire'
import { hex } from '../../kernel/ids.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import type { Store } from '../../kernel/store.ts'
import { type Database, openDatabase } from './database.ts'

/** The databases of all scopes, each opened with its first request. */
export interface Databases {
  /** At once for a database that is open, which is every time but the first. */
  of(scope: Scope): Database | Promise<Database>
  /** Forgets all tables at once; what it takes to remove them follows in the background. */
  reset(): void
  close(): Promise<void>
}

const SAFE_SCOPE = /^\d{12}\/[a-z0-9-]+$/

/** The scope comes from the request's credentials: it must never lead out of the folder. */
const folderOf = (scope: Scope): string => {
  const key = scopeKey(scope)
  if (SAFE_SCOPE.test(key)) return key
  throw new ServiceError('UnrecognizedClientException', `No account and region: ${key}`)
}

export const createDatabases = (store: Store): Databases => {
  const opened = new Map<string, Database>()
  const opening = new Map<string, Promise<Database>>()
  // LevelDB holds its lock by path: a path can be opened again when its last database has closed.
  let closing: Promise<unknown> = Promise.resolve()
  let discardedCleared = false

  const folders = (): { root: string; live: string } => {
    const root = store.folder('dynamodb')
    if (!discardedCleared) {
      discardedCleared = true
      for (const name of readdirSync(root)) {
        if (name.startsWith('discarded-')) rmSync(join(root, name), { recursive: true, force: true })
      }
    }
    return { root, live: join(root, 'tables') }
  }

  const open = async (scope: Scope, key: string): Promise<Database> => {
    await closing
    let path: string | undefined
    if (!store.ephemeral) {
      path = join(folders().live, key)
      await mkdir(path, { recursive: true })
    }
    return openDatabase(scope, path)
  }

  const closeAll = async (): Promise<void> => {
    const all = [...opened.values(), ...opening.values()]
    // At once: whoever asks from here on gets a new database.
    opened.clear()
    opening.clear()
    const databases = await Promise.allSettled(all)
    const open = databases.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    await Promise.allSettled(open.map(database => database.close()))
  }

  return {
    of: scope => {
      const key = folderOf(scope)
      const database = opened.get(key)
      if (database) return database
      let pending = opening.get(key)
      if (!pending) {
        const started = open(scope, key)
        pending = started
        opening.set(key, started)
        const settle = (database?: Database): void => {
          // A reset meanwhile has taken it out.
          if (opening.get(key) !== started) return
          opening.delete(key)
          if (database) opened.set(key, database)
        }
        started.then(settle, () => settle())
      }
      return pending
    },
    reset: () => {
      const closed = closeAll()
      if (store.ephemeral) {
        closing = closed
        return
      }
      const { root, live } = folders()
      const discarded = join(root, `discarded-${hex(8)}`)
      const moved = existsSync(live)
      if (moved) renameSync(live, discarded)
      closing = closed.then(() => (moved ? rm(discarded, { recursive: true, force: true }) : undefined))
    },
    close: async () => {
      await closeAll()
      await closing
    },
  }
}
