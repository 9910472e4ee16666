import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createModelServer, MAX_BODY_BYTES } from './http.ts'
import { loadModel, type OnnxModel } from './onnx-model.ts'

const ROW = [17, 5, 732, 0.2, 0.25, 900, 33.6, -84.4, 0.2, 0.25, 800, 32.9, -97, 0.2, 0.25, 12]

let model: OnnxModel
const errors: unknown[] = []
const sizes: number[] = []
/** Runs wait for this. */
let held: Promise<void> | undefined
const { server, ready } = createModelServer(error => errors.push(error))
const agent = new Agent({ keepAlive: true })

const call = async (method: string, path: string, body = '', headers: Record<string, string> = {}) => {
  const { port } = server.address() as AddressInfo
  const sent = request({ port, method, path, headers, agent })
  sent.end(body)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, body: text === '' ? undefined : JSON.parse(text) }
}

const invoke = (document: unknown) => call('POST', '/invocations', JSON.stringify(document))

beforeAll(async () => {
  model = await loadModel(join(import.meta.dirname, 'model.onnx'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(async () => {
  agent.destroy()
  server.close()
  await model.release()
})

describe('the model server', () => {
  it('is not healthy and takes nothing before the model is ready', async () => {
    expect(await call('GET', '/ping')).toMatchObject({ status: 503 })
    expect(await invoke({ instances: [ROW] })).toMatchObject({ status: 503 })
    ready({
      ...model,
      run: async rows => {
        sizes.push(rows.length / ROW.length)
        await held
        // A row of ours that makes the run fail, as a broken model would.
        if (rows[0] === -1) throw new Error('Broken at 10.0.0.7')
        return model.run(rows)
      },
    })
    expect(await call('GET', '/ping')).toEqual({ status: 200, body: undefined })
  })

  it('answers with the model’s probabilities, version and threshold', async () => {
    const [expected] = await model.run(Float32Array.from(ROW))
    expect(await invoke({ instances: [ROW, ROW] })).toEqual({
      status: 200,
      body: {
        predictions: [expected, expected],
        model_version: model.modelVersion,
        threshold: model.threshold,
      },
    })
    expect(await call('POST', '/invocations', ROW.join(','), { 'content-type': 'text/csv' })).toMatchObject({
      status: 200,
      body: { predictions: [expected] },
    })
  })

  it('computes what arrives during a run in one run, each request with its own answer', async () => {
    sizes.length = 0
    const rows = Array.from({ length: 50 }, (_, i) => [i % 24, ...ROW.slice(1)])
    const arrived = Promise.withResolvers<void>()
    let ended = 0
    const count = (request: IncomingMessage) =>
      request.once('end', () => {
        // The last body's end reaches the server's own listener in this same turn.
        if (++ended === rows.length) setImmediate(arrived.resolve)
      })
    server.on('request', count)
    held = arrived.promise
    const answers = await Promise.all(rows.map(row => invoke({ instances: [row] })))
    server.off('request', count)
    const expected = await model.run(Float32Array.from(rows.flat()))
    expect(answers.map(({ body }) => body.predictions[0])).toEqual(Array.from(expected))
    expect(sizes).toHaveLength(2)
  })

  it('refuses a bad request among good ones alone', async () => {
    const [good, bad, another] = await Promise.all([
      invoke({ instances: [ROW] }),
      invoke({ instances: [ROW.slice(1)] }),
      invoke({ instances: [ROW] }),
    ])
    expect([good?.status, bad?.status, another?.status]).toEqual([200, 400, 200])
    expect(bad?.body.error).toContain('instances[0] must have 16 numbers: hour,')
  })

  it('answers 500 without internals when a run fails, and goes on', async () => {
    const answer = await invoke({ instances: [[-1, ...ROW.slice(1)]] })
    expect(answer).toEqual({ status: 500, body: { error: 'The model could not be run.' } })
    expect(errors).toEqual([new Error('Broken at 10.0.0.7')])
    expect(await invoke({ instances: [ROW] })).toMatchObject({ status: 200 })
  })

  it.each([
    ['GET', '/invocations', 404],
    ['POST', '/ping', 404],
    ['GET', '/', 404],
    ['GET', '//', 404],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect(await call(method, path)).toMatchObject({ status })
  })

  it('refuses a body that is too large', async () => {
    expect(await call('POST', '/invocations', ' '.repeat(MAX_BODY_BYTES + 1))).toMatchObject({ status: 413 })
  })
})
