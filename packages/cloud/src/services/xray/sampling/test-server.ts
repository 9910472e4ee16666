import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { XRayClient } from '@aws-sdk/client-xray'
import { createWireServer, type Handlers } from '@sonde/wire'
import { APIS } from '../../../apis.ts'
import { createClock } from '../../../kernel/clock.ts'
import { createStore, type Store } from '../../../kernel/store.ts'
import { createSampling, type SamplingDependencies } from './sampling.ts'

const ACCOUNT = '123456789012'
export const SCOPE = { account: ACCOUNT, region: 'eu-west-1' }

/** Sampling behind the real wire, with a stepped clock. */
export const startSampling = async (
  options: Partial<SamplingDependencies> = {},
  store: Store = createStore(undefined),
) => {
  const clock = createClock()
  clock.step(Date.UTC(2030, 0, 1))
  const sampling = createSampling({ store, clock, ...options })
  const defects: unknown[] = []
  const wire = createWireServer({
    apis: APIS.filter(({ api }) => api === 'xray'),
    handlers: { xray: sampling.operations as Handlers<unknown> },
    contextOf: ({ requestId }) => ({ requestId, scope: SCOPE }),
    onDefect: error => defects.push(error),
  })
  const server = createServer(async (request, response) => {
    const { response: answer } = await wire.handle({
      method: request.method ?? '',
      path: request.url ?? '/',
      query: new URLSearchParams(),
      headers: request.headers as Record<string, string>,
      body: request,
    })
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = new XRayClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: SCOPE.region,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  return {
    sampling,
    clock,
    defects,
    client,
    port,
    stop: async () => {
      client.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      clock.close()
    },
  }
}
