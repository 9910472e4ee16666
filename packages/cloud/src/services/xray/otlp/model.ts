/** What OTLP's AnyValue can hold. Integers beyond 2^53 are bigints, so that none is rounded. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue }

export type Attributes = ReadonlyMap<string, AttributeValue>

/** OTLP's SpanKind. */
export const SPAN_KIND = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
} as const

/** OTLP's Status.code of a span that failed. */
export const STATUS_ERROR = 2

export interface SpanEvent {
  /** Nanoseconds since the epoch. */
  readonly time: bigint
  readonly name: string
  readonly attributes: Attributes
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

/** A span as both forms of OTLP carry it, reduced to what X-Ray has a place for. */
export interface Span {
  /** 32 hexadecimal digits in lower case; empty where absent. */
  readonly traceId: string
  /** 16 hexadecimal digits in lower case; empty where absent. */
  readonly spanId: string
  /** As {@link spanId}; empty for the root. */
  readonly parentSpanId: string
  readonly name: string
  /** One of {@link SPAN_KIND}. */
  readonly kind: number
  /** Nanoseconds since the epoch. */
  readonly startTime: bigint
  /** As {@link startTime}; 0 while the span runs. */
  readonly endTime: bigint
  readonly attributes: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
  readonly status: { readonly code: number; readonly message: string }
}

/** Spans of all scopes of one resource. X-Ray's documents have no place for the scope. */
export interface ResourceSpans {
  readonly resource: Attributes
  readonly spans: readonly Span[]
}

/** A request body that is no ExportTraceServiceRequest: answered 400, not to be sent again. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest' as const
}

/** The depth that protobuf implementations agree on. */
export const MAX_DEPTH = 100

/** An empty one, shared. */
export const NO_ATTRIBUTES: Attributes = new Map()
