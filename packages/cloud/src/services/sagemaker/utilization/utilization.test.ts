import { spawn } from 'node:child_process'
import { totalmem } from 'node:os'
import { DeleteEndpointCommand } from '@aws-sdk/client-sagemaker'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { invoke, serveFixture } from '../test-endpoints.ts'
import { startSageMaker } from '../test-server.ts'
import { memoryOfInstance } from './instance-types.ts'
import { parsePs, readLinuxTree } from './process-tree.ts'
import { cpuBetween } from './utilization.ts'

const GIB = 1024 ** 3
const MINUTE = 60_000
const NOON = Date.UTC(2030, 0, 1, 12)

describe("an instance type's memory", () => {
  it.each([
    ['ml.m5.large', 8],
    ['ml.m5.xlarge', 16],
    ['ml.m5.24xlarge', 384],
    ['ml.c5.xlarge', 8],
    ['ml.c5.18xlarge', 144],
    ['ml.r5.4xlarge', 128],
    ['ml.t2.medium', 4],
    ['ml.t2.2xlarge', 32],
    ['ml.c4.8xlarge', 60],
  ])('of %s is %d GiB', (type, gib) => {
    expect(memoryOfInstance(type)).toBe(gib * GIB)
  })

  it.each(['ml.p4d.24xlarge', 'ml.unknown.large', '', undefined])('of %s is that of this machine', type => {
    expect(memoryOfInstance(type)).toBe(totalmem())
  })
})

describe('processor utilization', () => {
  const usage = (cpu: Record<number, number>) => ({
    cpu: new Map(Object.entries(cpu).map(([pid, time]) => [Number(pid), time])),
    memory: 0,
  })

  it('is the time that all processes spent, 100 for each core', () => {
    expect(cpuBetween(usage({ 1: 1_000, 2: 500 }), usage({ 1: 1_900, 2: 1_100 }), 1_000)).toBe(150)
  })

  it('counts processes that began meanwhile, and none that ended', () => {
    expect(cpuBetween(usage({ 1: 1_000, 2: 500 }), usage({ 1: 1_000, 3: 250 }), 1_000)).toBe(25)
  })
})

describe('the processes of a tree', () => {
  it('are read from the output of ps', () => {
    const output = [
      '    1     0   1000 0:01.00',
      '  100     1  20480 1:02.50',
      '  101   100  10240 01:00:00',
      '  102   101   1024 1-00:00:01.5',
      '  200     1  99999 5:00.00',
      '',
    ].join('\n')
    const { cpu, memory } = parsePs(output, 100)
    expect([...cpu]).toEqual([
      [100, 62_500],
      [101, 3_600_000],
      [102, 86_401_500],
    ])
    expect(memory).toBe((20_480 + 10_240 + 1_024) * 1024)
    expect(parsePs(output, 7).cpu.size).toBe(0)
  })

  it.skipIf(process.platform !== 'linux')('are read from /proc with their children', async () => {
    const burn = 'while (process.cpuUsage().user < 300_000); setInterval(() => {}, 1000)'
    const parent = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(burn)}], { stdio: 'inherit' })`
    const root = spawn(process.execPath, ['-e', parent], { detached: true })
    const pid = root.pid ?? 0
    onTestFinished(() => {
      process.kill(-pid, 'SIGKILL')
    })
    await vi.waitFor(
      () => {
        const { cpu, memory } = readLinuxTree(pid)
        expect(cpu.size).toBe(2)
        expect([...cpu.values()].reduce((sum, time) => sum + time, 0)).toBeGreaterThan(200)
        expect(memory).toBeGreaterThan(40 * 1024 ** 2)
      },
      { timeout: 10_000 },
    )
  })

  it('of a process that is gone is empty', () => {
    expect(readLinuxTree(2 ** 22 + 1)).toEqual({ cpu: new Map(), memory: 0 })
  })
})

describe('an endpoint', () => {
  it('publishes what its real processes take, every minute while there are instances', async () => {
    const server = await startSageMaker()
    onTestFinished(() => server.stop())
    server.clock.step(NOON + 1_000)
    const EndpointName = await serveFixture(server, {}, { InitialInstanceCount: 2 })
    const utilization = () =>
      server.samples.filter(({ namespace }) => namespace === '/aws/sagemaker/Endpoints')
    await server.clock.advance(MINUTE)
    expect(utilization()).toHaveLength(6)
    const dimensions = { EndpointName, VariantName: 'AllTraffic' }
    for (const { name, value, unit, timestamp, ...rest } of utilization()) {
      expect(rest.dimensions).toEqual(dimensions)
      expect({ unit, timestamp }).toEqual({ unit: 'Percent', timestamp: NOON })
      if (name === 'MemoryUtilization') expect(value).toBeGreaterThan(0.1)
      if (name === 'DiskUtilization') expect(value).toBeGreaterThan(0)
      expect(value).toBeLessThanOrEqual(name === 'CPUUtilization' ? 6_400 : 100)
    }
    const before = process.cpuUsage()
    await server.clock.advance(30 * 24 * 60 * MINUTE)
    expect(process.cpuUsage(before).user).toBeLessThan(20_000_000)
    expect(utilization()).toHaveLength(6 * (1 + 30 * 24 * 60))

    await server.sagemaker.send(new DeleteEndpointCommand({ EndpointName }))
    await vi.waitFor(() => expect(server.events.at(-1)?.detail.EndpointStatus).toBe('DELETING'))
    await expect
      .poll(async () => (await invoke(server, EndpointName).catch(error => error)).message)
      .toContain('not found')
    await server.clock.advance(MINUTE)
    server.samples.length = 0
    await server.clock.advance(10 * MINUTE)
    expect(server.samples).toEqual([])
  })

  it('tells the event bus of each of its statuses', async () => {
    const server = await startSageMaker()
    onTestFinished(() => server.stop())
    const EndpointName = await serveFixture(server)
    const arn = `arn:aws:sagemaker:eu-west-1:123456789012:endpoint/${EndpointName.toLowerCase()}`
    expect(server.events.map(({ detail }) => detail.EndpointStatus)).toEqual(['CREATING', 'IN_SERVICE'])
    expect(server.events[1]).toEqual({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Endpoint State Change',
      resources: [arn],
      detail: {
        EndpointName,
        EndpointArn: arn,
        EndpointConfigName: expect.stringMatching(/^config-/),
        ProductionVariants: [
          {
            VariantName: 'AllTraffic',
            CurrentWeight: 1,
            DesiredWeight: 1,
            CurrentInstanceCount: 1,
            DesiredInstanceCount: 1,
          },
        ],
        EndpointStatus: 'IN_SERVICE',
        CreationTime: expect.any(Number),
        LastModifiedTime: expect.any(Number),
        Tags: {},
      },
    })
  })
})
