/** `sonde clock`, `sonde metrics` and `sonde alarms` as a user has them in a terminal. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { CloudWatchClient, PutMetricAlarmCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '@sonde/cloud/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SONDE = join(import.meta.dirname, '..', '..', 'bin', 'sonde.mjs')
const NEW_YEAR = Date.UTC(2031, 0, 1)
const MINUTE = 60_000

let cloud: Awaited<ReturnType<typeof startTestCloud>>

const sonde = (...words: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise(resolve => {
    const environment = {
      ...process.env,
      AWS_ENDPOINT_URL: String(cloud.client.endpoint),
      SONDE_ACCOUNT: TEST_ACCOUNT,
      SONDE_REGION: TEST_REGION,
      NO_COLOR: '1',
    }
    execFile(process.execPath, [SONDE, ...words], { env: environment }, (error, out, err) => {
      resolve({ code: error ? Number(error.code) : 0, out, err })
    })
  })

beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

describe('sonde clock', () => {
  it('stops the clock, steps it and tells the time', async () => {
    expect((await sonde('clock', 'step', '2031-01-01')).out).toBe(
      '2031-01-01T00:00:00.000Z  stepped: moves by advance alone\n',
    )
    const advanced = await sonde('clock', 'advance', '90m')
    expect(advanced.out).toMatch(/^2031-01-01T01:30:00\.000Z {2}stepped: moves by advance alone, took /)
    expect(advanced.err).toContain('2031-01-01T01:00:00.000Z  1 of 2')
  })

  it('says in one line what cannot be', async () => {
    const { code, err } = await sonde('clock', 'step', '1999-01-01')
    expect({ code, err }).toEqual({
      code: 1,
      err: 'sonde: a clock cannot be set back: it is 2031-01-01T01:30:00.000Z\n',
    })
  })
})

describe('metrics and alarms', () => {
  beforeAll(async () => {
    const client = new CloudWatchClient(cloud.client)
    const now = NEW_YEAR + 90 * MINUTE
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [10, 20, 90].map((Value, index) => ({
          MetricName: 'Checkout',
          Value,
          Timestamp: new Date(now - (3 - index) * MINUTE),
          Dimensions: [{ Name: 'Stage', Value: 'prod' }],
        })),
      }),
    )
    await client.send(
      new PutMetricAlarmCommand({
        AlarmName: 'slow-checkout',
        AlarmDescription: 'Checkout is slow.\nDerivation: the agreement.\nOwner: shop',
        Namespace: 'Shop',
        MetricName: 'Checkout',
        Dimensions: [{ Name: 'Stage', Value: 'prod' }],
        ExtendedStatistic: 'p90',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 50,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      }),
    )
    await cloud.clock.advance(MINUTE)
  })

  it('are listed by namespace and drawn by name', async () => {
    expect((await sonde('metrics')).out).toContain('Shop  Checkout\n')
    const { out } = await sonde(
      'metrics',
      'Shop',
      'Checkout',
      'Stage=prod',
      '--stat',
      'Maximum',
      '--since',
      '5m',
    )
    expect(out).toBe('Checkout  Maximum  Stage=prod\n  ▁▂█··  last 90  min 10  max 90\n')
  })

  it('are evaluated by expressions, whose mistakes are told in CloudWatch’s words', async () => {
    const search = "SUM(SEARCH('{Shop,Stage} Checkout', 'Maximum'))"
    expect((await sonde('metrics', search, '--since', '5m')).out).toContain('last 90')
    const { code, err } = await sonde('metrics', 'NOSUCH(1)')
    expect(code).toBe(1)
    expect(err).toMatch(/^sonde: .*NOSUCH.*\(ValidationError|^sonde: .*NOSUCH/m)
  })

  it('show why an alarm is in its state and which values it looked at', async () => {
    const { out } = await sonde('alarms', 'slow-checkout')
    expect(out).toMatch(/^ALARM {3}slow-checkout {2}since 2031-01-01 01:3\d:00/m)
    expect(out).toContain('Threshold Crossed: 1 datapoint [90.0 (01/01/31 01:29:00)]')
    expect(out).toContain('p90 of Checkout > 50 in 1 of 1 periods of 1m, missing data notBreaching')
    expect(out).toContain('2031-01-01T01:29:00Z  90')
  })

  it('are explained, and checked for what would let somebody down', async () => {
    expect((await sonde('alarms', 'explain')).out).toContain('from: the agreement.')
    const { code, out } = await sonde('alarms', 'check')
    expect(code).toBe(1)
    expect(out).toContain('slow-checkout  it reaches nobody')
  })
})
