import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AccessRules, refusal } from './security.ts'

export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>

export interface HttpServer {
  /** Where it listens, such as `http://127.0.0.1:4566`. */
  readonly url: string
  readonly port: number
  /** Stops accepting, lets running requests end for `grace` real milliseconds, then breaks them. */
  close(grace?: number): Promise<void>
}

export interface HttpServerOptions {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
  readonly rules: AccessRules
  readonly handler: HttpHandler
  /** What the port is for and which flag changes it: printed when it is taken. */
  readonly purpose: string
  readonly flag: string
}

/** A port that we cannot listen on, in words for the terminal. */
export class PortUnavailableError extends Error {
  override readonly name = 'PortUnavailableError' as const
}

const listenError = (error: NodeJS.ErrnoException, options: HttpServerOptions): Error => {
  const where = `${options.host}:${options.port}`
  if (error.code === 'EADDRINUSE') {
    return new PortUnavailableError(
      `${where} (${options.purpose}) is in use. Stop what listens there, or choose another with ${options.flag}.`,
      { cause: error },
    )
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return new PortUnavailableError(
      `Cannot listen on ${where} (${options.purpose}): ${error.code}. Choose another with ${options.flag}.`,
      { cause: error },
    )
  }
  return error
}

/** Answers what no protocol has a form for. */
export const answerJson = (response: ServerResponse, status: number, value: unknown): void => {
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

const listen = (server: Server, options: HttpServerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', error => reject(listenError(error, options)))
    server.listen(options.port, options.host, resolve)
  })

/**
 * Listens on loopback, refuses what {@link refusal} refuses and keeps a failing handler from ending the process.
 *
 * @throws PortUnavailableError in one line that says what to change
 */
export const startHttpServer = async (options: HttpServerOptions): Promise<HttpServer> => {
  const { rules, handler } = options
  const server = createServer({ keepAliveTimeout: 65_000, maxHeaderSize: 64 * 1024 }, (request, response) => {
    const reason = refusal(request.headers, rules)
    if (reason !== undefined) {
      request.resume()
      answerJson(response, 403, { message: reason })
      return
    }
    // The handlers answer their own errors; what comes here cannot be answered any more.
    const abandon = (): void => void response.destroy()
    try {
      handler(request, response)?.catch(abandon)
    } catch {
      abandon()
    }
  })
  // Predictions take up to 29 s, uploads longer; Node's default of 300 s for a whole request stays.
  server.requestTimeout = 300_000
  await listen(server, options)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    close: async (grace = 1_000) => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), grace)
      await closed
      clearTimeout(timer)
    },
  }
}
