/** `node:http` servers, and how servers sample: `@sonde/trace/http`. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { subscribe } from '../clients/subscribe.ts'
import { storage } from '../core/context.ts'
import { firstToWatch } from '../core/shared.ts'
import { begin } from './node-request.ts'
import type { ServerOptions } from './request.ts'

export { type CentralSamplingOptions, centralSampler } from '../sampling/default-sampler.ts'
export { localSampler, SamplingFileError } from '../sampling/local.ts'
export type { Sampler, SamplingDecision, SamplingRequest } from '../sampling/sampler.ts'
export type { ServerOptions, ServerRequest } from './request.ts'

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

/**
 * Gives every request of every node:http and node:https server of this process a segment, whatever framework is on top.
 * Once a process; later calls change nothing.
 *
 * @example traceServers({ name: 'flight-delay' })
 */
export const traceServers = (options: ServerOptions = {}): void => {
  if (!firstToWatch('http-server')) return
  subscribe('http.server.request.start', message => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse }
    const entity = begin(request, response, options)
    // The channel is published right before the request's event, in the same turn.
    if (entity) storage.enterWith(entity)
  })
}
