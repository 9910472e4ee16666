/** OpenTelemetry spans that are X-Ray segments and subsegments. */
import {
  type Attributes,
  type AttributeValue,
  type Exception,
  type Link,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
} from '@opentelemetry/api'
import { recordException } from '../core/cause.ts'
import { detailsOf, type Entity } from '../core/entity.ts'
import { addMetadata } from '../core/handle.ts'
import { closeEntity } from '../core/recorder.ts'
import { type AttributeMap, applyAttributes } from './attributes.ts'
import { toOtelTraceId, toXRayTraceId } from './ids.ts'

/** Links of one segment. Source: X-Ray's trace linking. */
const MAX_LINKS = 20
/** Attributes and events of one span, OpenTelemetry's own default limit. */
const MAX_ITEMS = 128

/** A time of the OpenTelemetry API on the monotonic clock of a trace. */
export const monotonic = (time: TimeInput, anchor: number): number => {
  if (time instanceof Date) return time.getTime() - anchor
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6 - anchor
  // As OpenTelemetry has it: small numbers are performance.now().
  return time < performance.timeOrigin ? time : time - anchor
}

interface SpanEvent {
  readonly name: string
  readonly attributes: Attributes | undefined
}

/** A span on an entity; nothing is recorded where the trace is not sampled. */
export class EntitySpan implements Span {
  readonly entity: Entity
  readonly #kind: SpanKind
  readonly #indexAll: boolean
  readonly #attributes: AttributeMap = new Map()
  readonly #events: SpanEvent[] = []
  #failed: SpanStatus | undefined
  #ended = false

  constructor(entity: Entity, kind: SpanKind = SpanKind.INTERNAL, indexAll = false) {
    this.entity = entity
    this.#kind = kind
    this.#indexAll = indexAll
  }

  spanContext(): SpanContext {
    const { id, trace } = this.entity
    return {
      traceId: toOtelTraceId(trace.traceId),
      spanId: id,
      traceFlags: trace.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    }
  }

  isRecording(): boolean {
    return this.entity.trace.sampled && !this.#ended && this.entity.end === 0 && !this.entity.facade
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!this.isRecording() || value === undefined || value === null) return this
    if (this.#attributes.size < MAX_ITEMS || this.#attributes.has(key)) this.#attributes.set(key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined) this.setAttribute(key, value)
    }
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput): this {
    if (!this.isRecording() || this.#events.length >= MAX_ITEMS) return this
    const isTime =
      typeof attributesOrTime === 'number' ||
      attributesOrTime instanceof Date ||
      Array.isArray(attributesOrTime)
    this.#events.push({ name, attributes: isTime ? undefined : (attributesOrTime as Attributes | undefined) })
    return this
  }

  addLink(link: Link): this {
    if (!this.isRecording()) return this
    const details = detailsOf(this.entity)
    details.links ??= []
    if (details.links.length < MAX_LINKS) {
      details.links.push({
        trace_id: toXRayTraceId(link.context.traceId),
        id: link.context.spanId,
        ...(link.attributes && { attributes: link.attributes }),
      })
    }
    return this
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  setStatus(status: SpanStatus): this {
    if (this.isRecording()) this.#failed = status.code === SpanStatusCode.ERROR ? status : undefined
    return this
  }

  updateName(name: string): this {
    if (this.isRecording()) this.entity.name = name
    return this
  }

  recordException(exception: Exception): void {
    if (!this.isRecording()) return
    const remote = this.#kind === SpanKind.CLIENT || this.#kind === SpanKind.PRODUCER
    recordException(this.entity, exception, remote)
  }

  end(endTime?: TimeInput): void {
    if (this.#ended) return
    const recording = this.isRecording()
    this.#ended = true
    if (!recording) return
    const { entity } = this
    applyAttributes(entity, this.#kind, this.#attributes, this.#indexAll)
    if (this.#events.length > 0) addMetadata(entity, 'events', this.#events, 'otel')
    this.#applyStatus()
    if (endTime === undefined) closeEntity(entity)
    else closeEntity(entity, monotonic(endTime, entity.trace.anchor))
  }

  #applyStatus(): void {
    if (!this.#failed) return
    const details = detailsOf(this.entity)
    if (!details.error && !details.fault) details.fault = true
    const { message } = this.#failed
    if (message && !details.exceptions && !details.causeId)
      recordException(this.entity, new StatusError(message))
  }
}

/** A span's status message, as the exception that X-Ray wants in its place. */
class StatusError extends Error {
  override name = 'Error'

  constructor(message: string) {
    super(message)
    // Where the status was set says nothing about where the error was.
    this.stack = ''
  }
}
