import type { PutMetricDataCommandInput } from '@aws-sdk/client-cloudwatch'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import { createStore } from '../../../kernel/store.ts'
import { createMetrics } from './room.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }
const CONTEXT: RequestContext = {
  scope: SCOPE,
  identity: { account: SCOPE.account, arn: '', userId: '' },
  requestId: 'r',
  endpoint: '',
}
const MINUTE = 60_000

const start = () => {
  const clock = createClock()
  clock.step(Math.ceil(clock.now() / 3_600_000) * 3_600_000 + 30 * MINUTE)
  onTestFinished(() => clock.close())
  const service = createMetrics({ store: createStore(undefined), clock })
  const operations = service.operations as unknown as Record<
    string,
    (input: object, context: RequestContext) => unknown
  >
  const call = async (name: string, input: object) =>
    operations[name]?.(input, CONTEXT) as Record<string, unknown>
  const now = clock.now()
  const put = (...MetricData: NonNullable<PutMetricDataCommandInput['MetricData']>) =>
    call('PutMetricData', { Namespace: 'App', MetricData })
  const get = async (input: object = {}) => {
    const { Datapoints, Label } = await call('GetMetricStatistics', {
      Namespace: 'App',
      MetricName: 'M',
      StartTime: new Date(now - 10 * MINUTE),
      EndTime: new Date(now + MINUTE),
      Period: 60,
      Statistics: ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'],
      ...input,
    })
    expect(Label).toBe('M')
    return Datapoints as Array<Record<string, unknown>>
  }
  return { service, clock, call, put, get, now }
}

