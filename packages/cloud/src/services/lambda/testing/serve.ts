import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { createWireServer, type Handlers } from '@sonde/wire'
import { APIS } from '../../../apis.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { LambdaUnderTest } from './start-lambda.ts'

/** The official client, talking to the service over HTTP. */
export const connectClient = async (
  cloud: LambdaUnderTest,
): Promise<{ client: LambdaClient; defects: unknown[]; close: () => void }> => {
  const defects: unknown[] = []
  const wire = createWireServer<RequestContext>({
    apis: APIS,
    handlers: { lambda: cloud.operations as unknown as Handlers<RequestContext> },
    contextOf: ({ requestId }) => ({ ...cloud.context, requestId }),
    onDefect: error => void defects.push(error),
  })
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const { response: answer } = await wire.handle({
      method: request.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
      ),
      body: request,
    })
    response.writeHead(answer.status, answer.headers)
    await pipeline(answer.body instanceof Readable ? answer.body : Readable.from([answer.body]), response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const client = new LambdaClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: cloud.context.scope.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  return {
    client,
    defects,
    close: () => {
      client.destroy()
      server.close()
    },
  }
}
