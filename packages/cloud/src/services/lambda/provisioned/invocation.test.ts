import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LambdaUnderTest, startLambda } from '../testing/start-lambda.ts'

const SOURCE = `
const fs = require('node:fs')
exports.handler = async ({ file, until, exit }) => {
  if (exit) process.exit(1)
  if (file) fs.writeFileSync(file, '')
  while (until && !fs.existsSync(until)) await new Promise(resolve => setTimeout(resolve, 5))
  return { pid: process.pid, type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, v: process.env.VARIANT ?? '1' }
}`
const NOON = Date.UTC(2030, 0, 1, 12)

interface Answer {
  readonly pid: number
  readonly type: string
  readonly v: string
}

let cloud: LambdaUnderTest
beforeEach(async () => {
  cloud = await startLambda()
  await cloud.create('work', SOURCE, { Timeout: 10, TracingConfig: { Mode: 'Active' } })
  cloud.operations.PublishVersion({ FunctionName: 'work' }, cloud.context)
  const alias = { FunctionName: 'work', Name: 'live', FunctionVersion: '1' }
  cloud.operations.CreateAlias(alias, cloud.context)
})
afterEach(() => cloud.stop())

const put = (amount: number): void => {
  const input = { FunctionName: 'work', Qualifier: 'live', ProvisionedConcurrentExecutions: amount }
  cloud.operations.PutProvisionedConcurrencyConfig(input, cloud.context)
}
const state = (from = cloud) =>
  from.operations.GetProvisionedConcurrencyConfig({ FunctionName: 'work', Qualifier: 'live' }, from.context)
const ready = (from = cloud) =>
  vi.waitFor(() => expect(state(from).Status).toBe('READY'), { timeout: 5000, interval: 10 })
const provision = async (amount: number): Promise<void> => {
  put(amount)
  await ready()
}
const invoke = async (event: object = {}, name = 'work:live', from = cloud): Promise<Answer> =>
  (await from.invoke(name, event)).payload as Answer

/** Keeps an environment busy until it is released. */
const occupy = async (name = 'work:live') => {
  const file = join(cloud.directory, `busy-${Math.random()}`)
  const answer = cloud.invoke(name, { file, until: `${file}-end` })
  await vi.waitFor(() => expect(existsSync(file)).toBe(true), { timeout: 5000 })
  return { answer, release: () => writeFileSync(`${file}-end`, '') }
}
const isRunning = (pid = 0): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const LIVE = { FunctionName: 'work', Resource: 'work:live' }
const values = async (name: string, dimensions: object = LIVE): Promise<number[]> => {
  await new Promise(resolve => setImmediate(resolve))
  return cloud.samples
    .filter(
      sample => sample.name === name && JSON.stringify(sample.dimensions) === JSON.stringify(dimensions),
    )
    .map(sample => sample.value)
}

describe('an environment that was initialised ahead', () => {
  it('serves the qualifier alone, and is told what it is', async () => {
    await provision(1)
    const started = cloud.processes.length
    const first = await invoke()
    expect(first.type).toBe('provisioned-concurrency')
    expect((await invoke()).pid).toBe(first.pid)
    expect(cloud.processes.length).toBe(started)
    expect((await invoke({}, 'work:1')).type).toBe('on-demand')
    expect((await invoke({}, 'work')).type).toBe('on-demand')
  })

  it('writes of its initialisation at once, and its length into the first report; traces show no cold start', async () => {
    await provision(1)
    const lines = () => cloud.lines('/aws/lambda/work').map(line => line.split(/[ \n]/, 1)[0])
    await vi.waitFor(() => expect(lines()).toEqual(['INIT_START', 'INIT_REPORT']))
    expect(cloud.lines('/aws/lambda/work')[1]).toMatch(
      /^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\n$/,
    )
    const first = await cloud.invoke('work:live')
    expect(first.log).toMatch(/\tInit Duration: \d+\.\d\d ms\t/)
    expect((await cloud.invoke('work:live')).log).not.toContain('Init Duration')
    await vi.waitFor(() => expect(cloud.invocations.length).toBeGreaterThan(0))
    expect(cloud.invocations[0]?.execution).toMatchObject({ init: undefined })
  })

  it('is started again at once when it was killed, idle or busy', async () => {
    await provision(1)
    const first = await invoke()
    process.kill(first.pid, 'SIGKILL')
    await vi.waitFor(() => expect(cloud.processes.length).toBe(2))
    await ready()
    const second = await invoke()
    expect(second).toMatchObject({ type: 'provisioned-concurrency' })
    expect(second.pid).not.toBe(first.pid)
    expect((await cloud.invoke('work:live', { exit: true })).error).toBe('Unhandled')
    await vi.waitFor(() => expect(cloud.processes.length).toBe(3))
    await ready()
    expect(await invoke()).toMatchObject({ type: 'provisioned-concurrency' })
  })

  it('is started again after a while when it ends before it was of any use', async () => {
    await provision(1)
    cloud.processes[0]?.kill('SIGKILL')
    await vi.waitFor(() => expect(state().AvailableProvisionedConcurrentExecutions).toBe(0))
    expect(state().Status).toBe('IN_PROGRESS')
    expect((await invoke()).type).toBe('on-demand')
    await ready()
    expect((await invoke()).type).toBe('provisioned-concurrency')
  })

  it('gives way to one of the new version when the alias moves', async () => {
    await provision(1)
    const held = await occupy()
    const variables = { FunctionName: 'work', Environment: { Variables: { VARIANT: '2' } } }
    await cloud.operations.UpdateFunctionConfiguration(variables, cloud.context)
    cloud.operations.PublishVersion({ FunctionName: 'work' }, cloud.context)
    const move = { FunctionName: 'work', Name: 'live', FunctionVersion: '2' }
    cloud.operations.UpdateAlias(move, cloud.context)
    expect(state()).toMatchObject({ Status: 'IN_PROGRESS', AvailableProvisionedConcurrentExecutions: 0 })
    await ready()
    expect(await invoke()).toMatchObject({ type: 'provisioned-concurrency', v: '2' })
    held.release()
    expect((await held.answer).payload).toMatchObject({ v: '1' })
  })

  it('is replaced, one after the other, before its credentials run out', async () => {
    await cloud.stop()
    let expiration = NOON + 3_600_000
    cloud = await startLambda(undefined, { expiration: () => expiration })
    cloud.clock.step(NOON)
    await cloud.create('work', SOURCE)
    cloud.operations.PublishVersion({ FunctionName: 'work' }, cloud.context)
    cloud.operations.CreateAlias({ FunctionName: 'work', Name: 'live', FunctionVersion: '1' }, cloud.context)
    await provision(2)
    const pids = cloud.processes.map(({ pid }) => pid)
    expiration = NOON + 7_200_000
    await cloud.clock.advance(50 * 60_000)
    expect(cloud.processes.length).toBe(2)
    await cloud.clock.advance(10 * 60_000)
    expect(cloud.processes.length).toBe(4)
    expect(state().Status).toBe('READY')
    expect(pids).not.toContain((await invoke()).pid)
  })
})

