/** Calls over node:http and node:https, by Node's own diagnostics channels. */
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Entity } from '../core/entity.ts'
import { closeEntity } from '../core/recorder.ts'
import { answerCall, failCall, type OutgoingOptions, openCall } from './outgoing.ts'
import { subscribe } from './subscribe.ts'

const text = (value: unknown): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value === undefined ? undefined : String(value)

const calls = new WeakMap<ClientRequest, Entity>()

const created = (request: ClientRequest, options: OutgoingOptions): void => {
  const entity = openCall(
    {
      protocol: request.protocol === 'https:' ? 'https:' : 'http:',
      method: request.method,
      host: text(request.getHeader('host')) ?? request.host,
      path: request.path,
      header: name => text(request.getHeader(name)),
      // Requests with headers as an array have sent them to their buffer already.
      setHeader: (name, value) => {
        if (!request.headersSent) request.setHeader(name, value)
      },
    },
    options,
  )
  if (!entity) return
  calls.set(request, entity)
  // Comes last in every case: after the response's end, an abort, an upgrade.
  request.once('close', () => closeEntity(entity))
}

/** Records what this process calls over node:http. */
export const watchHttpClient = (options: OutgoingOptions): void => {
  subscribe('http.client.request.created', message => {
    created((message as { request: ClientRequest }).request, options)
  })
  subscribe('http.client.response.finish', message => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage }
    const entity = calls.get(request)
    if (entity) answerCall(entity, response.statusCode ?? 0, name => text(response.headers[name]))
  })
  subscribe('http.client.request.error', message => {
    const { request, error } = message as { request: ClientRequest; error: unknown }
    const entity = calls.get(request)
    if (entity) failCall(entity, error)
  })
}
