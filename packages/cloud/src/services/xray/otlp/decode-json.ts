import {
  type Attributes,
  type AttributeValue,
  MAX_DEPTH,
  MalformedRequest,
  NO_ATTRIBUTES,
  type ResourceSpans,
  SPAN_KIND,
  type Span,
  type SpanEvent,
  type SpanLink,
} from './model.ts'

type Json = Readonly<Record<string, unknown>>

const malformed = (path: string, expected: string): MalformedRequest =>
  new MalformedRequest(`Invalid JSON: ${path} is not ${expected}.`)

/** protobuf's JSON form takes `null` for a field that is absent. */
const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null

const objectAt = (value: unknown, path: string): Json => {
  if (isAbsent(value)) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed(path, 'an object')
  return value as Json
}

const listAt = (value: unknown, path: string): readonly unknown[] => {
  if (isAbsent(value)) return []
  if (!Array.isArray(value)) throw malformed(path, 'a list')
  return value
}

const textAt = (value: unknown, path: string): string => {
  if (isAbsent(value)) return ''
  if (typeof value !== 'string') throw malformed(path, 'a string')
  return value
}

const UNSIGNED = /^\d{1,20}$/

/** A fixed64: in decimal digits, or a number. */
const nanosecondsAt = (value: unknown, path: string): bigint => {
  if (isAbsent(value)) return 0n
  const text =
    typeof value === 'number' && value >= 0 && Number.isFinite(value)
      ? BigInt(Math.trunc(value)).toString()
      : value
  if (typeof text !== 'string' || !UNSIGNED.test(text) || BigInt(text) >= 2n ** 64n) {
    throw malformed(path, 'a time in nanoseconds')
  }
  return BigInt(text)
}

const enumerationAt = (value: unknown, path: string, names: Readonly<Record<string, number>>): number => {
  if (isAbsent(value)) return 0
  if (typeof value === 'number' && Number.isInteger(value)) return value
  const named = typeof value === 'string' && Object.hasOwn(names, value) ? names[value] : undefined
  if (named === undefined) throw malformed(path, 'a known value')
  return named
}

/** OTLP wants integers; protobuf's general JSON form, which some writers use, has names. */
const KIND_NAMES = Object.fromEntries(
  Object.entries(SPAN_KIND).map(([name, value]) => [`SPAN_KIND_${name.toUpperCase()}`, value]),
)
const STATUS_NAMES = { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 }

const hexAt = (value: unknown, path: string, digits: number): string => {
  const text = textAt(value, path)
  if (text !== '' && (text.length !== digits || !/^[0-9a-f]*$/i.test(text))) {
    throw malformed(path, `${digits} hexadecimal digits`)
  }
  return text.toLowerCase()
}

const SIGNED = /^-?\d{1,19}$/

const integerAt = (value: unknown, path: string): number | bigint => {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value !== 'string' || !SIGNED.test(value)) throw malformed(path, 'an integer')
  const exact = BigInt(value)
  const number = Number(exact)
  return Number.isSafeInteger(number) ? number : exact
}

const NOT_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

const doubleAt = (value: unknown, path: string): number => {
  if (typeof value === 'number') return value
  const named = typeof value === 'string' && Object.hasOwn(NOT_FINITE, value) ? NOT_FINITE[value] : undefined
  if (named !== undefined) return named
  if (typeof value === 'string' && value !== '' && Number.isFinite(Number(value))) return Number(value)
  throw malformed(path, 'a number')
}

const booleanAt = (value: unknown, path: string): boolean => {
  if (typeof value !== 'boolean') throw malformed(path, 'a boolean')
  return value
}

