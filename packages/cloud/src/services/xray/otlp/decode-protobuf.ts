import {
  type Attributes,
  type AttributeValue,
  MAX_DEPTH,
  MalformedRequest,
  NO_ATTRIBUTES,
  type ResourceSpans,
  type Span,
  type SpanEvent,
  type SpanLink,
} from './model.ts'
import { ProtobufReader } from './protobuf-reader.ts'

/** Reads each field of a message by its number; unknown ones are skipped, as protobuf has it. */
type Fields<T> = Readonly<Record<number, (reader: ProtobufReader, into: T) => void>>

const readInto = <T>(reader: ProtobufReader, into: T, fields: Fields<T>): T => {
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const read = fields[field]
    if (read) read(reader, into)
    else reader.skip()
  }
  return into
}

/** `bytes` ids: absent, or of exactly this length. */
const TRACE_ID_LENGTHS = [0, 16]
const SPAN_ID_LENGTHS = [0, 8]

const readValue = (reader: ProtobufReader, depth: number): AttributeValue => {
  if (depth > MAX_DEPTH) throw new MalformedRequest(`Values nest more than ${MAX_DEPTH} deep.`)
  let value: AttributeValue = null
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    switch (field) {
      case 1:
        value = reader.string()
        break
      case 2:
        value = reader.boolean()
        break
      case 3:
        value = reader.int64()
        break
      case 4:
        value = reader.double()
        break
      case 5: {
        const list: AttributeValue[] = []
        readInto(reader.message(), list, {
          1: (part, into) => into.push(readValue(part.message(), depth + 1)),
        })
        value = list
        break
      }
      case 6: {
        const entries = new Map<string, AttributeValue>()
        readInto(reader.message(), entries, {
          1: (part, into) => readKeyValue(part.message(), into, depth + 1),
        })
        // Defines `__proto__` as a key like any other.
        value = Object.fromEntries(entries)
        break
      }
      case 7:
        value = reader.bytes()
        break
      default:
        reader.skip()
    }
  }
  return value
}

const readKeyValue = (reader: ProtobufReader, into: Map<string, AttributeValue>, depth = 0): void => {
  let key = ''
  let value: AttributeValue = null
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) key = reader.string()
    else if (field === 2) value = readValue(reader.message(), depth)
    else reader.skip()
  }
  into.set(key, value)
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type Draft<T> = Mutable<Omit<T, 'attributes'>> & { attributes: Attributes }

/** Adds one KeyValue; the shared empty map is replaced at the first. */
const addAttribute = (reader: ProtobufReader, into: { attributes: Attributes }): void => {
  if (into.attributes === NO_ATTRIBUTES) into.attributes = new Map()
  readKeyValue(reader.message(), into.attributes as Map<string, AttributeValue>)
}

const EVENT_FIELDS: Fields<Draft<SpanEvent>> = {
  1: (reader, event) => {
    event.time = reader.fixed64()
  },
  2: (reader, event) => {
    event.name = reader.string()
  },
  3: addAttribute,
}

const LINK_FIELDS: Fields<Draft<SpanLink>> = {
  1: (reader, link) => {
    link.traceId = reader.hex(TRACE_ID_LENGTHS, 'a trace id')
  },
  2: (reader, link) => {
    link.spanId = reader.hex(SPAN_ID_LENGTHS, 'a span id')
  },
  4: addAttribute,
}

const STATUS_FIELDS: Fields<Mutable<Span['status']>> = {
  2: (reader, status) => {
    status.message = reader.string()
  },
  3: (reader, status) => {
    status.code = reader.enumeration()
  },
}

type SpanDraft = Omit<Draft<Span>, 'events' | 'links' | 'status'> & {
  events: SpanEvent[]
  links: SpanLink[]
  status: Mutable<Span['status']>
}

const SPAN_FIELDS: Fields<SpanDraft> = {
  1: (reader, span) => {
    span.traceId = reader.hex(TRACE_ID_LENGTHS, 'a trace id')
  },
  2: (reader, span) => {
    span.spanId = reader.hex(SPAN_ID_LENGTHS, 'a span id')
  },
  4: (reader, span) => {
    span.parentSpanId = reader.hex(SPAN_ID_LENGTHS, 'a span id')
  },
  5: (reader, span) => {
    span.name = reader.string()
  },
  6: (reader, span) => {
    span.kind = reader.enumeration()
  },
  7: (reader, span) => {
    span.startTime = reader.fixed64()
  },
  8: (reader, span) => {
    span.endTime = reader.fixed64()
  },
  9: addAttribute,
  11: (reader, span) => {
    const event: Draft<SpanEvent> = { time: 0n, name: '', attributes: NO_ATTRIBUTES }
    span.events.push(readInto(reader.message(), event, EVENT_FIELDS))
  },
  13: (reader, span) => {
    const link: Draft<SpanLink> = { traceId: '', spanId: '', attributes: NO_ATTRIBUTES }
    span.links.push(readInto(reader.message(), link, LINK_FIELDS))
  },
  15: (reader, span) => {
    readInto(reader.message(), span.status, STATUS_FIELDS)
  },
}

const readSpan = (reader: ProtobufReader): Span =>
  readInto<SpanDraft>(
    reader,
    {
      traceId: '',
      spanId: '',
      parentSpanId: '',
      name: '',
      kind: 0,
      startTime: 0n,
      endTime: 0n,
      attributes: NO_ATTRIBUTES,
      events: [],
      links: [],
      status: { code: 0, message: '' },
    },
    SPAN_FIELDS,
  )

const SCOPE_SPANS_FIELDS: Fields<Span[]> = {
  2: (reader, spans) => spans.push(readSpan(reader.message())),
}

const RESOURCE_FIELDS: Fields<{ attributes: Attributes }> = { 1: addAttribute }

const RESOURCE_SPANS_FIELDS: Fields<{ resource: { attributes: Attributes }; spans: Span[] }> = {
  1: (reader, into) => {
    readInto(reader.message(), into.resource, RESOURCE_FIELDS)
  },
  2: (reader, into) => {
    readInto(reader.message(), into.spans, SCOPE_SPANS_FIELDS)
  },
}

/**
 * Reads a serialized `opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest`.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 * @throws MalformedRequest for bytes that are none
 */
export const decodeProtobuf = (bytes: Buffer): ResourceSpans[] =>
  readInto<ResourceSpans[]>(new ProtobufReader(bytes), [], {
    1: (reader, all) => {
      const draft = { resource: { attributes: NO_ATTRIBUTES }, spans: [] as Span[] }
      const { resource, spans } = readInto(reader.message(), draft, RESOURCE_SPANS_FIELDS)
      all.push({ resource: resource.attributes, spans })
    },
  })
