import type { HttpServer } from '../../../kernel/http-server.ts'
import type { AccessRules } from '../../../kernel/security.ts'
import { decodeProtobuf } from '../otlp/decode-protobuf.ts'
import { MalformedRequest } from '../otlp/model.ts'
import { translate } from '../otlp/translate/document.ts'
import type { TranslateOptions } from '../otlp/translate/segment.ts'
import { type BatchCounters, type BatchesOptions, createBatches } from './batches.ts'
import { type Datagram, readDatagram } from './datagram.ts'
import { kernelDrops } from './kernel-drops.ts'
import { type Forwarded, startSamplingProxy } from './sampling-proxy.ts'
import { listenUdp, type UdpListener } from './udp.ts'

/** The daemon's own default, to which every SDK sends. */
export const DAEMON_HOST = '127.0.0.1'
export const DAEMON_PORT = 2_000

export interface DaemonOptions extends BatchesOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Of UDP and of TCP. Default 2000; 0 for any that is free for both. */
  readonly port?: number
  /** Which flag changes the port: printed when it is taken. Default `--daemon-port`. */
  readonly flag?: string
  /** Host names and origins beyond loopback that may use the TCP side. */
  readonly rules?: AccessRules
  /** Sends a sampling call on to X-Ray. */
  readonly forward: (path: string, body: Buffer) => Promise<Forwarded>
  /** ms since the epoch. Default the machine's. */
  readonly now?: () => number
  readonly translation?: TranslateOptions
}

export interface DaemonCounters extends Readonly<BatchCounters> {
  /** Datagrams that arrived. */
  readonly datagrams: number
  /** Datagrams without a valid header, without a body, or whose OTLP data could not be read. */
  readonly rejected: number
  /** Datagrams of the ADOT layer with spans that are not sampled (`T1U`), which X-Ray does not keep. */
  readonly unsampled: number
  /** Spans of `T1S` datagrams that no document could be made of. */
  readonly rejectedSpans: number
  /** Datagrams that the kernel dropped before we could read them; `undefined` where it does not tell. */
  readonly kernelDropped: number | undefined
  /** Documents that wait or are on their way. */
  readonly pending: number
}

/** What two daemons have seen together. */
export const addCounters = (a: DaemonCounters, b: DaemonCounters): DaemonCounters => {
  const sum: Record<string, number | undefined> = { ...a }
  for (const [name, count] of Object.entries(b)) {
    const before = sum[name]
    sum[name] = before === undefined || count === undefined ? (before ?? count) : before + count
  }
  return sum as unknown as DaemonCounters
}

/** The X-Ray daemon: documents by UDP, gathered into batches, and sampling calls by TCP on the same port. */
export interface Daemon {
  /** @throws PortUnavailableError, with nothing left listening */
  start(): Promise<void>
  /** Stops listening, sends what waits, and resolves when that is settled. Idempotent. */
  stop(): Promise<void>
  counters(): DaemonCounters
  /** `127.0.0.1:2000`, for AWS_XRAY_DAEMON_ADDRESS. Known once it is started. */
  address(): string
  /** Forgets what waits. */
  discard(): void
  /** Takes one datagram as if it had come by UDP. Never throws. */
  receive(bytes: Buffer): void
}

const NO_RULES: AccessRules = { hosts: new Set(), origins: new Set() }
/** How often a port that is free for TCP is looked for that is free for UDP too. */
const PORT_ATTEMPTS = 20

interface Listeners {
  readonly udp: UdpListener
  readonly tcp: HttpServer
}

const listen = async (
  options: DaemonOptions,
  port: number,
  onDatagram: (bytes: Buffer) => void,
): Promise<Listeners> => {
  const { host = DAEMON_HOST, flag = '--daemon-port', rules = NO_RULES, forward } = options
  const tcp = await startSamplingProxy({ host, port, flag, rules, forward })
  try {
    return { tcp, udp: await listenUdp({ host, port: tcp.port, flag, onDatagram }) }
  } catch (error) {
    await tcp.close(0)
    throw error
  }
}

/** Listens on one port number of both protocols, whichever is free where 0 is asked for. */
const listenBoth = async (
  options: DaemonOptions,
  onDatagram: (bytes: Buffer) => void,
): Promise<Listeners> => {
  const port = options.port ?? DAEMON_PORT
  for (let attempt = 1; ; attempt++) {
    try {
      return await listen(options, port, onDatagram)
    } catch (error) {
      if (port !== 0 || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

export const createDaemon = (options: DaemonOptions): Daemon => {
  const now = options.now ?? Date.now
  const batches = createBatches(options)
  const seen = { datagrams: 0, rejected: 0, unsampled: 0, rejectedSpans: 0 }
  let listeners: Listeners | undefined
  let port = options.port ?? DAEMON_PORT
  let stopping: Promise<void> | undefined
  let lastDrops: number | undefined

  const takeSpans = (request: Buffer): void => {
    const { documents, rejected } = translate(decodeProtobuf(request), now(), options.translation)
    seen.rejectedSpans += rejected
    for (const document of documents) batches.add(document)
  }

  const take = (datagram: Datagram): void => {
    if (datagram.kind === 'document') batches.add(datagram.text)
    else if (datagram.kind === 'rejected') seen.rejected++
    else if (datagram.sampled) takeSpans(datagram.request)
    else seen.unsampled++
  }

  const receive = (bytes: Buffer): void => {
    seen.datagrams++
    try {
      take(readDatagram(bytes))
    } catch (error) {
      seen.rejected++
      // What else is thrown is a defect of ours; one datagram must not end the daemon for it.
      if (!(error instanceof MalformedRequest)) options.onFailure?.(error, 1)
    }
  }

  const end = async (): Promise<void> => {
    lastDrops = listeners && kernelDrops(port)
    await Promise.all([listeners?.udp.close(), listeners?.tcp.close()])
    listeners = undefined
    await batches.close()
  }

  return {
    start: async () => {
      listeners = await listenBoth(options, receive)
      port = listeners.udp.port
    },
    stop: () => {
      stopping ??= end()
      return stopping
    },
    counters: () => ({
      ...seen,
      ...batches.counters(),
      kernelDropped: listeners ? kernelDrops(port) : lastDrops,
      pending: batches.pending(),
    }),
    address: () => {
      const host = options.host ?? DAEMON_HOST
      return `${host.includes(':') ? `[${host}]` : host}:${port}`
    },
    discard: batches.discard,
    receive,
  }
}
