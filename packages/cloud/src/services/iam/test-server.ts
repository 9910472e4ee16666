import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { IAMClient } from '@aws-sdk/client-iam'
import { createWireServer, type Handlers } from '@sonde/wire'
import { APIS } from '../../apis.ts'
import { createClock } from '../../kernel/clock.ts'
import { createStore, type Store } from '../../kernel/store.ts'
import { createIam } from './index.ts'

export const ACCOUNT = '123456789012'

/** IAM behind the real wire. The access key of a client decides who it is. */
export const startIam = async (store: Store = createStore(undefined)) => {
  const clock = createClock()
  const service = createIam({ store, clock, defaultAccount: ACCOUNT })
  const defects: unknown[] = []
  const wire = createWireServer({
    apis: APIS.filter(({ api }) => api === 'iam'),
    handlers: { iam: service.apis[0]?.operations as Handlers<unknown> },
    contextOf: ({ credentials, requestId }) => {
      const identity = service.resolve(credentials?.accessKeyId)
      return { requestId, identity, scope: { account: identity.account, region: credentials?.region ?? '' } }
    },
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
  const clients: IAMClient[] = []
  const client = (accessKeyId = ACCOUNT): IAMClient => {
    const made = new IAMClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId, secretAccessKey: 'test' },
      maxAttempts: 1,
    })
    clients.push(made)
    return made
  }
  return {
    service,
    clock,
    defects,
    client,
    stop: async () => {
      for (const made of clients) made.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      clock.close()
    },
  }
}
