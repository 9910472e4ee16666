import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createClock } from '../../kernel/clock.ts'
import { createFaults } from '../../kernel/faults.ts'
import type { MetricSample, ObjectReader } from '../../kernel/ports.ts'
import { createStore } from '../../kernel/store.ts'
import { createDynamoDb } from './index.ts'

const NO_OBJECTS: ObjectReader = { getObject: async () => undefined, listObjects: async () => [] }

/** The service behind HTTP, with a real client. */
export const startDynamoDb = async (
  options: { directory?: string; objects?: ObjectReader; region?: string } = {},
) => {
  const region = options.region ?? 'us-east-1'
  const scope = { account: '123456789012', region }
  const samples: MetricSample[] = []
  const defects: unknown[] = []
  const store = createStore(options.directory)
  const clock = createClock()
  const faults = createFaults()
  const service = createDynamoDb({
    store,
    clock,
    objects: options.objects ?? NO_OBJECTS,
    faults,
    metrics: { record: (_scope, recorded) => samples.push(...recorded) },
    onDefect: error => defects.push(error),
  })
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray())
    const target = String(request.headers['x-amz-target']).replace('DynamoDB_20120810.', '')
    const answer = await service.handle({ body, target, scope, requestId: 'r' })
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  // A test may keep the machine busy for longer than the default, and the client would meet a closing connection.
  server.keepAliveTimeout = 60_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const client = new DynamoDBClient({
    endpoint: url,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  return {
    url,
    client,
    service,
    scope,
    samples,
    clock,
    faults,
    defects,
    stop: async () => {
      client.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await service.stop?.()
      clock.close()
      store.close()
    },
  }
}
