import { EMPTY_OBJECT, jsonCodec } from './json-codec.ts'
import { errorMembers, queryErrorHeader, type ServerProtocol } from './protocol.ts'

/**
 * awsJson1_0 and awsJson1_1.
 *
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export const awsJson = (version: '1.0' | '1.1'): ServerProtocol => {
  const codec = jsonCodec({ jsonName: false })
  const headers = (requestId: string) => ({
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': requestId,
  })
  return {
    readInput: ({ operation }, request) => codec.read(operation.input, request.body),
    writeOutput: ({ operation, requestId }, output) => ({
      status: 200,
      headers: headers(requestId),
      body: operation.output.isStructSchema() ? codec.write(operation.output, output) : EMPTY_OBJECT,
    }),
    writeError: ({ api, requestId }, error) => ({
      status: error.status,
      headers: {
        ...headers(requestId),
        ...(api.description.queryCompatible && { 'x-amzn-query-error': queryErrorHeader(error) }),
        ...error.headers,
      },
      body: codec.writeDocument({ __type: error.code, ...errorMembers(error) }),
    }),
  }
}
