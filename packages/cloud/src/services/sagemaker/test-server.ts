import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { SageMakerClient } from '@aws-sdk/client-sagemaker'
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime'
import { createWireServer, type Handlers } from '@sonde/wire'
import { APIS } from '../../apis.ts'
import { createClock, type DrivenClock } from '../../kernel/clock.ts'
import { createFaults, type FaultRegistry } from '../../kernel/faults.ts'
import type { LogEvent, MetricSample, ServiceEvent } from '../../kernel/ports.ts'
import { createProcesses } from '../../kernel/processes.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { CloudService } from '../../kernel/service.ts'
import { createStore, type Store } from '../../kernel/store.ts'
import { createSageMaker } from './index.ts'

export const SCOPE: Scope = { account: '123456789012', region: 'eu-west-1' }

export interface WrittenLogs {
  readonly group: string
  readonly stream: string
  readonly events: readonly LogEvent[]
}

export interface TestServer {
  readonly service: CloudService
  readonly store: Store
  readonly clock: DrivenClock
  readonly faults: FaultRegistry
  readonly sagemaker: SageMakerClient
  readonly runtime: SageMakerRuntimeClient
  readonly samples: MetricSample[]
  readonly events: ServiceEvent[]
  readonly logs: WrittenLogs[]
  readonly defects: unknown[]
  /** Objects that the service finds in S3, by `bucket/key`. */
  readonly objects: Map<string, Uint8Array>
  stop(): Promise<void>
}

/** The service behind the real wire, for the real clients. The app's folder is this one. */
export const startSageMaker = async (store: Store = createStore(undefined)): Promise<TestServer> => {
  const clock = createClock()
  const faults = createFaults()
  const samples: MetricSample[] = []
  const events: ServiceEvent[] = []
  const logs: WrittenLogs[] = []
  const defects: unknown[] = []
  const objects = new Map<string, Uint8Array>()
  const processes = createProcesses(undefined)
  const service = createSageMaker({
    store,
    clock,
    processes,
    faults,
    appDirectory: import.meta.dirname,
    logs: { write: (_scope, group, stream, events) => logs.push({ group, stream, events }) },
    events: { put: (_scope, event) => events.push(event) },
    metrics: { record: (_scope, more) => samples.push(...more) },
    objects: {
      getObject: async (_scope, bucket, key) => objects.get(`${bucket}/${key}`),
      listObjects: async (_scope, bucket, prefix) =>
        [...objects.keys()]
          .filter(name => name.startsWith(`${bucket}/${prefix}`))
          .map(name => name.slice(bucket.length + 1))
          .sort(),
    },
  })
  const handlers = Object.fromEntries(
    service.apis.map(({ api, operations }) => [api, operations as Handlers<unknown>]),
  )
  const wire = createWireServer({
    apis: APIS.filter(({ api }) => api in handlers),
    handlers,
    contextOf: ({ requestId }) => ({ scope: SCOPE, requestId }),
    onDefect: error => defects.push(error),
  })
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const { response: answer } = await wire.handle({
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers as Record<string, string>,
      body: request,
    })
    response.writeHead(answer.status, answer.headers)
    if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) response.end(answer.body)
    else (answer.body as Readable).pipe(response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const options = {
    endpoint: `http://127.0.0.1:${port}`,
    region: SCOPE.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  }
  const sagemaker = new SageMakerClient(options)
  const runtime = new SageMakerRuntimeClient(options)
  return {
    service,
    store,
    clock,
    faults,
    sagemaker,
    runtime,
    samples,
    events,
    logs,
    defects,
    objects,
    stop: async () => {
      sagemaker.destroy()
      runtime.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await service.stop?.()
      await processes.stopAll(0)
      clock.close()
    },
  }
}
