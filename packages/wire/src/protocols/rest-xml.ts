import { type BodyCodec, blobPayload, readBoundInput, splitBoundOutput } from './http-bindings.ts'
import type { ServerProtocol } from './protocol.ts'
import { escapeXml, xmlCodec } from './xml-codec.ts'

const XML_TYPE = 'application/xml'
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/**
 * restXml, as far as S3 needs it: its errors stand alone, without an `ErrorResponse` around them.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
 */
export const restXml = (): ServerProtocol => {
  const codecs = new Map<string, ReturnType<typeof xmlCodec>>()
  const codecOf = (xmlNamespace: string) => {
    let codec = codecs.get(xmlNamespace)
    if (!codec) {
      codec = xmlCodec({ httpBindings: true, xmlNamespace })
      codecs.set(xmlNamespace, codec)
    }
    return codec
  }
  const reader = xmlCodec({ httpBindings: true })
  const bodyCodec: BodyCodec = {
    read: reader.read,
    readPayload: (schema, body) => {
      if (schema.isBlobSchema()) return body
      return schema.isStringSchema() ? body.toString('utf8') : reader.read(schema, body)
    },
  }
  return {
    readInput: ({ operation }, request, labels) =>
      readBoundInput(operation.input, request, labels, bodyCodec),
    writeOutput: ({ api, operation, requestId }, output) => {
      const bound = splitBoundOutput(operation.output, output)
      // The model knows one status; an answer to a Range request has another.
      const partial = bound.headers['content-range'] !== undefined
      const status = bound.status ?? (partial ? 206 : (operation.http?.status ?? 200))
      const headers: Record<string, string> = {
        'x-amz-request-id': requestId,
        'x-amz-id-2': requestId,
        ...bound.headers,
      }
      const codec = codecOf(api.description.xmlNamespace ?? '')
      if (bound.payload) {
        const { schema, value } = bound.payload
        if (schema.isBlobSchema() || schema.isStringSchema())
          return { status, headers, body: blobPayload(value) }
        headers['content-type'] = XML_TYPE
        return { status, headers, body: DECLARATION + codec.write(schema, value ?? {}) }
      }
      if (!bound.body) return { status, headers, body: '' }
      headers['content-type'] = XML_TYPE
      return { status, headers, body: DECLARATION + codec.write(operation.output, bound.body) }
    },
    writeError: ({ requestId }, error) => ({
      status: error.status,
      headers: { 'content-type': XML_TYPE, 'x-amz-request-id': requestId, ...error.headers },
      body:
        `${DECLARATION}<Error><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>` +
        `${Object.entries(error.fields)
          .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
          .join('')}<RequestId>${requestId}</RequestId></Error>`,
    }),
  }
}
