/** Calls of `fetch` and of undici, by undici's diagnostics channels; the same for Node's own copy and an installed one. */
import type { Entity } from '../core/entity.ts'
import { closeEntity } from '../core/recorder.ts'
import { answerCall, failCall, type OutgoingOptions, openCall } from './outgoing.ts'
import { subscribe } from './subscribe.ts'

interface UndiciRequest {
  readonly origin?: string | URL
  readonly method: string
  readonly path: string
  /** Names and values in turn; in older versions one text of lines. */
  readonly headers: readonly unknown[] | string
  addHeader(name: string, value: string): void
}

const words = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value))

const fromPairs = (headers: readonly unknown[], name: string): string | undefined => {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (words(headers[index]).toLowerCase() === name) return words(headers[index + 1])
  }
  return undefined
}

const fromLines = (headers: string, name: string): string | undefined =>
  headers
    .split('\r\n')
    .find(line => line.toLowerCase().startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim()

const readHeader = (headers: readonly unknown[] | string | undefined, name: string): string | undefined => {
  if (typeof headers === 'string') return fromLines(headers, name)
  return Array.isArray(headers) ? fromPairs(headers, name) : undefined
}

const calls = new WeakMap<object, Entity>()

const created = (request: UndiciRequest, options: OutgoingOptions): void => {
  const origin = new URL(String(request.origin))
  const entity = openCall(
    {
      protocol: origin.protocol === 'https:' ? 'https:' : 'http:',
      method: request.method,
      host: origin.host,
      path: request.path,
      header: name => readHeader(request.headers, name),
      setHeader: (name, value) => request.addHeader(name, value),
    },
    options,
  )
  if (entity) calls.set(request, entity)
}

/** Records what this process calls with `fetch` and undici. */
export const watchUndici = (options: OutgoingOptions): void => {
  subscribe('undici:request:create', message =>
    created((message as { request: UndiciRequest }).request, options),
  )
  subscribe('undici:request:headers', message => {
    const { request, response } = message as {
      request: object
      response: { statusCode: number; headers: readonly unknown[] }
    }
    const entity = calls.get(request)
    if (entity) answerCall(entity, response.statusCode, name => readHeader(response.headers, name))
  })
  subscribe('undici:request:trailers', message => {
    const entity = calls.get((message as { request: object }).request)
    if (entity) closeEntity(entity)
  })
  subscribe('undici:request:error', message => {
    const { request, error } = message as { request: object; error: unknown }
    const entity = calls.get(request)
    if (entity) failCall(entity, error)
  })
}
