/** Which span stands for which entity. */
import type { Span } from '@opentelemetry/api'
import { type Entity, newRoot, newTrace } from '../core/entity.ts'
import { toXRayTraceId } from './ids.ts'
import { EntitySpan } from './span.ts'

const spans = new WeakMap<Entity, EntitySpan>()
const foreign = new WeakMap<Span, Entity>()

/** The span of an entity; captures have one when somebody asks. */
export const spanOf = (entity: Entity): EntitySpan => {
  let span = spans.get(entity)
  if (!span) {
    span = new EntitySpan(entity)
    spans.set(entity, span)
  }
  return span
}

/** Makes a span the one of its entity. */
export const registerSpan = (span: EntitySpan): EntitySpan => {
  spans.set(span.entity, span)
  return span
}

/** The entity of a span. A span of somebody else's (a remote caller's) gets a stand-in that captures can nest under. */
export const entityOf = (span: Span): Entity | undefined => {
  if (span instanceof EntitySpan) return span.entity
  const known = foreign.get(span)
  if (known) return known
  const context = span.spanContext()
  if (/^0*$/.test(context.traceId)) return undefined
  const trace = newTrace(toXRayTraceId(context.traceId), (context.traceFlags & 1) === 1)
  const entity = newRoot(trace, 'remote', undefined, context.spanId)
  foreign.set(span, entity)
  return entity
}
