/** The way to the daemon: one connected UDP socket, made at the first document. Never throws, never waits. */
import type { Socket, SocketOptions } from 'node:dgram'
import { type Endpoint, InvalidDaemonAddressError, parseDaemonAddress } from './daemon-address.ts'
import { log, settings } from './settings.ts'

/** First line of each datagram. Source: the daemon's intake. */
const HEADER = '{"format":"json","version":1}\n'

/** Bytes that may wait in the socket; beyond, documents are dropped and counted. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

/** What became of the documents of this process. */
export interface Emitted {
  /** Documents handed to the operating system. */
  readonly sent: number
  /** Documents or entities lost: nobody listening, the queue full, or too large. */
  readonly dropped: number
}

let socket: Socket | undefined
/** Whether it was said that the address cannot be read: once is enough. */
let addressReported = false
let connected = false
let sent = 0
let dropped = 0
let waitingBytes = 0
let unanswered = 0
let idle: (() => void)[] = []

/** Counts losses. */
export const drop = (count: number, why: string): void => {
  if (count <= 0) return
  dropped += count
  log('debug', `dropped ${count}: ${why}`)
}

/** The counters of this process. */
export const emitted = (): Emitted => ({ sent, dropped })

/** An address needs no resolver; with a lookup that answers at once the socket connects within the call. */
const lookupOf = ({ host }: Endpoint): SocketOptions['lookup'] => {
  const v6 = host.includes(':')
  if (!v6 && !/^[\d.]+$/.test(host)) return undefined
  const any = v6 ? '::' : '0.0.0.0'
  return (name, _options, callback) => callback(null, name || any, v6 ? 6 : 4)
}

const open = (): Socket => {
  const { udp } = parseDaemonAddress(settings().daemonAddress)
  const lookup = lookupOf(udp)
  // Loaded here, not at import: a function that is not sampled never pays for it.
  const dgram = process.getBuiltinModule('node:dgram')
  const made = dgram.createSocket({
    type: udp.host.includes(':') ? 'udp6' : 'udp4',
    ...(lookup && { lookup }),
  })
  made.unref()
  made.on('error', error => log('debug', `socket: ${error.message}`))
  // Called for a host that has no address too: then the socket is of no use.
  made.connect(udp.port, udp.host, ((error?: Error) => {
    if (socket !== made) return
    if (error) giveUp(error)
    else {
      connected = true
      flushWaiting()
    }
  }) as () => void)
  return made
}

/** After a failure to connect the next try comes no sooner, in milliseconds. */
const RETRY_MS = 5000
let retryAt = 0

const giveUp = (error: Error): void => {
  closeEmitter()
  retryAt = Date.now() + RETRY_MS
  const documents = waiting
  waiting = []
  drop(documents.length, error.message)
  for (const document of documents) settle(document.length)
}

let waiting: string[] = []

const flushWaiting = (): void => {
  const documents = waiting
  waiting = []
  for (const document of documents) write(document)
}

const settle = (bytes: number): void => {
  waitingBytes -= bytes
  unanswered--
  if (unanswered > 0) return
  const callbacks = idle
  idle = []
  for (const callback of callbacks) callback()
}

const write = (document: string): void => send(document, Buffer.from(HEADER + document), true)

const send = (document: string, datagram: Buffer, again: boolean): void => {
  if (!socket) {
    drop(1, 'the socket was closed')
    settle(document.length)
    return
  }
  const done = (error: Error | null): void => {
    // A refusal reports on the datagram before: this one was not sent at all, and the daemon may be back.
    if (again && (error as NodeJS.ErrnoException | null)?.code === 'ECONNREFUSED') {
      send(document, datagram, false)
      return
    }
    if (error) drop(1, error.message)
    else sent++
    settle(document.length)
  }
  try {
    socket.send(datagram, done)
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)))
  }
}

/** Sends one document. Losses are counted ({@link emitted}) and never reach the caller. */
export const emit = (document: string): void => {
  if (waitingBytes > MAX_WAITING_BYTES) {
    drop(1, 'too many bytes wait in the socket')
    return
  }
  waitingBytes += document.length
  unanswered++
  try {
    if (!socket && Date.now() < retryAt) throw new Error('the daemon has no address')
    socket ??= open()
    if (connected) write(document)
    else waiting.push(document)
  } catch (error) {
    if (error instanceof InvalidDaemonAddressError && !addressReported) {
      addressReported = true
      log('error', error.message)
    }
    drop(1, error instanceof Error ? error.message : String(error))
    settle(document.length)
  }
}

/** A resolver may take long over the daemon's host; the app does not wait for it longer than this. */
const MAX_WAIT_MS = 500

/** Resolves when the operating system has taken, or refused, all that was sent so far; within half a second anyway. */
export const settled = (): Promise<void> =>
  unanswered === 0
    ? Promise.resolve()
    : new Promise(resolve => {
        const timer = setTimeout(resolve, MAX_WAIT_MS)
        idle.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })

/** Closes the socket; the next document opens another, at the address that the settings say then. */
export const closeEmitter = (): void => {
  try {
    socket?.close()
  } catch {
    // Closed already.
  }
  socket = undefined
  connected = false
  retryAt = 0
}