const valueAt = (value: unknown, path: string, depth: number): AttributeValue => {
  if (depth > MAX_DEPTH) throw new MalformedRequest(`Values nest more than ${MAX_DEPTH} deep.`)
  const any = objectAt(value, path)
  if (!isAbsent(any.stringValue)) return textAt(any.stringValue, `${path}.stringValue`)
  if (!isAbsent(any.boolValue)) return booleanAt(any.boolValue, `${path}.boolValue`)
  if (!isAbsent(any.intValue)) return integerAt(any.intValue, `${path}.intValue`)
  if (!isAbsent(any.doubleValue)) return doubleAt(any.doubleValue, `${path}.doubleValue`)
  if (!isAbsent(any.arrayValue)) {
    const { values } = objectAt(any.arrayValue, `${path}.arrayValue`)
    return listAt(values, `${path}.arrayValue.values`).map(item => valueAt(item, path, depth + 1))
  }
  if (!isAbsent(any.kvlistValue)) {
    const { values } = objectAt(any.kvlistValue, `${path}.kvlistValue`)
    return Object.fromEntries(attributesAt(values, `${path}.kvlistValue.values`, depth + 1))
  }
  if (!isAbsent(any.bytesValue)) return Buffer.from(textAt(any.bytesValue, `${path}.bytesValue`), 'base64')
  return null
}

const attributesAt = (value: unknown, path: string, depth = 0): Attributes => {
  const list = listAt(value, path)
  if (list.length === 0) return NO_ATTRIBUTES
  return new Map(
    list.map(item => {
      const { key, value: any } = objectAt(item, path)
      const name = textAt(key, `${path}.key`)
      return [name, valueAt(any, `${path}.${name}`, depth)]
    }),
  )
}

const eventAt = (value: unknown): SpanEvent => {
  const event = objectAt(value, 'event')
  return {
    time: nanosecondsAt(event.timeUnixNano, 'event.timeUnixNano'),
    name: textAt(event.name, 'event.name'),
    attributes: attributesAt(event.attributes, 'event.attributes'),
  }
}

const linkAt = (value: unknown): SpanLink => {
  const link = objectAt(value, 'link')
  return {
    traceId: hexAt(link.traceId, 'link.traceId', 32),
    spanId: hexAt(link.spanId, 'link.spanId', 16),
    attributes: attributesAt(link.attributes, 'link.attributes'),
  }
}

const spanAt = (value: unknown): Span => {
  const span = objectAt(value, 'span')
  const status = objectAt(span.status, 'span.status')
  return {
    traceId: hexAt(span.traceId, 'span.traceId', 32),
    spanId: hexAt(span.spanId, 'span.spanId', 16),
    parentSpanId: hexAt(span.parentSpanId, 'span.parentSpanId', 16),
    name: textAt(span.name, 'span.name'),
    kind: enumerationAt(span.kind, 'span.kind', KIND_NAMES),
    startTime: nanosecondsAt(span.startTimeUnixNano, 'span.startTimeUnixNano'),
    endTime: nanosecondsAt(span.endTimeUnixNano, 'span.endTimeUnixNano'),
    attributes: attributesAt(span.attributes, 'span.attributes'),
    events: listAt(span.events, 'span.events').map(eventAt),
    links: listAt(span.links, 'span.links').map(linkAt),
    status: {
      code: enumerationAt(status.code, 'span.status.code', STATUS_NAMES),
      message: textAt(status.message, 'span.status.message'),
    },
  }
}

/**
 * Reads an ExportTraceServiceRequest in OTLP's JSON form: ids in hexadecimal, 64-bit integers as strings or numbers,
 * members it does not know passed over.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @throws MalformedRequest naming what is wrong
 */
export const decodeJson = (text: string): ResourceSpans[] => {
  let request: unknown
  try {
    request = JSON.parse(text)
  } catch (error) {
    throw new MalformedRequest(`Invalid JSON: ${(error as Error).message}`, { cause: error })
  }
  if (isAbsent(request)) throw malformed('the body', 'an object')
  return listAt(objectAt(request, 'the body').resourceSpans, 'resourceSpans').map(item => {
    const { resource, scopeSpans } = objectAt(item, 'resourceSpans')
    return {
      resource: attributesAt(objectAt(resource, 'resource').attributes, 'resource.attributes'),
      spans: listAt(scopeSpans, 'scopeSpans').flatMap(scope =>
        listAt(objectAt(scope, 'scopeSpans').spans, 'scopeSpans.spans').map(spanAt),
      ),
    }
  })
}
