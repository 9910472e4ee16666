/** Express 4 and 5, Connect, and what takes their middleware. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { storage } from '../core/context.ts'
import { begin, segmentOf } from './node-request.ts'
import { failRequest, type ServerOptions } from './request.ts'

export type { ServerOptions, ServerRequest } from './request.ts'

type Next = (error?: unknown) => void

/**
 * Middleware that gives each request a segment. Comes first.
 *
 * @example app.use(tracing({ name: 'flight-delay' }))
 */
export const tracing =
  (options: ServerOptions = {}) =>
  (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    const entity = begin(request, response, options)
    if (entity) storage.run(entity, () => next())
    else next()
  }

/**
 * Error middleware that records the exception on the request's segment and passes it on. Comes after the routes, before
 * other error middleware.
 */
export const tracingErrors =
  () =>
  (error: unknown, request: IncomingMessage, _response: ServerResponse, next: Next): void => {
    const entity = segmentOf(request)
    if (entity) failRequest(entity, error)
    next(error)
  }
