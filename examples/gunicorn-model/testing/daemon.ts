import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A segment or subsegment as the SDK sends it. */
export interface Entity {
  readonly id: string
  readonly trace_id: string
  readonly parent_id?: string
  readonly name: string
  readonly namespace?: string
  readonly start_time: number
  readonly end_time: number
  readonly fault?: boolean
  readonly error?: boolean
  readonly http?: {
    readonly request: Record<string, unknown>
    readonly response: Record<string, unknown>
  }
  readonly aws?: { readonly xray: Record<string, unknown> }
  readonly annotations?: Record<string, unknown>
  readonly metadata?: { readonly gunicorn: { readonly pid: number } }
  readonly subsegments?: readonly Entity[]
}

/** Where an X-Ray daemon would be: takes datagrams, and answers calls as the X-Ray API does. */
export interface Daemon {
  /** For `AWS_XRAY_DAEMON_ADDRESS`. */
  readonly address: string
  /** What was called, path and body. */
  readonly calls: ReadonlyArray<{ readonly path: string; readonly body: string }>
  /** For `AWS_ENDPOINT_URL`. */
  readonly endpoint: string
  readonly documents: readonly Entity[]
  /** Resolves as soon as a document for which `is` holds has come. */
  document(is: (document: Entity) => boolean): Promise<Entity>
  close(): void
}

const HEADER = '{"format":"json","version":1}\n'

/** @param answers bodies of the API's answers by path; other paths get `{}` */
export const startDaemon = async (answers: Readonly<Record<string, object>> = {}): Promise<Daemon> => {
  const documents: Entity[] = []
  const calls: Array<{ path: string; body: string }> = []
  const waiting = new Set<() => void>()
  const take = (texts: readonly string[]): void => {
    documents.push(...texts.map((text): Entity => JSON.parse(text)))
    for (const wake of waiting) wake()
  }

  const udp = createSocket('udp4', datagram => {
    const text = datagram.toString()
    if (!text.startsWith(HEADER)) throw new Error(`No header: ${text}`)
    take([text.slice(HEADER.length)])
  })
  const tcp: Server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const path = request.url ?? ''
    calls.push({ path, body })
    if (path === '/TraceSegments') take(JSON.parse(body).TraceSegmentDocuments)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answers[path] ?? {}))
  })
  udp.bind(0, '127.0.0.1')
  tcp.listen(0, '127.0.0.1')
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')])
  const tcpPort = (tcp.address() as AddressInfo).port

  return {
    address: `tcp:127.0.0.1:${tcpPort} udp:127.0.0.1:${udp.address().port}`,
    endpoint: `http://127.0.0.1:${tcpPort}`,
    calls,
    documents,
    document: async is => {
      for (;;) {
        const found = documents.find(is)
        if (found) return found
        const { promise, resolve } = Promise.withResolvers<void>()
        waiting.add(resolve)
        await promise
        waiting.delete(resolve)
      }
    },
    close: () => {
      udp.close()
      tcp.close()
      tcp.closeAllConnections()
    },
  }
}
