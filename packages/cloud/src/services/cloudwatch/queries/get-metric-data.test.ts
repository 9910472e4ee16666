import type { GetMetricDataCommandInput, GetMetricDataCommandOutput } from '@aws-sdk/client-cloudwatch'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  MINUTE,
  metricQuery,
  NOW,
  SCOPE,
  START,
  samplesOf,
  type TestMetric,
  testQueries,
  type Values,
} from './testing.ts'

type Request = Omit<GetMetricDataCommandInput, 'StartTime' | 'EndTime'> & { readonly minutes?: number }
type Answer = Omit<GetMetricDataCommandOutput, '$metadata'>

const start = (metrics: readonly TestMetric[], now = NOW) => {
  const { operations } = testQueries(metrics, undefined, now)
  return async ({ minutes = 10, ...input }: Request, account = SCOPE.account): Promise<Answer> => {
    const request = {
      StartTime: new Date(START),
      EndTime: new Date(START + minutes * MINUTE),
      ...input,
    }
    const context = {
      scope: { ...SCOPE, account },
      identity: { account, arn: '', userId: '' },
      requestId: 'r',
      endpoint: '',
    }
    const answer = await operations.GetMetricData?.(request, context)
    if (!answer) throw new Error('GetMetricData is provided')
    return answer
  }
}

const named = (metrics: Readonly<Record<string, Values>>): TestMetric[] =>
  Object.entries(metrics).map(([name, values]) => ({ name, samples: samplesOf(values) }))
const returned = (id: string, period?: number) => metricQuery(id, period, { ReturnData: true })
const times = (...minutes: number[]): Date[] => minutes.map(minute => new Date(START + minute * MINUTE))

