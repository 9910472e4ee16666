/** `X-Amzn-Trace-Id` for OpenTelemetry's propagation API. */
import {
  type Context,
  isSpanContextValid,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { formatTraceHeader, parseTraceHeader } from '../core/trace-header.ts'
import { toOtelTraceId, toXRayTraceId } from './ids.ts'
import { EntitySpan } from './span.ts'

/** As OpenTelemetry's own X-Ray propagator spells it. */
const FIELD = 'x-amzn-trace-id'

export class XRayPropagator implements TextMapPropagator {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const span = trace.getSpan(context)
    const spanContext = span?.spanContext()
    if (!spanContext || !isSpanContextValid(spanContext)) return
    const { traceId, spanId, traceFlags } = spanContext
    const extra = span instanceof EntitySpan ? span.entity.trace.extra : ''
    setter.set(
      carrier,
      FIELD,
      formatTraceHeader(toXRayTraceId(traceId), spanId, (traceFlags & 1) === 1, extra),
    )
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const value = getter.get(carrier, FIELD)
    const header = parseTraceHeader((Array.isArray(value) ? value[0] : value) ?? '')
    if (header.root === undefined || header.parent === undefined || typeof header.sampled !== 'boolean')
      return context
    return trace.setSpanContext(context, {
      traceId: toOtelTraceId(header.root),
      spanId: header.parent,
      traceFlags: header.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      isRemote: true,
    })
  }

  fields(): string[] {
    return [FIELD]
  }
}
