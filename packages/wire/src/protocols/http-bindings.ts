import type { Readable } from 'node:stream'
import type { NormalizedSchema } from '@smithy/core/schema'
import type { ReadRequest } from '../http.ts'
import { HTTP_DATE, scalarReader, scalarWriter } from '../scalar.ts'

/** How a protocol writes the part of a message that is no header, label or query parameter. */
export interface BodyCodec {
  read(schema: NormalizedSchema, body: Buffer): Record<string, unknown>
  readPayload(schema: NormalizedSchema, body: Buffer): unknown
}

const readHeader = scalarReader(HTTP_DATE, true)
// Query parameters and labels hold date-times where no format is given; the bindings' deserializer knows from the trait.
const readText = scalarReader(HTTP_DATE, true)
const writeHeader = scalarWriter(HTTP_DATE)

const splitHeaderList = (text: string): string[] => text.split(',').map(item => item.trim())

const readQueryMember = (member: NormalizedSchema, values: readonly string[]): unknown => {
  if (!member.isListSchema()) return readText(member, values[0] as string)
  const item = member.getValueSchema()
  return values.map(value => readText(item, value))
}

const readHeaderMember = (member: NormalizedSchema, value: string): unknown => {
  if (!member.isListSchema()) return readHeader(member, value)
  const item = member.getValueSchema()
  return splitHeaderList(value).map(text => readHeader(item, text))
}

const readPrefixed = (headers: ReadRequest['headers'], prefix: string): Record<string, string> => {
  const map: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(prefix) && value !== undefined) map[name.slice(prefix.length)] = value
  }
  return map
}

const readQueryMap = (member: NormalizedSchema, query: URLSearchParams): Record<string, unknown> => {
  const lists = member.getValueSchema().isListSchema()
  return Object.fromEntries(
    [...new Set(query.keys())].map(key => [key, lists ? query.getAll(key) : query.get(key)]),
  )
}

/** Reads an input from its HTTP bindings. */
export const readBoundInput = (
  schema: NormalizedSchema,
  request: ReadRequest,
  labels: Readonly<Record<string, string>>,
  codec: BodyCodec,
): Record<string, unknown> => {
  const input: Record<string, unknown> = {}
  if (!schema.isStructSchema()) return input
  const inBody: Array<readonly [string, NormalizedSchema]> = []
  let hasPayload = false
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits()
    if (labels[name] !== undefined) {
      input[name] = readText(member, labels[name])
    } else if (traits.httpQuery !== undefined) {
      const values = request.query.getAll(traits.httpQuery)
      if (values.length > 0) input[name] = readQueryMember(member, values)
    } else if (traits.httpQueryParams) {
      input[name] = readQueryMap(member, request.query)
    } else if (traits.httpHeader !== undefined) {
      const value = request.headers[traits.httpHeader.toLowerCase()]
      if (value !== undefined) input[name] = readHeaderMember(member, value)
    } else if (traits.httpPrefixHeaders !== undefined) {
      input[name] = readPrefixed(request.headers, traits.httpPrefixHeaders.toLowerCase())
    } else if (traits.httpPayload) {
      hasPayload = true
      if (request.stream) input[name] = request.stream
      else if (request.body.length > 0) input[name] = codec.readPayload(member, request.body)
    } else if (!traits.httpLabel) {
      inBody.push([name, member])
    }
  }
  if (!hasPayload && inBody.length > 0 && request.body.length > 0) {
    const body = codec.read(schema, request.body)
    for (const [name] of inBody) {
      if (body[name] !== undefined) input[name] = body[name]
    }
  }
  return input
}

/** An output taken apart by its HTTP bindings. */
export interface BoundOutput {
  readonly status: number | undefined
  readonly headers: Record<string, string>
  /** Set where one member is the body. */
  readonly payload?: { readonly schema: NormalizedSchema; readonly value: unknown }
  /** The members that stand in the body otherwise; `undefined` where the shape has none. */
  readonly body: Record<string, unknown> | undefined
}

export const splitBoundOutput = (schema: NormalizedSchema, output: Record<string, unknown>): BoundOutput => {
  const headers: Record<string, string> = {}
  let status: number | undefined
  let payload: BoundOutput['payload']
  let body: Record<string, unknown> | undefined
  if (!schema.isStructSchema()) return { status, headers, body }
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits()
    const value = output[name]
    if (traits.httpPayload) {
      payload = { schema: member, value }
    } else if (traits.httpResponseCode) {
      if (typeof value === 'number') status = value
    } else if (traits.httpHeader !== undefined) {
      if (value !== undefined && value !== null)
        headers[traits.httpHeader.toLowerCase()] = writeHeader(member, value)
    } else if (traits.httpPrefixHeaders !== undefined) {
      for (const [key, item] of Object.entries((value ?? {}) as Record<string, string>)) {
        headers[(traits.httpPrefixHeaders + key).toLowerCase()] = item
      }
    } else {
      body ??= {}
      if (value !== undefined) body[name] = value
    }
  }
  return { status, headers, ...(payload && { payload }), body }
}

/** A payload member's bytes. Structures are the codec's to write. */
export const blobPayload = (value: unknown): Uint8Array | string | Readable =>
  value === undefined || value === null ? '' : (value as Uint8Array | string | Readable)
