import { JsonCodec2, type JsonShapeDeserializer2 } from '@smithy/core/protocols'
import type { NormalizedSchema } from '@smithy/core/schema'
import type { DocumentType } from '@smithy/types'
import { EPOCH_SECONDS } from '../scalar.ts'

const DOCUMENT = 15

/** The SDK's JSON codec, turned around. `jsonName` is honoured by REST services alone. */
export const jsonCodec = (options: { readonly jsonName: boolean }) => {
  const codec = new JsonCodec2({
    timestampFormat: { useTrait: true, default: EPOCH_SECONDS },
    jsonName: options.jsonName,
  })
  const deserializer = codec.createDeserializer() as JsonShapeDeserializer2
  return {
    /** @throws SyntaxError for text that is not JSON, TypeError where it is no object */
    read: (schema: NormalizedSchema, body: Buffer): Record<string, unknown> => {
      if (body.length === 0) return {}
      const document: unknown = JSON.parse(body.toString('utf8'))
      if (document === null) return {}
      if (typeof document !== 'object' || Array.isArray(document))
        throw new TypeError('The body is not an object.')
      // A `__type` member makes the client's codec pass unknown members on; a request has none.
      delete (document as Record<string, unknown>).__type
      return (deserializer.readObject(schema, document as DocumentType) ?? {}) as Record<string, unknown>
    },
    write: (schema: NormalizedSchema, value: unknown): Uint8Array => {
      const serializer = codec.createSerializer()
      serializer.write(schema, value)
      return serializer.flush() as Uint8Array
    },
    /** Writes members that no shape describes. */
    writeDocument: (value: Record<string, unknown>): Uint8Array => {
      const serializer = codec.createSerializer()
      serializer.write(DOCUMENT, value)
      return serializer.flush() as Uint8Array
    },
  }
}

export const EMPTY_OBJECT = '{}'
