/** Databases whose clients publish tracing channels: mysql2 ≥ 3.17, ioredis ≥ 5.11, @redis/client ≥ 5.12. */
import type { AsyncLocalStorage } from 'node:async_hooks'
import type { TracingChannel } from 'node:diagnostics_channel'
import { failEntity, recordingParent } from '../core/capture.ts'
import { storage } from '../core/context.ts'
import { detailsOf, type Entity, openChild } from '../core/entity.ts'
import { addMetadata } from '../core/handle.ts'
import { closeEntity } from '../core/recorder.ts'
import { settings } from '../core/settings.ts'

/** The fields of the channels' messages that are read. */
interface Message {
  readonly query?: unknown
  readonly command?: unknown
  readonly database?: unknown
  readonly serverAddress?: unknown
  readonly serverPort?: unknown
  readonly error?: unknown
}

type Describe = (entity: Entity, message: Message) => void

const place = ({ serverAddress }: Message): string => String(serverAddress ?? 'localhost')

const mysql =
  (preparation?: 'statement'): Describe =>
  (entity, message) => {
    const { database, serverPort, query } = message
    entity.name = `${String(database ?? 'mysql')}@${place(message)}`
    const sql: Record<string, string> = {
      url: `mysql://${place(message)}${serverPort ? `:${serverPort}` : ''}/${String(database ?? '')}`,
      database_type: 'mysql',
    }
    if (preparation) sql.preparation = preparation
    // With placeholders: values are never recorded.
    if (settings().collectSql && typeof query === 'string') sql.sanitized_query = query
    detailsOf(entity).sql = sql
  }

const redis: Describe = (entity, message) => {
  entity.name = `redis@${place(message)}`
  addMetadata(entity, 'command', String(message.command ?? ''), 'redis')
}

const CHANNELS: readonly (readonly [channel: string, describe: Describe])[] = [
  ['mysql2:query', mysql()],
  ['mysql2:execute', mysql('statement')],
  ['ioredis:command', redis],
  ['node-redis:command', redis],
]

const watch = (channel: TracingChannel<Message>, describe: Describe): void => {
  const open = new WeakMap<object, Entity>()
  const close = (message: Message): void => {
    const entity = open.get(message)
    if (entity) closeEntity(entity)
  }
  const start = (message: Message): Entity | undefined => {
    const parent = recordingParent('database')
    if (!parent) return storage.getStore()
    const entity = openChild(parent, 'database')
    entity.namespace = 'remote'
    describe(entity, message)
    open.set(message, entity)
    return entity
  }
  // The types say that store and message are of one kind; Node does not.
  channel.start.bindStore(
    storage as AsyncLocalStorage<unknown> as AsyncLocalStorage<Message>,
    message => start(message) as unknown as Message,
  )
  channel.subscribe({
    start: () => {},
    // What failed at once has no asynchronous end.
    end: message => {
      if (message.error !== undefined) close(message)
    },
    asyncStart: () => {},
    asyncEnd: close,
    error: message => {
      const entity = open.get(message)
      if (entity) failEntity(entity, message.error)
    },
  })
}

/** Records the calls of these clients. */
export const watchDatabases = (): void => {
  const { tracingChannel } = process.getBuiltinModule('node:diagnostics_channel')
  for (const [name, describe] of CHANNELS) watch(tracingChannel<Message>(name), describe)
}
