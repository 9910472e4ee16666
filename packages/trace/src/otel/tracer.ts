/** The tracer that libraries instrumented with OpenTelemetry get. */
import {
  type Context,
  context as contextApi,
  type Span,
  SpanKind,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
  trace as traceApi,
} from '@opentelemetry/api'
import { active } from '../core/context.ts'
import { type Entity, newRoot, openChild } from '../core/entity.ts'
import { openSegment } from '../core/segment.ts'
import { settings } from '../core/settings.ts'
import { formatTraceHeader } from '../core/trace-header.ts'
import { defaultSampler } from '../sampling/default-sampler.ts'
import type { Sampler } from '../sampling/sampler.ts'
import { toXRayTraceId } from './ids.ts'
import { EntitySpan, monotonic } from './span.ts'
import { registerSpan } from './span-registry.ts'

export interface TracerOptions {
  /** Name of the segments of servers. Default: `AWS_XRAY_TRACING_NAME`, `OTEL_SERVICE_NAME`, else the span's name. */
  readonly serviceName?: string
  /** Decides on spans without a parent. Default: the same as for servers. */
  readonly sampler?: Sampler
  /** All attributes become annotations, not only those that `aws.xray.annotations` lists. Default: false. */
  readonly indexAllAttributes?: boolean
}

/** Attributes that sampling rules match, newest convention first. */
const PATH = ['url.path', 'http.target'] as const
const HOST = ['server.address', 'http.host'] as const
const METHOD = ['http.request.method', 'http.method'] as const

const attribute = (options: SpanOptions, names: readonly string[]): string | undefined => {
  for (const name of names) {
    const value = options.attributes?.[name]
    if (typeof value === 'string') return value
  }
  return undefined
}

/** What a span is opened under: one of our entities, a remote caller's header, or nothing. */
interface Parent {
  readonly entity: Entity | undefined
  readonly header: string | undefined
}

const parentOf = (options: SpanOptions, context: Context): Parent => {
  const span = options.root ? undefined : traceApi.getSpan(context)
  if (span instanceof EntitySpan) return { entity: span.entity, header: undefined }
  if (span) {
    const { traceId, spanId, traceFlags } = span.spanContext()
    const header = formatTraceHeader(toXRayTraceId(traceId), spanId, (traceFlags & 1) === 1, '')
    return { entity: undefined, header }
  }
  // In Lambda the segment is Lambda's own.
  const facade = settings().inLambda && !options.root ? active() : undefined
  return { entity: facade, header: undefined }
}

const openRoot = (
  name: string,
  kind: SpanKind,
  options: SpanOptions,
  header: string | undefined,
  own: TracerOptions,
): Entity => {
  const service = own.serviceName ?? process.env.OTEL_SERVICE_NAME
  const label = kind === SpanKind.SERVER || kind === SpanKind.CONSUMER ? (service ?? name) : name
  return openSegment(label, {
    header,
    sample: () =>
      (own.sampler ?? defaultSampler()).sample({
        service: settings().tracingName ?? service ?? name,
        host: attribute(options, HOST),
        method: attribute(options, METHOD),
        path: attribute(options, PATH)?.split('?', 1)[0],
      }),
  })
}

/** Below a request that is not sampled everything has that request's entity: nothing is recorded, the header stays. */
const unrecorded = (parent: Entity): Entity => newRoot(parent.trace, parent.name, parent.segment)

class EntityTracer implements Tracer {
  readonly #options: TracerOptions

  constructor(options: TracerOptions) {
    this.#options = options
  }

  startSpan(name: string, options: SpanOptions = {}, context: Context = contextApi.active()): Span {
    const kind = options.kind ?? SpanKind.INTERNAL
    const { entity: parent, header } = parentOf(options, context)
    const entity = !parent
      ? openRoot(name, kind, options, header, this.#options)
      : parent.trace.sampled && settings().enabled
        ? openChild(parent, name)
        : unrecorded(parent)
    const span = registerSpan(new EntitySpan(entity, kind, this.#options.indexAllAttributes))
    if (options.startTime !== undefined) entity.start = monotonic(options.startTime, entity.trace.anchor)
    if (options.attributes) span.setAttributes(options.attributes)
    if (options.links) span.addLinks(options.links)
    return span
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
    const fn = rest.pop() as F
    const [options, given] = rest as [SpanOptions | undefined, Context | undefined]
    const context = given ?? contextApi.active()
    const span = this.startSpan(name, options, context)
    return contextApi.with(traceApi.setSpan(context, span), () => fn(span)) as ReturnType<F>
  }
}

/** Gives every library the same tracer. */
export class EntityTracerProvider implements TracerProvider {
  readonly #tracer: Tracer

  constructor(options: TracerOptions = {}) {
    this.#tracer = new EntityTracer(options)
  }

  getTracer(): Tracer {
    return this.#tracer
  }
}
