/** The real server under a real Gunicorn, where this machine has both. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createModelServer } from '@sonde/example-flight-delay/model/http.ts'
import { loadModel, type OnnxModel } from '@sonde/example-flight-delay/model/onnx-model.ts'
import { seededRandom } from '@sonde/example-flight-delay/training/random.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Daemon, type Entity, startDaemon } from '../testing/daemon.ts'
import { newId, newTraceId } from '../testing/ids.ts'
import { type Answer, call, MODEL_FILE, type ModelServer, startModelServer } from '../testing/model-server.ts'
import { whatIsMissing } from '../testing/python.ts'

const ROW = [17, 5, 732, 0.2, 0.25, 900, 33.6, -84.4, 0.2, 0.25, 800, 32.9, -97, 0.2, 0.25, 12]
const WORKERS = 2
const ATTRIBUTES = 'x-amzn-sagemaker-custom-attributes'

/** A trace context as the function sends it. */
const newContext = (sampled: 0 | 1 = 1) => {
  const root = newTraceId()
  const parent = newId()
  return {
    root,
    parent,
    header: { [ATTRIBUTES]: `X-Amzn-Trace-Id=Root=${root};Parent=${parent};Sampled=${sampled}` },
  }
}

const missing = await whatIsMissing()
const here = missing === undefined ? '' : ` (${missing.replaceAll('\n', ' ')})`

