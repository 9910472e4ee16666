import { createServer, type Server, type Socket } from 'node:net'
import { MAXIMUM_RESPONSE_BYTES } from '../limits.ts'
import { HttpFormatError, HttpRequestReader, type RuntimeRequest } from './http-request.ts'

const PREFIX = '/2018-06-01/runtime/'
const NEXT = `${PREFIX}invocation/next`
const INVOCATION = `${PREFIX}invocation/`
const INIT_ERROR = `${PREFIX}init/error`
/** Bodies up to this size travel in one buffer with their head; above it copying costs more than a second write. */
const COPIED_BODY = 32 * 1024

/** What a runtime's call did: accepted, or one of the Runtime API's refusals. */
export type RuntimeAnswer = 'accepted' | 'invalid-request-id' | 'invalid-state' | 'too-large'

/** What the environment does with the calls of its runtime. */
export interface RuntimeApiHandler {
  /** The runtime waits for an invocation; {@link RuntimeApi.send} wakes it. */
  onNext(): 'waiting' | 'invalid-state'
  onResponse(requestId: string, body: Buffer, tooLarge: boolean): RuntimeAnswer
  /** The handler failed; `body` is the runtime's error document. */
  onError(requestId: string, errorType: string | undefined, body: Buffer): RuntimeAnswer
  onInitError(errorType: string | undefined, body: Buffer): RuntimeAnswer
  /** The connection on which the runtime waited for an invocation has gone. */
  onLost(): void
}

/** An invocation as the runtime gets it. */
export interface RuntimeEvent {
  readonly requestId: string
  /** ms since the epoch, in real time. */
  readonly deadline: number
  readonly invokedFunctionArn: string
  readonly traceHeader: string
  /** JSON text. */
  readonly clientContext: string | undefined
  readonly payload: Uint8Array
}

const answer = (status: string, body: string, close = false): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${close ? 'Connection: close\r\n' : ''}\r\n${body}`
const failure = (status: string, errorType: string, errorMessage: string, close = false): string =>
  answer(status, JSON.stringify({ errorMessage, errorType }), close)

const ANSWERS: Readonly<Record<RuntimeAnswer, string>> = {
  accepted: answer('202 Accepted', '{"status":"OK"}\n'),
  'invalid-request-id': failure('400 Bad Request', 'InvalidRequestID', 'Invalid request ID'),
  'invalid-state': failure('403 Forbidden', 'InvalidStateTransition', 'State transition is not allowed'),
  'too-large': failure(
    '413 Content Too Large',
    'RequestEntityTooLarge',
    `Exceeded maximum allowed payload size (${MAXIMUM_RESPONSE_BYTES} bytes).`,
  ),
}
const NOT_FOUND = failure('404 Not Found', 'NotFound', 'Sonde serves /2018-06-01/runtime/ only.')
const STREAMING = failure(
  '501 Not Implemented',
  'NotImplemented',
  'Response streaming (Lambda-Runtime-Function-Response-Mode: streaming) is not implemented by Sonde.',
)

/** A header's value, with what would end the line taken out. */
const headerValue = (text: string): string => text.replace(/[^\t\x20-\x7e]/g, '?')

/**
 * The Lambda Runtime API for one execution environment, on a loopback port of its own, because runtimes know it by
 * `host:port` alone. Raw sockets: an invocation is one read and one write here, where Node's HTTP server needs several
 * times that.
 */
export class RuntimeApi {
  readonly #handler: RuntimeApiHandler
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** The connection whose `next` is open, and the bytes that wait to go out with the event. */
  #waiting: Socket | undefined
  #held = ''

  constructor(handler: RuntimeApiHandler) {
    this.#handler = handler
    this.#server = createServer({ noDelay: true }, socket => this.#accept(socket))
  }

  /** Resolves with the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host: '127.0.0.1', port: 0, backlog: 16 }, () => {
        const address = this.#server.address()
        if (address === null || typeof address === 'string') reject(new Error('no port'))
        else resolve(address.port)
      })
    })
  }

  close(): void {
    this.#server.close()
    this.disconnect()
  }

  /** Ends all connections, as when the process behind them is to be replaced. */
  disconnect(): void {
    this.#waiting = undefined
    this.#held = ''
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
  }

  /** Answers the open `next`. Only to be called after `onNext` and before the next one. */
  send(event: RuntimeEvent): void {
    const socket = this.#waiting
    if (!socket) return
    this.#waiting = undefined
    const { payload } = event
    const context =
      event.clientContext === undefined
        ? ''
        : `Lambda-Runtime-Client-Context: ${headerValue(event.clientContext)}\r\n`
    const head = `${this.#held}HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: ${event.requestId}\r\nLambda-Runtime-Deadline-Ms: ${event.deadline}\r\nLambda-Runtime-Invoked-Function-Arn: ${event.invokedFunctionArn}\r\nLambda-Runtime-Trace-Id: ${headerValue(event.traceHeader)}\r\n${context}Content-Length: ${payload.length}\r\n\r\n`
    this.#held = ''
    if (payload.length > COPIED_BODY) {
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(payload)
      socket.uncork()
      return
    }
    const message = Buffer.allocUnsafe(head.length + payload.length)
    message.write(head, 'latin1')
    message.set(payload, head.length)
    socket.write(message)
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    const reader = new HttpRequestReader(MAXIMUM_RESPONSE_BYTES, () =>
      socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
    )
    // A user's process may do anything to its connection; what it breaks is its own.
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#sockets.delete(socket)
      if (this.#waiting !== socket) return
      this.#waiting = undefined
      this.#held = ''
      this.#handler.onLost()
    })
    socket.on('data', (chunk: Buffer) => {
      reader.push(chunk)
      try {
        this.#answer(socket, reader)
      } catch (error) {
        if (!(error instanceof HttpFormatError)) throw error
        socket.end(failure('400 Bad Request', 'InvalidRequest', error.message, true))
      }
    })
  }

  #answer(socket: Socket, reader: HttpRequestReader): void {
    let out = ''
    for (let request = reader.read(); request; request = reader.read()) {
      if (request.path === NEXT && request.method === 'GET') {
        if (this.#waiting || this.#handler.onNext() === 'invalid-state') out += ANSWERS['invalid-state']
        else {
          // What is still to be said goes out with the event: the client has asked for it without waiting.
          this.#waiting = socket
          this.#held = out
          out = ''
        }
      } else out += this.#call(request)
      if (request.close && this.#waiting !== socket) {
        socket.end(out, 'latin1')
        return
      }
    }
    if (out !== '') socket.write(out, 'latin1')
  }

  #call(request: RuntimeRequest): string {
    const { path } = request
    if (request.method !== 'POST' || !path.startsWith(PREFIX)) return NOT_FOUND
    if (path === INIT_ERROR) return ANSWERS[this.#handler.onInitError(request.errorType, request.body)]
    if (!path.startsWith(INVOCATION)) return NOT_FOUND
    const slash = path.indexOf('/', INVOCATION.length)
    const requestId = path.slice(INVOCATION.length, slash)
    switch (path.slice(slash)) {
      case '/response':
        if (request.streaming) return STREAMING
        return ANSWERS[this.#handler.onResponse(requestId, request.body, request.tooLarge)]
      case '/error':
        return ANSWERS[this.#handler.onError(requestId, request.errorType, request.body)]
      default:
        return NOT_FOUND
    }
  }
}
