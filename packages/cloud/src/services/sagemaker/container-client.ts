import { Agent, request as httpRequest, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'

/** What a container answered, whatever its status. */
export interface ContainerResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Why there is no (whole) answer. */
export type ContainerFailureReason =
  /** Nobody listens: the request never reached the container. */
  | 'refused'
  /** The connection broke, or what came over it was no HTTP. */
  | 'connection'
  | 'timeout'
  | 'oversize'

export class ContainerFailure extends Error {
  override readonly name = 'ContainerFailure' as const
  readonly reason: ContainerFailureReason
  /** The status that came before the answer broke off; 0 where there was none. */
  readonly status: number

  constructor(reason: ContainerFailureReason, message: string, status = 0, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    this.status = status
  }
}

export interface ContainerRequest {
  readonly method: 'GET' | 'POST'
  readonly path: '/ping' | '/invocations'
  readonly headers?: OutgoingHttpHeaders
  readonly body?: Uint8Array
  /** Milliseconds of real time until the whole answer must be there. */
  readonly timeout: number
  /** Bytes of the answer's body. */
  readonly limit: number
}

/**
 * Idle connections are closed after this time: some servers (gunicorn's threads: 2 s) close theirs soon and give no
 * `Keep-Alive` hint, which Node's agent would follow by itself.
 */
const IDLE_CONNECTION = 1_500

/** HTTP/1.1 to one container process, over connections that are kept. */
export class ContainerClient {
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: IDLE_CONNECTION })

  constructor(port: number) {
    this.#port = port
  }

  /** @throws ContainerFailure */
  async send(request: ContainerRequest): Promise<ContainerResponse> {
    const answer = await this.#attempt(request)
    if (answer !== 'stale') return answer
    const lost = (cause?: unknown) =>
      new ContainerFailure('connection', 'the connection was closed before an answer', 0, { cause })
    try {
      const second = await this.#attempt(request)
      if (second !== 'stale') return second
    } catch (error) {
      // The first attempt may have reached the container, and ended it.
      throw error instanceof ContainerFailure && error.reason === 'refused' ? lost(error) : error
    }
    throw lost()
  }

  /** Closes the connections that are idle. Those in use end with their answers. */
  close(): void {
    for (const sockets of Object.values(this.#agent.freeSockets)) {
      for (const socket of sockets ?? []) socket.destroy()
    }
  }

  /** `stale`: the server closed a kept connection while this request was on its way, before any byte of an answer. */
  #attempt(request: ContainerRequest): Promise<ContainerResponse | 'stale'> {
    return new Promise((resolve, reject) => {
      let status = 0
      const outgoing = httpRequest({
        agent: this.#agent,
        host: '127.0.0.1',
        port: this.#port,
        method: request.method,
        path: request.path,
        ...(request.headers && { headers: request.headers }),
      })
      const timer = setTimeout(() => {
        fail(new ContainerFailure('timeout', `no answer within ${request.timeout} ms`, status))
      }, request.timeout)
      const fail = (failure: ContainerFailure): void => {
        clearTimeout(timer)
        outgoing.destroy()
        reject(failure)
      }
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
        if (closed && outgoing.reusedSocket && status === 0) {
          clearTimeout(timer)
          resolve('stale')
        } else {
          const reason = error.code === 'ECONNREFUSED' ? 'refused' : 'connection'
          fail(new ContainerFailure(reason, error.message, status, { cause: error }))
        }
      })
      outgoing.on('response', response => {
        status = response.statusCode ?? 0
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > request.limit) {
            fail(new ContainerFailure('oversize', `the answer has more than ${request.limit} bytes`, status))
          } else chunks.push(chunk)
        })
        response.on('end', () => {
          clearTimeout(timer)
          resolve({
            status,
            headers: response.headers,
            body: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, size),
          })
        })
        response.on('error', error => {
          fail(new ContainerFailure('connection', error.message, status, { cause: error }))
        })
      })
      outgoing.end(request.body)
    })
  }
}
