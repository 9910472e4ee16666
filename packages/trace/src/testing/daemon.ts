/** A real UDP listener in the daemon's place. For tests. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { closeEmitter } from '../core/emitter.ts'
import { flush } from '../core/recorder.ts'
import { reloadSettings } from '../core/settings.ts'

/** A subsegment or segment as it arrived. */
export interface Received {
  readonly id: string
  readonly name: string
  readonly start_time: number
  readonly end_time?: number
  readonly in_progress?: boolean
  readonly trace_id?: string
  readonly parent_id?: string
  readonly type?: string
  readonly namespace?: string
  readonly origin?: string
  readonly error?: boolean
  readonly throttle?: boolean
  readonly fault?: boolean
  readonly http?: { request?: Record<string, unknown>; response?: Record<string, unknown> }
  readonly aws?: Record<string, unknown>
  readonly sql?: Record<string, string>
  readonly cause?: string | { readonly exceptions: readonly Record<string, unknown>[] }
  readonly annotations?: Record<string, unknown>
  readonly metadata?: Record<string, Record<string, unknown>>
  readonly links?: readonly Record<string, unknown>[]
  readonly subsegments?: readonly Received[]
}

const parse = (datagram: Buffer): { document: Received; bytes: number } => {
  const text = datagram.toString('utf8')
  const newline = text.indexOf('\n')
  const header: unknown = JSON.parse(text.slice(0, newline))
  if (JSON.stringify(header) !== '{"format":"json","version":1}')
    throw new Error(`No header: ${text.slice(0, 80)}`)
  return { document: JSON.parse(text.slice(newline + 1)) as Received, bytes: datagram.length }
}

/** Environment variables of one test; `undefined` takes one away. */
export type Environment = Readonly<Record<string, string | undefined>>

const setEnvironment = (variables: Environment): void => {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  reloadSettings()
}

/** Starts the listener and points this process at it. */
export const startDaemon = async (environment: Environment = {}) => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  const datagrams: Buffer[] = []
  socket.on('message', message => datagrams.push(message))
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  closeEmitter()
  const variables: Environment = {
    ...environment,
    AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${socket.address().port}`,
  }
  const before = Object.fromEntries(Object.keys(variables).map(name => [name, process.env[name]]))
  setEnvironment(variables)

  /** Waits until what was sent has come: a datagram of our own goes last on the same way. */
  const received = async (): Promise<{ document: Received; bytes: number }[]> => {
    await flush()
    const marker = createSocket('udp4')
    const arrived = new Promise<void>(resolve => {
      const look = (message: Buffer): void => {
        if (message.toString() !== 'marker') return
        socket.off('message', look)
        resolve()
      }
      socket.on('message', look)
    })
    marker.send('marker', socket.address().port, '127.0.0.1')
    await arrived
    marker.close()
    return datagrams
      .splice(0)
      .filter(message => message.toString() !== 'marker')
      .map(parse)
  }

  return {
    received,
    /** The documents that came since this was last asked. */
    documents: async (): Promise<Received[]> => (await received()).map(({ document }) => document),
    stop: async (): Promise<void> => {
      await flush()
      setEnvironment(before)
      closeEmitter()
      socket.close()
    },
  }
}

/** Documents put together as X-Ray does it: subsegments that came alone under their parents, complete ones winning. */
export interface Tree {
  readonly id: string
  readonly name: string
  readonly children: Tree[]
}

/** The trees of documents, by id of their parents; children in order of their start. */
export const assemble = (documents: readonly Received[], rootId: string): Tree[] => {
  const nodes = new Map<string, { entity: Received; parent: string }>()
  const visit = (entity: Received, parent: string): void => {
    const known = nodes.get(entity.id)
    if (!known || known.entity.in_progress) nodes.set(entity.id, { entity, parent })
    for (const child of entity.subsegments ?? []) visit(child, entity.id)
  }
  for (const document of documents) visit(document, document.parent_id ?? rootId)
  const childrenOf = Map.groupBy(nodes.values(), ({ parent }) => parent)
  const build = (parent: string): Tree[] =>
    (childrenOf.get(parent) ?? [])
      .toSorted((a, b) => a.entity.start_time - b.entity.start_time)
      .map(({ entity }) => ({ id: entity.id, name: entity.name, children: build(entity.id) }))
  return build(rootId)
}