describe.skipIf(missing !== undefined)(`the model server under Gunicorn${here}`, () => {
  let model: OnnxModel
  let daemon: Daemon
  let server: ModelServer

  const invoke = (rows: readonly number[][], headers: Record<string, string> = {}): Promise<Answer> =>
    server.call('POST', '/invocations', JSON.stringify({ instances: rows }), headers)

  beforeAll(async () => {
    model = await loadModel(MODEL_FILE)
    daemon = await startDaemon({
      '/GetSamplingRules': {
        SamplingRuleRecords: [
          {
            SamplingRule: {
              RuleName: 'everything',
              Priority: 1,
              FixedRate: 1,
              ReservoirSize: 0,
              Host: '*',
              ServiceName: 'flight-delay-model',
              ServiceType: '*',
              HTTPMethod: 'POST',
              URLPath: '/invocations',
              ResourceARN: '*',
              Version: 1,
            },
          },
        ],
      },
    })
    server = await startModelServer({
      AWS_XRAY_DAEMON_ADDRESS: daemon.address,
      SAGEMAKER_MODEL_SERVER_WORKERS: String(WORKERS),
    })
  })
  afterAll(async () => {
    await server?.stop()
    daemon?.close()
    await model?.release()
  })

  it('is healthy', async () => {
    expect(await server.call('GET', '/ping')).toEqual({ status: 200, body: undefined })
  })

  it('answers as the ONNX model evaluated directly', async () => {
    const random = seededRandom(3)
    const rows = Array.from({ length: 2_000 }, () =>
      ROW.map((value, column) => (column < 2 ? Math.floor(random() * 24) : value * (random() * 3 - 0.5))),
    )
    const expected = await model.run(Float32Array.from(rows.flat()))
    const { status, body } = await invoke(rows)
    const { predictions, ...rest } = body as { predictions: number[] }
    expect(status).toBe(200)
    expect(rest).toEqual({ model_version: model.modelVersion, threshold: model.threshold })
    expect(predictions).toHaveLength(rows.length)
    const errors = predictions.map((prediction, i) => Math.abs(prediction - (expected[i] ?? Number.NaN)))
    expect(Math.max(...errors)).toBeLessThan(1e-6)
    expect(new Set(predictions).size).toBeGreaterThan(1_000)
  })

  it('answers whatever else it is asked as flight-delay’s own model server does', async () => {
    const reference = createModelServer(error => {
      throw error
    })
    reference.ready(model)
    reference.server.listen(0, '127.0.0.1')
    await once(reference.server, 'listening')
    const { port } = reference.server.address() as AddressInfo
    const json = (document: unknown) => JSON.stringify(document)
    const csv = { 'content-type': 'text/csv; charset=utf-8' }
    const row = (first: unknown) => [first, ...ROW.slice(1)]
    const requests: Array<[string, string, string?, Record<string, string>?]> = [
      ['POST', '/invocations', '{"instances": ['],
      ['POST', '/invocations', '['.repeat(200_000)],
      ['POST', '/invocations', '{"instances": [[NaN]]}'],
      ['POST', '/invocations', '[]'],
      ['POST', '/invocations', json({ instances: [] })],
      ['POST', '/invocations', json({ instances: 7 })],
      ['POST', '/invocations', json({ instances: [ROW.slice(1)] })],
      ['POST', '/invocations', json({ instances: [ROW, 'a'] })],
      ['POST', '/invocations', json({ instances: [row('7')] })],
      ['POST', '/invocations', json({ instances: [row(true)] })],
      ['POST', '/invocations', json({ instances: [row(null)] })],
      ['POST', '/invocations', json({ instances: [ROW] }).replace('17', '1e999')],
      ['POST', '/invocations', json({ instances: [ROW] }).replace('17', '9'.repeat(400))],
      ['POST', '/invocations', json({ instances: Array(4097).fill([1]) })],
      ['POST', '/invocations', ' '.repeat(1_048_577)],
      ['POST', '/invocations', `${ROW}\n\n${ROW.slice(1)}\n`, csv],
      ['POST', '/invocations', String(row('')), csv],
      ['POST', '/invocations', String(row('nan')), csv],
      ['POST', '/invocations', String(row('1_0')), csv],
      ['POST', '/invocations', '', csv],
      ['POST', '/invocations', 'x', { 'content-type': 'text/html' }],
      ['GET', '/invocations'],
      ['POST', '/ping', '{}'],
      ['GET', '/ping?deep=1'],
      ['GET', '/elsewhere'],
    ]
    for (const request of requests) {
      const what = String(request).slice(0, 80)
      const [expected, answer] = await Promise.all([call(port, ...request), server.call(...request)])
      expect(answer, what).toEqual(expected)
    }
    expect(await server.call('POST', '/invocations', `${ROW}\r\n${ROW}`, csv)).toEqual(
      await invoke([ROW, ROW]),
    )
    reference.server.close()
  })

  it('records what it does as a child of the caller', async () => {
    const { root, parent, header } = newContext()
    const before = Date.now() / 1000
    await invoke([ROW, ROW], header)
    const segment = await daemon.document(({ trace_id }) => trace_id === root)
    // The clock of Node.js counts whole milliseconds.
    const after = (Date.now() + 1) / 1000

    expect(segment).toMatchObject({
      name: 'flight-delay-model',
      parent_id: parent,
      http: {
        request: { method: 'POST', url: `http://127.0.0.1:${server.port}/invocations` },
        response: { status: 200, content_length: expect.any(Number) },
      },
      annotations: { model_version: model.modelVersion, rows: 2 },
    })
    expect(segment.fault ?? segment.error).toBeUndefined()
    const captures = segment.subsegments ?? []
    expect(captures.map(({ name }) => name)).toEqual(['## parse', '## predict', '## format'])
    const times = [before, segment.start_time]
    for (const capture of captures) {
      expect(capture).toMatchObject({ parent_id: segment.id, trace_id: root, namespace: 'local' })
      times.push(capture.start_time, capture.end_time)
    }
    times.push(segment.end_time, after)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
  })

  it('records nothing that the caller does not sample, and no health checks', async () => {
    const unsampled = newContext(0)
    const sampled = newContext()
    await invoke([ROW], unsampled.header)
    await server.call('GET', '/ping', undefined, sampled.header)
    await invoke([ROW], sampled.header)
    await daemon.document(({ trace_id }) => trace_id === sampled.root)
    expect(daemon.documents.filter(({ trace_id }) => trace_id === unsampled.root)).toEqual([])
    expect(daemon.documents.filter(({ trace_id }) => trace_id === sampled.root)).toHaveLength(1)
    expect(JSON.stringify(daemon.documents)).not.toContain('/ping')
  })

  it('marks a request that it refuses as an error, with the cause where it arose', async () => {
    const { root, header } = newContext()
    await invoke([[1]], header)
    const segment = await daemon.document(({ trace_id }) => trace_id === root)
    expect(segment).toMatchObject({
      error: true,
      http: { response: { status: 400 } },
      subsegments: [{ name: '## parse', cause: { exceptions: [{ type: 'InvalidInstances' }] } }],
    })
    expect(segment).not.toHaveProperty('cause')
    expect(segment.fault).toBeUndefined()
  })

  it('keeps traces apart in all of its workers', async () => {
    const contexts = new Map<string, string>()
    const segments = (): Entity[] => daemon.documents.filter(({ trace_id }) => contexts.has(trace_id))
    const workers = () => new Set(segments().map(({ metadata }) => metadata?.gunicorn.pid))
    while (workers().size < WORKERS) {
      const batch = Array.from({ length: 20 }, newContextOfBatch)
      await Promise.all(batch.map(({ header }) => invoke([ROW], header)))
      for (const { root } of batch) await daemon.document(({ trace_id }) => trace_id === root)
    }
    function newContextOfBatch() {
      const context = newContext()
      contexts.set(context.root, context.parent)
      return context
    }
    expect(workers().size).toBe(WORKERS)
    expect(segments()).toHaveLength(contexts.size)
    for (const segment of segments()) {
      expect(segment.parent_id).toBe(contexts.get(segment.trace_id))
      expect(segment.subsegments).toHaveLength(3)
    }
    const ids = segments().flatMap(({ id, subsegments = [] }) => [id, ...subsegments.map(child => child.id)])
    expect(new Set(ids).size).toBe(4 * contexts.size)
  })

  it('asks X-Ray’s sampling rules where the caller decided nothing', async () => {
    const byRule = daemon.document(({ aws }) => aws?.xray.sampling_rule_name === 'everything')
    let found: Entity | undefined
    byRule.then(document => {
      found = document
    })
    // Rules are fetched beside the first such requests.
    while (!found) await invoke([ROW])
    expect(found.trace_id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/)
    expect(found.parent_id).toBeUndefined()
  })
})

describe.skipIf(missing !== undefined)(`the model server where no daemon runs${here}`, () => {
  it('sends its segments to the X-Ray API, the last ones as it ends', async () => {
    const api = await startDaemon()
    const server = await startModelServer({
      SAGEMAKER_MODEL_SERVER_WORKERS: '1',
      AWS_ENDPOINT_URL: api.endpoint,
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    })
    const { root, parent, header } = newContext()
    const { status } = await server.call('POST', '/invocations', JSON.stringify({ instances: [ROW] }), header)
    expect(status).toBe(200)
    expect(await server.stop()).toBe(0)
    api.close()
    expect(server.output()).not.toContain('segment')
    expect(api.calls.map(({ path }) => path)).toEqual(['/TraceSegments'])
    expect(api.documents).toMatchObject([{ trace_id: root, parent_id: parent, name: 'flight-delay-model' }])
  })
})
