/** Fastify 4 and 5. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { storage } from '../core/context.ts'
import { begin, segmentOf } from './node-request.ts'
import { failRequest, type ServerOptions } from './request.ts'

export type { ServerOptions, ServerRequest } from './request.ts'

interface Request {
  readonly raw: IncomingMessage
}

interface Reply {
  readonly raw: ServerResponse
}

type Done = (error?: Error) => void

/** What is used of a Fastify instance. */
export interface FastifyLike {
  addHook(
    name: 'onRequest' | 'preValidation',
    hook: (request: Request, reply: Reply, done: Done) => void,
  ): unknown
  addHook(
    name: 'onError',
    hook: (request: Request, reply: Reply, error: Error, done: () => void) => void,
  ): unknown
}

const plugin = (fastify: FastifyLike, options: ServerOptions, ready: Done): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    const entity = begin(request.raw, reply.raw, options)
    if (entity) storage.run(entity, done)
    else done()
  })
  // The body was read in between, in the socket's context.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const entity = segmentOf(request.raw)
    if (entity) storage.run(entity, done)
    else done()
  })
  fastify.addHook('onError', (request, _reply, error, done) => {
    const entity = segmentOf(request.raw)
    if (entity) failRequest(entity, error)
    done()
  })
  ready()
}

/**
 * The plugin, for the whole server.
 *
 * @example await app.register(tracing, { name: 'flight-delay' })
 */
export const tracing: typeof plugin = Object.assign(plugin, {
  // Fastify's own convention for plugins whose hooks hold outside of their scope.
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: '@sonde/trace',
})