describe('more invocations than environments', () => {
  it('spill over to on-demand ones, and the metrics tell', async () => {
    await provision(1)
    const held = await occupy()
    expect((await invoke()).type).toBe('on-demand')
    held.release()
    expect((await held.answer).payload).toMatchObject({ type: 'provisioned-concurrency' })
    expect(await values('ProvisionedConcurrencyInvocations')).toEqual([1])
    expect(await values('ProvisionedConcurrencySpilloverInvocations')).toEqual([1])
    expect(await values('ProvisionedConcurrentExecutions')).toEqual([1, 1])
    expect(await values('ProvisionedConcurrencyUtilization')).toEqual([1, 1])
    expect(await values('ConcurrentExecutions')).toEqual([2, 1])
    await invoke({}, 'work')
    expect(
      await values('ProvisionedConcurrencyInvocations', { FunctionName: 'work', Resource: 'work' }),
    ).toEqual([])
  })

  it('are throttled where all that is reserved is provisioned; other qualifiers are from the start', async () => {
    const reserve = { FunctionName: 'work', ReservedConcurrentExecutions: 1 }
    cloud.operations.PutFunctionConcurrency(reserve, cloud.context)
    await provision(1)
    const throttled = {
      code: 'TooManyRequestsException',
      fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    }
    await expect(cloud.invoke('work')).rejects.toMatchObject(throttled)
    await expect(cloud.invoke('work:1')).rejects.toMatchObject(throttled)
    const held = await occupy()
    await expect(cloud.invoke('work:live')).rejects.toMatchObject(throttled)
    held.release()
    await held.answer
    await vi.waitFor(async () => expect(await invoke()).toMatchObject({ type: 'provisioned-concurrency' }))
    expect(await values('ProvisionedConcurrencySpilloverInvocations')).toEqual([])
  })

  it('use a share of what is configured', async () => {
    await provision(4)
    await invoke()
    expect(await values('ProvisionedConcurrencyUtilization')).toEqual([0.25])
    expect(await values('ClaimedAccountConcurrency', {})).toEqual([4])
    await invoke({}, 'work')
    expect(await values('ClaimedAccountConcurrency', {})).toEqual([4, 5])
  })
})

describe('a cloud that starts again', () => {
  it('initialises what was provisioned, before anybody asks', async () => {
    await provision(2)
    await cloud.lambda.stop?.()
    await vi.waitFor(() => expect(cloud.processes.filter(({ pid }) => isRunning(pid))).toEqual([]))
    const again = await startLambda(cloud.directory)
    await ready(again)
    expect(state(again)).toMatchObject({ AvailableProvisionedConcurrentExecutions: 2 })
    expect(again.processes.length).toBe(2)
    expect(await invoke({}, 'work:live', again)).toMatchObject({ type: 'provisioned-concurrency' })
    await again.stop()
  })

  it('has forgotten it after a reset', async () => {
    await provision(1)
    const pid = (await invoke()).pid
    cloud.lambda.reset?.()
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false))
  })
})

describe('a stepped clock', () => {
  it('waits for environments to initialise', async () => {
    cloud.clock.step(NOON)
    cloud.clock.after(1000, () => put(1))
    await cloud.clock.advance(2000)
    expect(state().Status).toBe('READY')
  })
})
