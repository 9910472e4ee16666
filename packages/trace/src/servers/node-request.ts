/** Segments for requests of node:http, on which the other servers stand. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { storage } from '../core/context.ts'
import type { Entity } from '../core/entity.ts'
import { shared } from '../core/shared.ts'
import { TRACE_HEADER } from '../core/trace-header.ts'
import {
  beginRequest,
  endRequest,
  responseHeader,
  type ServerOptions,
  type ServerRequest,
} from './request.ts'

const describe = (message: IncomingMessage): ServerRequest => ({
  method: message.method ?? 'GET',
  path: message.url ?? '/',
  scheme: 'encrypted' in message.socket ? 'https' : 'http',
  remoteAddress: message.socket.remoteAddress,
  header: name => {
    const value = message.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  },
})

/** Body events come from the socket, outside of the request's context: this brings them in. */
const bindEvents = (message: IncomingMessage, entity: Entity): void => {
  const { emit } = message
  message.emit = function (this: IncomingMessage, ...args: Parameters<typeof emit>): boolean {
    return storage.run(entity, () => emit.apply(this, args))
  } as typeof emit
}

/** The segment of a request that has one already. */
export const segmentOf = (message: IncomingMessage): Entity | undefined => shared.requests.get(message)

/**
 * Opens the segment of a request and ends it with the response. `undefined` where the request has none, or has one
 * already: several adapters may see one request.
 */
export const begin = (
  message: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
): Entity | undefined => {
  if (shared.requests.has(message)) return undefined
  const entity = beginRequest(describe(message), options)
  if (!entity) return undefined
  shared.requests.set(message, entity)
  bindEvents(message, entity)
  if (!response.headersSent) response.setHeader(TRACE_HEADER, responseHeader(entity))
  // Emitted once for every response, finished or cut off.
  response.once('close', () => {
    endRequest(
      entity,
      response.headersSent ? response.statusCode : undefined,
      response.getHeader('content-length'),
    )
  })
  return entity
}
