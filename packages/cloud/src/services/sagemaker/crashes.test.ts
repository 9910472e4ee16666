import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStore } from '../../kernel/store.ts'
import {
  createConfig,
  createEndpoint,
  createModel,
  invoke,
  seen,
  serveFixture,
  settled,
} from './test-endpoints.ts'
import { startSageMaker, type TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startSageMaker()
})
afterAll(async () => {
  await server.stop()
  expect(server.defects).toEqual([])
})

const LOST =
  /^Received server error \(0\) from primary with message "Amazon SageMaker could not get a response from the \S+ endpoint\. This can occur/

describe('a container that dies', () => {
  it('fails the request that it was answering, and the next succeeds', async () => {
    const endpoint = await serveFixture(server)
    await expect(invoke(server, endpoint, { die: true })).rejects.toMatchObject({
      name: 'ModelError',
      message: expect.stringMatching(LOST),
      OriginalStatusCode: 0,
    })
    await seen(server, endpoint)
    const { EndpointStatus } = await server.sagemaker.send(
      new DescribeEndpointCommand({ EndpointName: endpoint }),
    )
    expect(EndpointStatus).toBe('InService')
  })

  it('in mid-load costs at most the requests in flight, three times in a row', async () => {
    const endpoint = await serveFixture(server)
    const clients = 8
    const failures: unknown[] = []
    let stop = false
    let served = 0
    const client = async (): Promise<void> => {
      while (!stop) {
        await invoke(server, endpoint, { sleep: 2 }).then(
          () => served++,
          error => failures.push(error),
        )
      }
    }
    const load = Promise.all(Array.from({ length: clients }, client))
    for (let kill = 1; kill <= 3; kill++) {
      const { pid } = await seen(server, endpoint)
      const before = served
      process.kill(pid, 'SIGKILL')
      while (served < before + 100) await new Promise(resolve => setTimeout(resolve, 10))
      expect(failures.length).toBeLessThanOrEqual(kill * clients)
    }
    stop = true
    await load
    for (const error of failures)
      expect(error).toMatchObject({ name: 'ModelError', message: expect.stringMatching(LOST) })
  })

  it('leaves its requests to the other instances', async () => {
    const endpoint = await serveFixture(server, { START_DELAY: '2000' }, { InitialInstanceCount: 2 })
    await invoke(server, endpoint, { die: true }).catch(() => undefined)
    const began = performance.now()
    await seen(server, endpoint)
    expect(performance.now() - began).toBeLessThan(1_500)
  })

  it('that says it is unwell gets no requests until it is well again', async () => {
    const endpoint = await serveFixture(server)
    const { pid } = await seen(server, endpoint)
    await invoke(server, endpoint, { unwell: 1_000 })
    // A broken connection makes the service look at once.
    await invoke(server, endpoint, { garbage: true }).catch(() => undefined)
    const began = performance.now()
    expect((await seen(server, endpoint)).pid).toBe(pid)
    expect(performance.now() - began).toBeGreaterThan(500)
  })
})

describe('a restart of the cloud', () => {
  it('ends the processes and brings the endpoints back, holding their requests meanwhile', async () => {
    const store = createStore(undefined)
    const first = await startSageMaker(store)
    const endpoint = await serveFixture(first, { START_DELAY: '200' })
    const { pid } = await seen(first, endpoint)
    await first.stop()
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    const second = await startSageMaker(store)
    const started = second.service.start?.()
    const starting = await second.sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint }))
    expect(starting.EndpointStatus).toBe('SystemUpdating')
    expect((await seen(second, endpoint)).pid).not.toBe(pid)
    await started
    const after = await second.sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint }))
    expect(after.EndpointStatus).toBe('InService')
    await second.stop()
  })

  it('goes on trying with a model that does not start any more, and says so meanwhile', async () => {
    const folder = mkdtempSync(join(import.meta.dirname, 'fixtures/.test-'))
    try {
      const script = join(folder, 'server.ts')
      const original = readFileSync(join(import.meta.dirname, 'fixtures/model-server.ts'), 'utf8')
      writeFileSync(script, original)
      const store = createStore(undefined)
      const first = await startSageMaker(store)
      const container = { command: ['node', script], directory: 'fixtures' }
      const ModelName = await createModel(first, {}, container)
      const endpoint = await createEndpoint(first, await createConfig(first, [{ ModelName }]))
      await settled(first, endpoint)
      await first.stop()
      writeFileSync(script, 'throw new Error("half saved")')
      const second = await startSageMaker(store)
      await second.service.start?.()
      const broken = await second.sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint }))
      expect(broken.EndpointStatus).toBe('OutOfService')
      expect(broken.FailureReason).toContain('Error: half saved')
      writeFileSync(script, original)
      await seen(second, endpoint)
      const after = await second.sagemaker.send(new DescribeEndpointCommand({ EndpointName: endpoint }))
      expect(after.EndpointStatus).toBe('InService')
      expect(after.FailureReason).toBeUndefined()
      await second.stop()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('rolls an interrupted update back', async () => {
    const store = createStore(undefined)
    const first = await startSageMaker(store)
    const { UpdateEndpointCommand } = await import('@aws-sdk/client-sagemaker')
    const EndpointName = await serveFixture(first, { NAME: 'old' })
    const slow = await createModel(first, { NAME: 'new', START_DELAY: '60000' })
    const EndpointConfigName = await createConfig(first, [{ ModelName: slow }])
    await first.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName }))
    await first.stop()
    const second = await startSageMaker(store)
    await second.service.start?.()
    const after = await settled(second, EndpointName)
    expect(after.FailureReason).toBe(
      'The update was interrupted by a restart of the local cloud, and rolled back.',
    )
    expect((await seen(second, EndpointName)).env.NAME).toBe('old')
    await second.stop()
  })
})

describe('a reset', () => {
  it('ends every process, and what was under way writes nothing', async () => {
    const other = await startSageMaker()
    const endpoint = await serveFixture(other)
    const { pid } = await seen(other, endpoint)
    const starting = await createEndpoint(
      other,
      await createConfig(other, [{ ModelName: await createModel(other, { START_DELAY: '60000' }) }]),
    )
    const began = performance.now()
    other.store.reset()
    other.service.reset?.()
    // At once: it does not wait for the processes, whose start takes a minute.
    expect(performance.now() - began).toBeLessThan(1_000)
    await expect(invoke(other, endpoint)).rejects.toThrow('not found')
    for (;;) {
      try {
        process.kill(pid, 0)
      } catch {
        break
      }
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    await expect(
      other.sagemaker.send(new DescribeEndpointCommand({ EndpointName: starting })),
    ).rejects.toThrow('Could not find endpoint')
    await other.stop()
    expect(other.defects).toEqual([])
  })
})
