import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LambdaUnderTest, startLambda } from './testing/start-lambda.ts'

/** Fails the first `failures` times; each attempt leaves its request id. */
const SOURCE = `
const fs = require('node:fs')
exports.handler = async ({ file, failures }, context) => {
  fs.appendFileSync(file, context.awsRequestId + '\\n')
  const attempts = fs.readFileSync(file, 'utf8').split('\\n').length - 1
  if (attempts <= failures) throw new Error('attempt ' + attempts)
}`

describe('an asynchronous invocation', () => {
  let cloud: LambdaUnderTest
  let file: string
  const attempts = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
  const send = (failures: number) =>
    cloud.invoke('work', { file, failures }, { InvocationType: 'Event', LogType: 'None' })
  const metric = (name: string): number =>
    cloud.samples
      .filter(sample => sample.name === name && Object.keys(sample.dimensions).length === 0)
      .reduce((sum, sample) => sum + sample.value, 0)

  beforeEach(async () => {
    cloud = await startLambda()
    file = join(cloud.directory, 'attempts')
    await cloud.create('work', SOURCE)
    cloud.clock.step()
  })
  afterEach(() => cloud.stop())

  it('is accepted at once and served', async () => {
    const answer = await send(0)
    expect(answer).toMatchObject({ payload: undefined, error: undefined })
    await vi.waitFor(() => expect(attempts()).toHaveLength(1))
  })

  it('is tried again after one and after two minutes, under the same request id', async () => {
    await send(2)
    await vi.waitFor(() => expect(metric('Errors')).toBe(1))
    await cloud.clock.advance(59_000)
    expect(attempts()).toHaveLength(1)
    await cloud.clock.advance(1000)
    expect(attempts()).toHaveLength(2)
    await cloud.clock.advance(119_000)
    expect(attempts()).toHaveLength(2)
    await cloud.clock.advance(1000)
    expect(attempts()).toHaveLength(3)
    expect(new Set(attempts()).size).toBe(1)
    await vi.waitFor(() => expect(metric('Invocations')).toBe(3))
    expect(metric('AsyncEventsDropped')).toBe(0)
  })

  it('is given up after the last attempt that the settings allow', async () => {
    cloud.operations.PutFunctionEventInvokeConfig(
      { FunctionName: 'work', MaximumRetryAttempts: 1 },
      cloud.context,
    )
    await send(9)
    await vi.waitFor(() => expect(metric('Errors')).toBe(1))
    await cloud.clock.advance(3_600_000)
    expect(attempts()).toHaveLength(2)
    await vi.waitFor(() => expect(metric('AsyncEventsDropped')).toBe(1))
  })

  it('waits while the function is throttled, longer each time, and is then served', async () => {
    cloud.faults.add({
      point: 'lambda.invoke',
      error: { code: 'TooManyRequestsException', message: 'Rate Exceeded.', status: 429 },
    })
    await send(0)
    await vi.waitFor(() => expect(cloud.samples.map(sample => sample.name)).toContain('AsyncEventAge'))
    await cloud.clock.advance(10_000)
    expect(attempts()).toHaveLength(0)
    cloud.faults.clear()
    await cloud.clock.advance(10_000)
    expect(attempts()).toHaveLength(1)
  })

  it('is dropped when nothing is reserved for the function', async () => {
    cloud.operations.PutFunctionConcurrency(
      { FunctionName: 'work', ReservedConcurrentExecutions: 0 },
      cloud.context,
    )
    await send(0)
    await vi.waitFor(() => expect(metric('AsyncEventsDropped')).toBe(1))
    expect(attempts()).toHaveLength(0)
  })

  it('is kept where the function cannot be looked up for now', async () => {
    await send(1)
    await cloud.clock.advance(0)
    const folder = join(cloud.directory, 'lambda-code')
    renameSync(folder, `${folder}.away`)
    // Whatever changes a function has it looked up again.
    cloud.operations.PutFunctionConcurrency(
      { FunctionName: 'work', ReservedConcurrentExecutions: 9 },
      cloud.context,
    )
    await cloud.clock.advance(61_000)
    expect(attempts()).toHaveLength(1)
    renameSync(`${folder}.away`, folder)
    await cloud.clock.advance(10_000)
    expect(attempts()).toHaveLength(2)
  })
})
