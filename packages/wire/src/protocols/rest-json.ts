import type { NormalizedSchema } from '@smithy/core/schema'
import { type BodyCodec, blobPayload, readBoundInput, splitBoundOutput } from './http-bindings.ts'
import { EMPTY_OBJECT, jsonCodec } from './json-codec.ts'
import { errorMembers, type ServerProtocol } from './protocol.ts'

const JSON_TYPE = 'application/json'

const isRaw = (schema: NormalizedSchema): boolean => schema.isBlobSchema() || schema.isStringSchema()

/**
 * restJson1.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export const restJson = (): ServerProtocol => {
  const codec = jsonCodec({ jsonName: true })
  const bodyCodec: BodyCodec = {
    read: codec.read,
    readPayload: (schema, body) => {
      if (schema.isBlobSchema()) return body
      return schema.isStringSchema() ? body.toString('utf8') : codec.read(schema, body)
    },
  }
  return {
    readInput: ({ operation }, request, labels) =>
      readBoundInput(operation.input, request, labels, bodyCodec),
    writeOutput: ({ operation, requestId }, output) => {
      const bound = splitBoundOutput(operation.output, output)
      const status = bound.status ?? operation.http?.status ?? 200
      const base = { 'x-amzn-requestid': requestId }
      if (bound.payload) {
        const { schema, value } = bound.payload
        const body = isRaw(schema) ? blobPayload(value) : codec.write(schema, value ?? {})
        return { status, headers: { ...base, 'content-type': JSON_TYPE, ...bound.headers }, body }
      }
      if (status === 204) return { status, headers: { ...base, ...bound.headers }, body: '' }
      return {
        status,
        headers: { ...base, 'content-type': JSON_TYPE, ...bound.headers },
        body: bound.body ? codec.write(operation.output, bound.body) : status === 202 ? '' : EMPTY_OBJECT,
      }
    },
    writeError: ({ requestId }, error) => ({
      status: error.status,
      headers: {
        'content-type': JSON_TYPE,
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': error.code,
        ...error.headers,
      },
      body: codec.writeDocument(errorMembers(error)),
    }),
  }
}
