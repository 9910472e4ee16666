import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { zip } from '../services/lambda/testing/start-lambda.ts'
import { CODE, FROM_CALLER, FUNCTION, type Segment, startTraced, type Traced } from './testing.ts'

const HANDLER = `
const xray = require('aws-xray-sdk-core')
exports.handler = () =>
  xray.captureAsyncFunc('## predict', async subsegment => {
    subsegment.addAnnotation('carrier', 'AA')
    subsegment.close()
    return { statusCode: 200 }
  })`

const daemon = createSocket('udp4')
const sent: Segment[] = []
let traced: Traced

beforeAll(async () => {
  daemon.bind(0, '127.0.0.1')
  await once(daemon, 'listening')
  daemon.on('message', message => sent.push(JSON.parse(message.toString().split('\n')[1] ?? '')))
  traced = await startTraced({ daemonAddress: () => `127.0.0.1:${daemon.address().port}` })
  const { outputFiles } = await build({
    stdin: { contents: HANDLER, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    platform: 'node',
    write: false,
    logLevel: 'silent',
  })
  await traced.lambda.operations.UpdateFunctionCode?.(
    { FunctionName: FUNCTION, ZipFile: zip({ 'index.js': outputFiles[0]?.text ?? '' }) },
    traced.context(),
  )
})
afterAll(async () => {
  daemon.close()
  await traced.stop()
})

it('what the official X-Ray SDK records in a function belongs to the function’s segment', async () => {
  await traced.call('{}')
  await traced.recorded(3)
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  const code = traced.one(CODE)
  expect(sent[0]).toMatchObject({
    type: 'subsegment',
    name: '## predict',
    trace_id: code.trace_id,
    parent_id: code.id,
    annotations: { carrier: 'AA' },
  })
  expect(sent[0]?.start_time).toBeGreaterThanOrEqual(code.start_time - 0.002)
  expect(sent[0]?.end_time).toBeLessThanOrEqual(code.end_time + 0.002)
})

it('the official X-Ray SDK sends nothing where the invocation is not sampled, or not traced actively', async () => {
  sent.length = 0
  await traced.call('{}', `${FROM_CALLER};Sampled=0`)
  await traced.configure({ TracingConfig: { Mode: 'PassThrough' } })
  await traced.call('{}', `${FROM_CALLER};Sampled=1`)
  await traced.configure({ TracingConfig: { Mode: 'Active' } })
  // Datagrams come in order: the next one is that of the next sampled request.
  await traced.call('{}')
  await vi.waitFor(() => expect(sent).toHaveLength(1))
  expect(sent[0]?.trace_id).not.toBe('1-5e66d96f-7491f092d2a5079d18acf3d0')
})
