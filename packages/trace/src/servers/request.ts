/** A request's segment, whatever the server. */
import { CUSTOM_ATTRIBUTES_HEADER, headerOfCustomAttributes } from '../clients/sagemaker.ts'
import { contentLength, flagStatus } from '../clients/status.ts'
import { recordException } from '../core/cause.ts'
import { detailsOf, type Entity } from '../core/entity.ts'
import { closeSegment, openSegment } from '../core/segment.ts'
import { settings } from '../core/settings.ts'
import { defaultSampler } from '../sampling/default-sampler.ts'
import type { Sampler } from '../sampling/sampler.ts'

/** What is read of a request. Names of headers are lower case. */
export interface ServerRequest {
  readonly method: string
  /** With the query, which is not recorded. */
  readonly path: string
  readonly scheme: 'http' | 'https'
  readonly remoteAddress: string | undefined
  readonly header: (name: string) => string | undefined
}

export interface ServerOptions {
  /**
   * Name of the segments: the service's node in the service graph. `AWS_XRAY_TRACING_NAME` beats it. Default: the
   * request's host.
   */
  readonly name?: string | ((request: ServerRequest) => string)
  /** The version of the service. */
  readonly version?: string
  /** The AWS resource that runs the code, such as `AWS::ECS::Container`; sampling rules match it as service type. */
  readonly origin?: string
  /** Decides where the caller has not. Default: central rules of the daemon, local ones where it cannot be asked. */
  readonly sampler?: Sampler
  /** Requests without a segment. Default: `GET /ping` without trace context, SageMaker's health check. */
  readonly ignore?: (request: ServerRequest) => boolean
}

/** The path without its query. */
export const pathOf = (path: string): string => path.split('?', 1)[0] || '/'

const isHealthCheck = (request: ServerRequest): boolean =>
  request.method === 'GET' && pathOf(request.path) === '/ping' && incomingHeader(request) === undefined

const incomingHeader = ({ header }: ServerRequest): string | undefined => {
  const own = header('x-amzn-trace-id')
  if (own) return own
  const attributes = header(CUSTOM_ATTRIBUTES_HEADER)
  return attributes ? headerOfCustomAttributes(attributes) : undefined
}

const nameOf = (request: ServerRequest, { name }: ServerOptions): string => {
  // The name that the segment gets, so that sampling rules are compared with it.
  const own = settings().tracingName ?? (typeof name === 'function' ? name(request) : name)
  return own ?? request.header('host') ?? 'server'
}

const requestBlock = (request: ServerRequest): Record<string, unknown> => {
  const forwarded = request.header('x-forwarded-for')?.split(',')[0]?.trim()
  const agent = request.header('user-agent')
  const client = forwarded || request.remoteAddress
  return {
    method: request.method,
    url: `${request.scheme}://${request.header('host') ?? 'localhost'}${pathOf(request.path)}`,
    ...(agent && { user_agent: agent }),
    ...(client && { client_ip: client }),
    ...(forwarded && { x_forwarded_for: true }),
  }
}

/** Opens a request's segment; `undefined` for requests that have none. */
export const beginRequest = (request: ServerRequest, options: ServerOptions): Entity | undefined => {
  if (!settings().enabled || (options.ignore ?? isHealthCheck)(request)) return undefined
  const name = nameOf(request, options)
  const sampler = options.sampler ?? defaultSampler()
  const entity = openSegment(name, {
    header: incomingHeader(request),
    sample: () =>
      sampler.sample({
        service: name,
        type: options.origin,
        host: request.header('host'),
        method: request.method,
        path: pathOf(request.path),
      }),
    origin: options.origin,
    version: options.version,
  })
  if (entity.trace.sampled) detailsOf(entity).http = { request: requestBlock(request) }
  return entity
}

/** `X-Amzn-Trace-Id` of the response: the trace's id and the decision. */
export const responseHeader = ({ trace }: Entity): string =>
  `Root=${trace.traceId};Sampled=${trace.sampled ? '1' : '0'}`

/** Records an exception that a request failed with. */
export const failRequest = (entity: Entity, error: unknown): void => {
  if (entity.trace.sampled && entity.end === 0) recordException(entity, error)
}

/** Ends a request's segment. `status` is `undefined` where no head of a response was sent. */
export const endRequest = (entity: Entity, status: number | undefined, length?: unknown): void => {
  if (!entity.trace.sampled || entity.end !== 0) return
  const details = detailsOf(entity)
  if (status !== undefined) {
    flagStatus(details, status)
    const bytes = contentLength(length)
    details.http = {
      ...details.http,
      response: { status, ...(bytes !== undefined && { content_length: bytes }) },
    }
  }
  closeSegment(entity)
}