describe('GetMetricStatistics', () => {
  it('is exact over values, counted values and statistic sets of a minute', async () => {
    const { put, get, now } = start()
    await put(
      { MetricName: 'M', Value: 4 },
      { MetricName: 'M', Values: [1, 2], Counts: [3, 1] },
      { MetricName: 'M', StatisticValues: { SampleCount: 2, Sum: 30, Minimum: 10, Maximum: 20 } },
      { MetricName: 'M', Value: 7, Timestamp: new Date(now - 61_000) },
    )
    expect(await get()).toEqual([
      {
        Timestamp: new Date(now - 2 * MINUTE),
        Unit: 'None',
        SampleCount: 1,
        Sum: 7,
        Average: 7,
        Minimum: 7,
        Maximum: 7,
      },
      {
        Timestamp: new Date(now),
        Unit: 'None',
        SampleCount: 7,
        Sum: 39,
        Average: 39 / 7,
        Minimum: 1,
        Maximum: 20,
      },
    ])
  })

  it('gives percentiles where all values are known, and no datapoint where they are not', async () => {
    const { put, get, now } = start()
    await put({ MetricName: 'M', Values: [10, 20, 30], Counts: [8, 1, 1] })
    await put({ MetricName: 'M', StatisticValues: { SampleCount: 2, Sum: 10, Minimum: 5, Maximum: 5 } })
    const extended = { Statistics: undefined, ExtendedStatistics: ['p50', 'p90', 'TC(15:)'] }
    expect(await get(extended)).toEqual([
      { Timestamp: new Date(now), Unit: 'None', ExtendedStatistics: { p50: 10, p90: 20, 'TC(15:)': 2 } },
    ])
    await put({ MetricName: 'M', StatisticValues: { SampleCount: 2, Sum: 30, Minimum: 10, Maximum: 20 } })
    expect(await get(extended)).toEqual([])
  })

  it('has one datapoint a unit, unless it is asked for one', async () => {
    const { put, get } = start()
    await put(
      { MetricName: 'M', Value: 1, Unit: 'Seconds' },
      { MetricName: 'M', Value: 2, Unit: 'Milliseconds' },
    )
    expect((await get()).map(({ Unit, Sum }) => [Unit, Sum])).toEqual([
      ['Seconds', 1],
      ['Milliseconds', 2],
    ])
    expect(await get({ Unit: 'Seconds' })).toMatchObject([{ Sum: 1 }])
  })

  it('never sums over dimensions, whose order does not matter', async () => {
    const { put, get } = start()
    const [a, b] = [
      { Name: 'a', Value: '1' },
      { Name: 'b', Value: '2' },
    ]
    await put(
      { MetricName: 'M', Value: 1, Dimensions: [a, b] },
      { MetricName: 'M', Value: 2, Dimensions: [a] },
    )
    expect(await get({ Dimensions: [b, a] })).toMatchObject([{ Sum: 1 }])
    expect(await get({ Dimensions: [a] })).toMatchObject([{ Sum: 2 }])
    expect(await get()).toEqual([])
  })

  it('has seconds for what was put at high resolution alone', async () => {
    const { put, get, now } = start()
    await put(
      { MetricName: 'M', Value: 1, StorageResolution: 1, Timestamp: new Date(now - 7_000) },
      { MetricName: 'M', Value: 2, StorageResolution: 1, Timestamp: new Date(now - 1_000) },
      { MetricName: 'M', Value: 4, Timestamp: new Date(now - 1_000) },
    )
    const range = { StartTime: new Date(now - 60_000), EndTime: new Date(now), Statistics: ['Sum'] }
    expect(await get({ ...range, Period: 5 })).toEqual([
      { Timestamp: new Date(now - 10_000), Unit: 'None', Sum: 1 },
      { Timestamp: new Date(now - 5_000), Unit: 'None', Sum: 2 },
    ])
    expect(await get({ ...range, Period: 60 })).toMatchObject([{ Sum: 7 }])
  })

  it.each([
    [
      { Period: 1, StartTime: new Date(0), EndTime: new Date(86_400_000) },
      'InvalidParameterCombinationException',
      'You have requested up to 86400 datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
    ],
    [
      { StartTime: new Date(5), EndTime: new Date(5) },
      'InvalidParameterValueException',
      'The parameter StartTime must be less than the parameter EndTime.',
    ],
    [
      { ExtendedStatistics: ['p9'] },
      'InvalidParameterCombinationException',
      'The parameters Statistics and ExtendedStatistics are mutually exclusive and you have specified both.',
    ],
    [{ Statistics: [] }, 'MissingRequiredParameterException', 'The parameter Statistics is required.'],
    [{ Period: 7 }, 'InvalidParameterValueException', 'The parameter Period must be'],
    [
      { Statistics: undefined, ExtendedStatistics: ['p90x'] },
      'InvalidParameterValueException',
      'The value p90x for parameter ExtendedStatistics is not supported.',
    ],
  ])('refuses %o', async (input, code, message) => {
    const { get } = start()
    await expect(get(input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

describe('PutMetricData', () => {
  it.each([
    [
      { MetricName: 'M', Value: 1, Values: [1] },
      'InvalidParameterCombinationException',
      'The parameters MetricData.member.1.Value and MetricData.member.1.Values are mutually exclusive and you have specified both.',
    ],
    [
      { MetricName: 'M', Values: [1, 2], Counts: [1] },
      'InvalidParameterValueException',
      'The parameters MetricData.member.1.Values and MetricData.member.1.Counts must be of the same size.',
    ],
    [
      { MetricName: 'M', Value: Number.NaN },
      'InvalidParameterValueException',
      'The value NaN for parameter MetricData.member.1.Value is invalid.',
    ],
    [
      { MetricName: 'M', Value: 2 ** 361 },
      'InvalidParameterValueException',
      'MetricData.member.1.Value is invalid.',
    ],
    [{ MetricName: 'M' }, 'MissingRequiredParameterException', 'MetricData.member.1.Value is required.'],
    [{ MetricName: 'M', Value: 1, Unit: 'Parsecs' }, 'ValidationException', "Value 'Parsecs' at"],
    [
      { MetricName: 'M', Value: 1, StorageResolution: 5 },
      'InvalidParameterValueException',
      'StorageResolution',
    ],
    [{ MetricName: 'M', Value: 1, Timestamp: new Date(0) }, 'InvalidParameterValueException', 'two weeks'],
    [{ MetricName: 'M', Value: 1, Timestamp: new Date(9e12) }, 'InvalidParameterValueException', 'two hours'],
    [
      { MetricName: 'M', Value: 1, Dimensions: [{ Name: 'a', Value: ' ' }] },
      'InvalidParameterValueException',
      'MetricData.member.1.Dimensions.member.1.Value is invalid.',
    ],
  ])('refuses %o, and takes nothing of the request', async (datum, code, message) => {
    const { put, get, call } = start()
    const bad = datum as NonNullable<PutMetricDataCommandInput['MetricData']>[number]
    await expect(put(bad, { MetricName: 'M', Value: 1 })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
    expect(await get()).toEqual([])
    await expect(call('PutMetricData', { Namespace: ':x', MetricData: [] })).rejects.toMatchObject({
      code: 'ValidationException',
    })
  })
})

describe('what services publish about themselves', () => {
  it('may say once what happened several times, and nothing that did not happen', async () => {
    const { call, service, now } = start()
    const sample = {
      namespace: 'AWS/Lambda',
      name: 'Duration',
      dimensions: {},
      unit: 'Count',
      timestamp: now,
    }
    service.record(SCOPE, [
      { ...sample, value: 2, count: 3 },
      { ...sample, value: 10 },
      { ...sample, value: 100, count: 0 },
    ])
    const { Datapoints } = await call('GetMetricStatistics', {
      Namespace: 'AWS/Lambda',
      MetricName: 'Duration',
      StartTime: new Date(now - 60_000),
      EndTime: new Date(now + 60_000),
      Period: 60,
      Statistics: ['SampleCount', 'Sum', 'Maximum'],
    })
    expect(Datapoints).toMatchObject([{ SampleCount: 4, Sum: 16, Maximum: 10 }])
  })
})

describe('ListMetrics', () => {
  it('finds metrics by name and by some of their dimensions, page by page', async () => {
    const { put, call, service, now } = start()
    const sample = { namespace: 'AWS/Lambda', value: 1, unit: 'Count', timestamp: now }
    service.record(SCOPE, [
      { ...sample, name: 'Errors', dimensions: { FunctionName: 'f', Resource: 'f' } },
      { ...sample, name: 'Errors', dimensions: {} },
      { ...sample, name: 'Odd', dimensions: {}, value: Number.NaN },
    ])
    expect(await call('ListMetrics', { Dimensions: [{ Name: 'FunctionName' }] })).toEqual({
      Metrics: [
        {
          Namespace: 'AWS/Lambda',
          MetricName: 'Errors',
          Dimensions: [
            { Name: 'FunctionName', Value: 'f' },
            { Name: 'Resource', Value: 'f' },
          ],
        },
      ],
    })
    expect((await call('ListMetrics', { Namespace: 'AWS/Lambda' })).Metrics).toHaveLength(2)
    for (let n = 0; n < 600; n++) await put({ MetricName: `M${n}`, Value: 1 })
    const first = await call('ListMetrics', { Namespace: 'App' })
    expect(first.Metrics).toHaveLength(500)
    const second = await call('ListMetrics', { Namespace: 'App', NextToken: first.NextToken })
    expect(second.Metrics).toHaveLength(100)
    expect(second.NextToken).toBeUndefined()
  })

  it('leaves out what had no data for two weeks, or three hours if asked', async () => {
    const { put, call, clock } = start()
    await put({ MetricName: 'M', Value: 1 })
    await clock.advance(4 * 3_600_000)
    expect((await call('ListMetrics', { RecentlyActive: 'PT3H' })).Metrics).toEqual([])
    expect((await call('ListMetrics', {})).Metrics).toHaveLength(1)
    await clock.advance(14 * 86_400_000)
    expect((await call('ListMetrics', {})).Metrics).toEqual([])
  })
})
