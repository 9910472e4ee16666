/** `node:http` servers. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { subscribe } from '../clients/subscribe.ts'
import { storage } from '../core/context.ts'
import { firstToWatch } from '../core/shared.ts'
import { begin } from './node-request.ts'
import type { ServerOptions } from './request.ts'

/**
 * A listener whose requests have segments.
 *
 * @example createServer(traced((request, response) => { … }, { name: 'model' }))
 */
export const traced =
  (listener: RequestListener, options: ServerOptions = {}): RequestListener =>
  (request, response) => {
    const entity = begin(request, response, options)
    if (entity) storage.run(entity, () => listener(request, response))
    else listener(request, response)
  }

/** Gives every request of every node:http and node:https server of this process a segment; once a process. */
export const watchHttpServers = (options: ServerOptions): void => {
  if (!firstToWatch('http-server')) return
  subscribe('http.server.request.start', message => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const entity = begin(request, response, options)
    // The channel is published right before the request's event, in the same turn.
    if (entity) storage.enterWith(entity)
  })
}
