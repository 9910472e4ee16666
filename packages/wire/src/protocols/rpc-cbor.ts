import { CborCodec } from '@smithy/core/cbor'
import { errorMembers, queryErrorHeader, type ServerProtocol } from './protocol.ts'

const DOCUMENT = 15

/**
 * rpcv2Cbor.
 *
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const rpcCbor = (): ServerProtocol => {
  const codec = new CborCodec()
  const write = (
    schema: Parameters<ReturnType<CborCodec['createSerializer']>['write']>[0],
    value: unknown,
  ) => {
    const serializer = codec.createSerializer()
    serializer.write(schema, value)
    return serializer.flush()
  }
  const headers = (requestId: string) => ({
    'content-type': 'application/cbor',
    'smithy-protocol': 'rpc-v2-cbor',
    'x-amzn-requestid': requestId,
  })
  return {
    readInput: ({ operation }, request) =>
      request.body.length === 0 ? {} : codec.createDeserializer().read(operation.input, request.body),
    writeOutput: ({ operation, requestId }, output) => ({
      status: 200,
      headers: headers(requestId),
      body: operation.output.isStructSchema() ? write(operation.output, output) : write(DOCUMENT, {}),
    }),
    writeError: ({ api, requestId }, error) => ({
      status: error.status,
      headers: {
        ...headers(requestId),
        ...(api.description.queryCompatible && { 'x-amzn-query-error': queryErrorHeader(error) }),
        ...error.headers,
      },
      body: write(DOCUMENT, {
        __type: api.description.namespace ? `${api.description.namespace}#${error.code}` : error.code,
        ...errorMembers(error),
      }),
    }),
  }
}
