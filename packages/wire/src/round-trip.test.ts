import { Readable } from 'node:stream'
import {
  AwsJson1_0Protocol,
  AwsJson1_1Protocol,
  AwsQueryProtocol,
  AwsRestJsonProtocol,
  AwsRestXmlProtocol,
  AwsSmithyRpcV2CborProtocol,
} from '@aws-sdk/core/protocols'
import { fromBase64, fromUtf8, toBase64, toUtf8 } from '@smithy/core/serde'
import { HttpResponse } from '@smithy/core/transport'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProtocolName } from './api.ts'
import { createWireServer } from './server.ts'
import { operationWithValue } from './testing/random-shapes.ts'

const NAMESPACE = 'sonde.test'
const XML = 'http://sonde.test/'

// The SDK's own protocols, which clients use, are the second implementation that ours must agree with.
const common = { defaultNamespace: NAMESPACE, errorTypeRegistries: [] as never[] }
const clients: Readonly<Record<ProtocolName, () => ClientProtocol>> = {
  awsJson1_0: () => new AwsJson1_0Protocol({ ...common, serviceTarget: 'Test' }) as never,
  awsJson1_1: () => new AwsJson1_1Protocol({ ...common, serviceTarget: 'Test' }) as never,
  restJson1: () => new AwsRestJsonProtocol(common) as never,
  restXml: () => new AwsRestXmlProtocol({ ...common, xmlNamespace: XML }) as never,
  awsQuery: () => new AwsQueryProtocol({ ...common, xmlNamespace: XML, version: '2020-01-01' }) as never,
  rpcv2Cbor: () => new AwsSmithyRpcV2CborProtocol(common) as never,
}

interface ClientProtocol {
  setSerdeContext(context: unknown): void
  serializeRequest(operation: unknown, input: unknown, context: unknown): Promise<ClientRequest>
  deserializeResponse(
    operation: unknown,
    context: unknown,
    response: unknown,
  ): Promise<Record<string, unknown>>
}

interface ClientRequest {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: unknown
}

const serdeContext = {
  base64Decoder: fromBase64,
  base64Encoder: toBase64,
  utf8Decoder: fromUtf8,
  utf8Encoder: toUtf8,
  disableHostPrefix: true,
  __smithy_context: { service: 'Test', operation: 'Echo' },
  streamCollector: async (stream: Readable) => Buffer.concat(await stream.toArray()),
  endpoint: async () => ({ protocol: 'http:', hostname: 'localhost', path: '/', method: 'POST' }),
}

/** The operation as protocols take it; client modules export it as an array. */
const asObject = (operation: unknown) => {
  const [, namespace, name, traits, input, output] = operation as unknown[]
  return { namespace, name, traits, input, output }
}

const echo = async (protocol: ProtocolName, operation: unknown, value: Record<string, unknown>) => {
  const client = clients[protocol]()
  client.setSerdeContext(serdeContext)
  const sent = await client.serializeRequest(asObject(operation), value, serdeContext)
  let seen: unknown
  const server = createWireServer<undefined>({
    apis: [
      {
        api: 'test',
        signingName: 'test',
        protocols: [protocol],
        targetPrefix: 'Test',
        version: '2020-01-01',
        xmlNamespace: XML,
        load: async () => ({ Echo$: operation }),
      },
    ],
    handlers: {
      test: {
        Echo: (input: never) => {
          seen = input
          return input
        },
      },
    },
    contextOf: () => undefined,
    onDefect: error => {
      throw error
    },
  })
  const { response } = await server.handle({
    method: sent.method ?? 'POST',
    path: sent.path,
    query: new URLSearchParams(),
    headers: sent.headers,
    body: Readable.from([Buffer.from((sent.body as Uint8Array | string | undefined) ?? '')]),
  })
  const received = await client.deserializeResponse(
    asObject(operation),
    serdeContext,
    new HttpResponse({
      statusCode: response.status,
      headers: { ...response.headers },
      body: Readable.from([Buffer.from(response.body as Uint8Array)]),
    }),
  )
  delete received.$metadata
  return { seen, received }
}

/** Numbers by value (-0 is 0 in text), bytes by content. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  }
  return Object.is(value, -0) ? 0 : value
}

describe('a random value of a random shape', () => {
  it.each(Object.keys(clients) as ProtocolName[])(
    'passes from client to handler and back in %s',
    async protocol => {
      await fc.assert(
        fc.asyncProperty(operationWithValue(protocol), async ({ operation, value }) => {
          const { seen, received } = await echo(protocol, operation, value)
          expect(plain(seen)).toEqual(plain(value))
          expect(plain(received)).toEqual(plain(value))
        }),
        { numRuns: 150 },
      )
    },
  )
})