describe('GetMetricData', () => {
  it('answers newest first, or oldest first', async () => {
    const get = start(named({ m1: [1, undefined, 3] }))
    const result = { Id: 'm1', Label: 'm1', StatusCode: 'Complete' }
    expect(await get({ MetricDataQueries: [returned('m1')] })).toEqual({
      MetricDataResults: [{ ...result, Timestamps: times(2, 0), Values: [3, 1] }],
      Messages: [],
    })
    expect(await get({ MetricDataQueries: [returned('m1')], ScanBy: 'TimestampAscending' })).toEqual({
      MetricDataResults: [{ ...result, Timestamps: times(0, 2), Values: [1, 3] }],
      Messages: [],
    })
  })

  it('answers what has no data with an empty, complete result', async () => {
    const { MetricDataResults } = await start([])({ MetricDataQueries: [returned('m1')] })
    expect(MetricDataResults).toEqual([
      { Id: 'm1', Label: 'm1', Timestamps: [], Values: [], StatusCode: 'Complete' },
    ])
  })

  it('returns what is to be returned, one result for each series of an array', async () => {
    const { MetricDataResults } = await start(named({ m1: [1], m2: [2] }))({
      MetricDataQueries: [metricQuery('m1'), metricQuery('m2'), { Id: 'e1', Expression: 'METRICS() * 10' }],
    })
    expect(MetricDataResults?.map(({ Id, Label, Values }) => [Id, Label, Values])).toEqual([
      ['e1', 'm1', [10]],
      ['e1', 'm2', [20]],
    ])
  })

  it.each([
    ['Sum', 10],
    ['Average', 2.5],
    ['Minimum', 1],
    ['Maximum', 4],
    ['SampleCount', 4],
    ['p50', 2],
    ['tm75', 2],
    ['PR(:2)', 50],
    ['IQM', 2.5],
  ])('gives the statistic %s', async (Stat, expected) => {
    const samples = [1, 2, 3, 4].map(value => ({ time: START, value }))
    const query = returned('m1')
    const { MetricDataResults } = await start([{ name: 'm1', samples }])({
      MetricDataQueries: [{ ...query, MetricStat: { ...query.MetricStat, Stat } as typeof query.MetricStat }],
    })
    expect(MetricDataResults?.[0]?.Values).toEqual([expected])
  })

  it('takes one unit where a metric has several, and says so', async () => {
    const samples = [
      { time: START, value: 1, unit: 'Seconds' },
      { time: START, value: 5, unit: 'Milliseconds' },
      { time: START + MINUTE, value: 2, unit: 'Seconds' },
    ]
    const get = start([{ name: 'm1', samples }])
    const { MetricDataResults } = await get({ MetricDataQueries: [returned('m1')] })
    expect(MetricDataResults).toMatchObject([
      {
        Values: [5],
        Messages: [{ Code: 'MultipleUnits', Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
      },
    ])
    const query = returned('m1')
    const inSeconds = await get({
      MetricDataQueries: [
        { ...query, MetricStat: { ...query.MetricStat, Unit: 'Seconds' } as typeof query.MetricStat },
      ],
    })
    expect(inSeconds.MetricDataResults?.[0]?.Values).toEqual([2, 1])
    expect(inSeconds.MetricDataResults?.[0]).not.toHaveProperty('Messages')
  })

  it('rounds a range of periods below a minute down to the period', async () => {
    const at = (second: number): number => START + 120_000 + second * 1_000
    const metrics = [
      {
        name: 'm1',
        samples: [14, 15, 19, 315, 316, 320].map(second => ({ time: at(second), value: second })),
      },
    ]
    const { MetricDataResults } = await start(metrics)({
      MetricDataQueries: [returned('m1', 5)],
      StartTime: new Date(at(17)),
      EndTime: new Date(at(317)),
      ScanBy: 'TimestampAscending',
    } as Request)
    expect(MetricDataResults?.[0]?.Values).toEqual([34])
    expect(MetricDataResults?.[0]?.Timestamps).toEqual([new Date(at(15))])
  })

  it.each([
    [10, MINUTE],
    [20, 5 * MINUTE],
    [70, 60 * MINUTE],
  ])('rounds the start of a range %d days ago down to %d ms', async (days, grain) => {
    const sample = { time: START - grain, value: 1 }
    const get = start([{ name: 'm1', samples: [sample] }], START + days * 86_400_000)
    const answer = await get({
      MetricDataQueries: [returned('m1')],
      StartTime: new Date(START - 1_000),
    } as Request)
    expect(answer.MetricDataResults?.[0]?.Values).toEqual([1])
    const later = await get({ MetricDataQueries: [returned('m1')], StartTime: new Date(START) } as Request)
    expect(later.MetricDataResults?.[0]?.Values).toEqual([])
  })

  it.each([
    [
      'a start that is not before the end',
      { EndTime: new Date(START) },
      'The parameter StartTime must be less than the parameter EndTime.',
    ],
    ['no data points', { MaxDatapoints: 0 }, "Value '0' at 'maxDatapoints' failed"],
    ['too many data points', { MaxDatapoints: 100_801 }, "Value '100801' at 'maxDatapoints' failed"],
    [
      'an order that there is not',
      { ScanBy: 'Sideways' },
      'Member must satisfy enum value set: [TimestampDescending, TimestampAscending]',
    ],
    [
      'a time zone by name',
      { LabelOptions: { Timezone: 'Europe/Berlin' } },
      'The value Europe/Berlin for parameter LabelOptions.Timezone',
    ],
    [
      'an expression that cannot be evaluated',
      { MetricDataQueries: [{ Id: 'e1', Expression: 'TIME_SERIES(1)' }] },
      "Error in expression 'e1': The parameter Period is required",
    ],
  ])('refuses %s', async (_what, input, message) => {
    const get = start([])
    await expect(get({ MetricDataQueries: [returned('m1')], ...input } as Request)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(message),
    })
  })

  it('labels in a time zone', async () => {
    const { MetricDataResults } = await start(named({ m1: [1] }))({
      MetricDataQueries: [metricQuery('m1', 60, { ReturnData: true, Label: '${LAST_TIME}' })],
      LabelOptions: { Timezone: '+0130' },
    })
    expect(MetricDataResults?.[0]?.Label).toBe('2026-11-23 01:30:00 +0130')
  })
})

describe('pages', () => {
  const metrics = named({ m1: [1, 2, 3], m2: [10, undefined, 30] })
  const request: Request = { MetricDataQueries: [returned('m1'), returned('m2')], MaxDatapoints: 2 }

  it('go by time over all series', async () => {
    const get = start(metrics)
    const first = await get(request)
    expect(first.MetricDataResults).toMatchObject([
      { Id: 'm1', Values: [3], StatusCode: 'PartialData' },
      { Id: 'm2', Values: [30], StatusCode: 'PartialData' },
    ])
    const second = await get({ ...request, NextToken: first.NextToken })
    expect(second.MetricDataResults).toMatchObject([
      { Id: 'm1', Values: [2, 1], StatusCode: 'Complete' },
      { Id: 'm2', Values: [], StatusCode: 'PartialData' },
    ])
    const third = await get({ ...request, NextToken: second.NextToken })
    expect(third.MetricDataResults).toMatchObject([
      { Id: 'm1', Values: [], StatusCode: 'Complete' },
      { Id: 'm2', Values: [10], StatusCode: 'Complete' },
    ])
    expect(third).not.toHaveProperty('NextToken')
  })

  it('have tokens of their request alone', async () => {
    const get = start(metrics)
    const { NextToken } = await get(request)
    const refused = { code: 'InvalidNextToken' }
    await expect(get({ ...request, NextToken: 'nonsense' })).rejects.toMatchObject(refused)
    await expect(get({ ...request, NextToken: '' })).rejects.toMatchObject(refused)
    await expect(get({ ...request, NextToken, MaxDatapoints: 3 })).rejects.toMatchObject(refused)
    await expect(get({ ...request, NextToken }, '999999999999')).rejects.toMatchObject(refused)
  })

  it('have every data point once, whatever their size', async () => {
    const values = fc.array(fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }), { maxLength: 10 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(values, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 7 }),
        fc.constantFrom('TimestampAscending' as const, 'TimestampDescending' as const),
        async (series, MaxDatapoints, ScanBy) => {
          const ids = series.map((_, index) => `m${index}`)
          const get = start(named(Object.fromEntries(series.map((each, index) => [`m${index}`, each]))))
          const whole = await get({ MetricDataQueries: ids.map(id => returned(id)), ScanBy })
          const found = new Map(ids.map(id => [id, [] as Array<readonly [Date, number]>]))
          let NextToken: string | undefined
          do {
            const page = await get({
              MetricDataQueries: ids.map(id => returned(id)),
              ScanBy,
              MaxDatapoints,
              ...(NextToken !== undefined && { NextToken }),
            })
            const sizes = page.MetricDataResults?.map(({ Values = [] }) => Values.length) ?? []
            const size = sizes.reduce((a, b) => a + b, 0)
            expect(size).toBeLessThanOrEqual(MaxDatapoints)
            if (page.NextToken !== undefined) expect(size).toBe(MaxDatapoints)
            for (const { Id = '', Timestamps = [], Values = [] } of page.MetricDataResults ?? []) {
              for (const [index, time] of Timestamps.entries())
                found.get(Id)?.push([time, Values[index] ?? -1])
            }
            NextToken = page.NextToken
          } while (NextToken !== undefined)
          for (const { Id = '', Timestamps = [], Values = [] } of whole.MetricDataResults ?? []) {
            expect(found.get(Id)).toEqual(Timestamps.map((time, index) => [time, Values[index]]))
          }
        },
      ),
    )
  })
})
