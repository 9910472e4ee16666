/** Hono, on Node and wherever its requests are standard. */
import type { IncomingMessage } from 'node:http'
import { storage } from '../core/context.ts'
import type { Entity } from '../core/entity.ts'
import { TRACE_HEADER } from '../core/trace-header.ts'
import { segmentOf } from './node-request.ts'
import { beginRequest, endRequest, failRequest, responseHeader, type ServerOptions } from './request.ts'

export type { ServerOptions, ServerRequest } from './request.ts'

/** What is used of Hono's context. */
export interface HonoContext {
  readonly req: {
    readonly method: string
    readonly url: string
    header(name: string): string | undefined
  }
  readonly env: unknown
  readonly error: Error | undefined
  readonly res: Response
  header(name: string, value: string): void
}

const incoming = (env: unknown): IncomingMessage | undefined =>
  (env as { readonly incoming?: IncomingMessage } | undefined)?.incoming

const open = (context: HonoContext, options: ServerOptions): Entity | undefined => {
  const url = new URL(context.req.url)
  return beginRequest(
    {
      method: context.req.method,
      path: url.pathname,
      scheme: url.protocol === 'https:' ? 'https' : 'http',
      remoteAddress: incoming(context.env)?.socket?.remoteAddress,
      header: name => context.req.header(name) ?? (name === 'host' ? url.host : undefined),
    },
    options,
  )
}

/**
 * Middleware that gives each request a segment, from here until the response is made; a streamed body is not waited for.
 *
 * @example app.use(tracing({ name: 'flight-delay' }))
 */
export const tracing =
  (options: ServerOptions = {}) =>
  async (context: HonoContext, next: () => Promise<void>): Promise<void> => {
    const message = incoming(context.env)
    const known = message && segmentOf(message)
    const entity = known ?? open(context, options)
    if (!entity) return next()
    try {
      await storage.run(entity, next)
    } finally {
      // Hono turns exceptions into responses and keeps them here.
      if (context.error) failRequest(entity, context.error)
      if (!known) {
        context.header(TRACE_HEADER, responseHeader(entity))
        endRequest(entity, context.res.status, context.res.headers.get('content-length') ?? undefined)
      }
    }
  }
