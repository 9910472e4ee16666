import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { addTraceContext, withTraceContext } from './trace-context.ts'

const CONTEXT = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'

describe('the custom attributes', () => {
  it.each([
    ['are the context alone', undefined, CONTEXT, `X-Amzn-Trace-Id=${CONTEXT}`],
    ['keep what the caller put there', 'tenant=7', CONTEXT, `tenant=7,X-Amzn-Trace-Id=${CONTEXT}`],
    ['carry nothing where there is no context', undefined, undefined, undefined],
    ['stay as they are where there is no context', 'tenant=7', '', 'tenant=7'],
    ['keep a context that they carry', 'x=Root=1', CONTEXT, 'x=Root=1'],
    ['never grow too long for SageMaker', 'x'.repeat(1000), CONTEXT, 'x'.repeat(1000)],
  ])('%s', (_what, attributes, context, expected) => {
    expect(addTraceContext(attributes, context)).toBe(expected)
  })
})

describe('the client', () => {
  const seen: Array<string | undefined> = []
  const server = createServer((request, response) => {
    request.resume()
    seen.push(request.headers['x-amzn-sagemaker-custom-attributes'] as string | undefined)
    response.end('{}')
  })

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => server.close())
  afterEach(() => vi.unstubAllEnvs())

  it('sends the context of the invocation in progress, whichever that is', async () => {
    const client = withTraceContext(
      new SageMakerRuntimeClient({
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      }),
    )
    const invoke = (CustomAttributes?: string) =>
      client.send(
        new InvokeEndpointCommand({
          EndpointName: 'flights',
          Body: '{}',
          ...(CustomAttributes !== undefined && { CustomAttributes }),
        }),
      )
    await invoke()
    vi.stubEnv('_X_AMZN_TRACE_ID', CONTEXT)
    await invoke()
    vi.stubEnv('_X_AMZN_TRACE_ID', CONTEXT.replace('Sampled=1', 'Sampled=0'))
    await invoke('tenant=7')
    client.destroy()
    expect(seen).toEqual([
      undefined,
      `X-Amzn-Trace-Id=${CONTEXT}`,
      `tenant=7,X-Amzn-Trace-Id=${CONTEXT.replace('Sampled=1', 'Sampled=0')}`,
    ])
  })
})
