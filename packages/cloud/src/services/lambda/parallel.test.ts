import { existsSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type LambdaUnderTest, startLambda } from './testing/start-lambda.ts'

const SOURCE = `
exports.handler = async event => event
exports.pid = async () => process.pid
exports.slow = async ({ ms }) => { await new Promise(r => setTimeout(r, ms)); return process.pid }
exports.gathered = async ({ folder, count }) => {
  const fs = require('node:fs')
  fs.writeFileSync(folder + '/' + process.pid, '')
  while (fs.readdirSync(folder).length < count) await new Promise(r => setTimeout(r, 10))
  return process.pid
}
exports.announced = async ({ file, ms }) => { if (file) require('node:fs').writeFileSync(file, ''); await new Promise(r => setTimeout(r, ms)) }
`

let cloud: LambdaUnderTest

/** A function of the title's name that serves one export of the source. */
const use = async (handler: string, { Description: title = handler } = {}): Promise<string> => {
  await cloud.create(title, SOURCE, { Handler: `index.${handler}`, Timeout: 5 })
  return title
}

beforeAll(async () => {
  cloud = await startLambda()
})
afterAll(() => cloud.stop())

describe('many at a time', () => {
  it('serves 200 parallel invocations from cold', async () => {
    const name = await use('handler', { Description: 'burst' })
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => cloud.invoke(name, { n })))
    expect(answers.map(answer => answer.payload)).toEqual(Array.from({ length: 200 }, (_, n) => ({ n })))
  })

  it('gives each of several waiting invocations an environment of its own', async () => {
    // A machine without processor time to spare starts but one in a second: each invocation waits for all the others.
    await cloud.create('gathered', SOURCE, { Handler: 'index.gathered', Timeout: 30 })
    const folder = mkdtempSync(join(cloud.directory, 'gathered-'))
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => cloud.invoke('gathered', { folder, count: 6 })),
    )
    expect(new Set(answers.map(answer => answer.payload)).size).toBe(6)
  }, 40_000)

  it('loses the request in flight alone when a process is killed, and the next succeed', async () => {
    const name = await use('announced')
    const before = cloud.processes.length
    const file = join(cloud.directory, 'announced')
    const running = cloud.invoke(name, { file, ms: 10_000 })
    await vi.waitFor(() => expect(existsSync(file)).toBe(true))
    cloud.processes[before]?.kill('SIGKILL')
    expect(await running).toMatchObject({
      error: 'Unhandled',
      payload: { errorType: 'Runtime.ExitError', errorMessage: expect.stringContaining('signal: killed') },
    })
    expect((await cloud.invoke(name, { ms: 0 })).error).toBeUndefined()
  })

  it('starts anew after an idle environment was killed', async () => {
    const name = await use('pid')
    const first = (await cloud.invoke(name)).payload as number
    process.kill(first, 'SIGKILL')
    await vi.waitFor(() => expect(() => process.kill(first, 0)).toThrow())
    const second = await cloud.invoke(name)
    expect(second.error).toBeUndefined()
    expect(second.payload).not.toBe(first)
  })

  it('throttles at the reserved concurrency, with AWS’s reason', async () => {
    const name = await use('slow', { Description: 'reserved' })
    cloud.operations.PutFunctionConcurrency(
      { FunctionName: name, ReservedConcurrentExecutions: 1 },
      cloud.context,
    )
    const running = cloud.invoke(name, { ms: 500 })
    await vi.waitFor(() =>
      expect(cloud.invoke(name, { ms: 0 })).rejects.toMatchObject({
        code: 'TooManyRequestsException',
        message: 'Rate Exceeded.',
        fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
      }),
    )
    await running
    expect((await cloud.invoke(name, { ms: 0 })).error).toBeUndefined()
  })
})
