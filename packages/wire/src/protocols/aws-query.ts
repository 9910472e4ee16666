import { parseForm, readForm } from './form.ts'
import { errorMembers, type ServerProtocol } from './protocol.ts'
import { escapeXml, xmlCodec } from './xml-codec.ts'

const XML = 'text/xml'

/**
 * awsQuery: form in, XML out.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const awsQuery = (): ServerProtocol => {
  const codec = xmlCodec({ httpBindings: false })
  const metadata = (requestId: string) =>
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  return {
    readInput: ({ operation }, request) => {
      const form =
        request.body.length > 0 ? new URLSearchParams(request.body.toString('utf8')) : request.query
      return readForm(operation.input, parseForm(form))
    },
    writeOutput: ({ api, operation, requestId }, output) => {
      const { name } = operation
      const result = operation.output.isStructSchema()
        ? `<${name}Result>${codec.writeContent(operation.output, output)}</${name}Result>`
        : ''
      return {
        status: 200,
        headers: { 'content-type': XML, 'x-amzn-requestid': requestId },
        body: `<${name}Response xmlns="${api.description.xmlNamespace ?? ''}">${result}${metadata(requestId)}</${name}Response>`,
      }
    },
    writeError: ({ api, requestId }, error) => {
      const message = errorMembers(error).message ?? error.message
      const type = error.status < 500 ? 'Sender' : 'Receiver'
      return {
        status: error.status,
        headers: { 'content-type': XML, 'x-amzn-requestid': requestId, ...error.headers },
        body:
          `<ErrorResponse xmlns="${api.description.xmlNamespace ?? ''}"><Error><Type>${type}</Type>` +
          `<Code>${escapeXml(error.queryCode)}</Code><Message>${escapeXml(String(message))}</Message>` +
          `${extraFields(error.fields)}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
      }
    },
  }
}

/** Members of an error that are plain values. */
const extraFields = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('')
