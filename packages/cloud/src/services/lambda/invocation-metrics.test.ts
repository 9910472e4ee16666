import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LambdaUnderTest, startLambda } from './testing/start-lambda.ts'

const SOURCE = `exports.handler = async ({ fail, ms }) => {
  if (ms) await new Promise(resolve => setTimeout(resolve, ms))
  if (fail) throw new Error('no')
  return 'ok'
}`

const NOON = Date.UTC(2030, 0, 1, 12)

let cloud: LambdaUnderTest
beforeEach(async () => {
  cloud = await startLambda()
  await cloud.create('work', SOURCE)
  cloud.clock.step(NOON)
})
afterEach(() => cloud.stop())

/** The values of a metric in one dimension set, in order. */
const values = async (name: string, dimensions: Record<string, string> = {}) => {
  await cloud.clock.advance(0)
  return cloud.samples
    .filter(
      sample => sample.name === name && JSON.stringify(sample.dimensions) === JSON.stringify(dimensions),
    )
    .map(sample => sample.value)
}

describe("an invocation's metrics", () => {
  it('are published by region, function and resource, stamped with its start', async () => {
    await cloud.invoke('work')
    await cloud.clock.advance(0)
    const ofInvocation = cloud.samples.filter(({ name }) => name === 'Invocations')
    expect(ofInvocation).toEqual(
      [{}, { FunctionName: 'work' }, { FunctionName: 'work', Resource: 'work' }].map(dimensions => ({
        namespace: 'AWS/Lambda',
        name: 'Invocations',
        dimensions,
        value: 1,
        unit: 'Count',
        timestamp: NOON,
      })),
    )
    expect(await values('Errors')).toEqual([0])
    expect(await values('Throttles')).toEqual([0])
    expect(await values('ConcurrentExecutions')).toEqual([1])
    expect(await values('UnreservedConcurrentExecutions')).toEqual([1])
    const [duration] = await values('Duration', { FunctionName: 'work' })
    expect(duration).toBeGreaterThan(0)
  })

  it('name the alias and the version behind it', async () => {
    const { Version } = cloud.operations.PublishVersion({ FunctionName: 'work' }, cloud.context)
    cloud.operations.CreateAlias(
      { FunctionName: 'work', Name: 'live', FunctionVersion: Version },
      cloud.context,
    )
    await cloud.invoke('work:live')
    await cloud.invoke('work:1')
    const live = { FunctionName: 'work', Resource: 'work:live' }
    expect(await values('Invocations', live)).toEqual([1])
    expect(await values('Invocations', { ...live, ExecutedVersion: '1' })).toEqual([1])
    expect(await values('Invocations', { FunctionName: 'work', Resource: 'work:1' })).toEqual([1])
    expect(await values('Invocations', { FunctionName: 'work' })).toEqual([1, 1])
  })

  it('count a failure as an error, and a refusal as a throttle that is no invocation', async () => {
    await cloud.invoke('work', { fail: true })
    cloud.operations.PutFunctionConcurrency(
      { FunctionName: 'work', ReservedConcurrentExecutions: 0 },
      cloud.context,
    )
    await expect(cloud.invoke('work')).rejects.toMatchObject({ code: 'TooManyRequestsException' })
    expect(await values('Errors')).toEqual([1])
    expect(await values('Invocations')).toEqual([1])
    expect(await values('Throttles')).toEqual([0, 1])
  })

  it('show how many run in the region, in the function, and without a reservation', async () => {
    await cloud.create('other', SOURCE)
    await cloud.create('reserved', SOURCE)
    cloud.operations.PutFunctionConcurrency(
      { FunctionName: 'reserved', ReservedConcurrentExecutions: 5 },
      cloud.context,
    )
    await Promise.all([cloud.invoke('work'), cloud.invoke('other'), cloud.invoke('reserved')])
    const held = [cloud.invoke('work', { ms: 300 }), cloud.invoke('reserved', { ms: 300 })]
    await vi.waitFor(() => expect(cloud.lines('/aws/lambda/reserved').length).toBeGreaterThan(3))
    await cloud.invoke('other')
    await Promise.all(held)
    expect(Math.max(...(await values('ConcurrentExecutions')))).toBe(3)
    expect(Math.max(...(await values('ConcurrentExecutions', { FunctionName: 'other' })))).toBe(1)
    expect(Math.max(...(await values('UnreservedConcurrentExecutions')))).toBe(2)
  })
})

describe('a stepped clock', () => {
  it('waits for asynchronous invocations and for their metrics', async () => {
    await cloud.invoke('work', { ms: 200 }, { InvocationType: 'Event', LogType: 'None' })
    let seen: number | undefined
    cloud.clock.after(1000, () => {
      seen = cloud.samples.filter(({ name }) => name === 'Invocations').length
    })
    await cloud.clock.advance(1000)
    expect(seen).toBe(3)
  })
})
