import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { ResourceRequest } from '../../../kernel/resource-type.ts'
import { createStore, type Store } from '../../../kernel/store.ts'
import type { QueryEvaluator } from '../queries/query-evaluator.ts'
import type { Training } from './detector.ts'
import { createAnomaly } from './index.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }
const CONTEXT: RequestContext = {
  scope: SCOPE,
  identity: { account: SCOPE.account, arn: '', userId: '' },
  requestId: 'r',
  endpoint: '',
}
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.UTC(2030, 0, 21)

const METRIC = { Namespace: 'App', MetricName: 'Latency', Dimensions: [{ Name: 'Api', Value: 'a' }] }
const SINGLE = { ...METRIC, Stat: 'Average' }
const QUERY: MetricDataQuery = { Id: 'm1', MetricStat: { Metric: METRIC, Period: 300, Stat: 'Average' } }

const daily = (time: number) => 100 + 50 * Math.sin((2 * Math.PI * time) / DAY) + ((time / MINUTE) % 7)

interface Series {
  /** The value of a period that starts at a time; `undefined` where there is none. */
  value: (time: number) => number | undefined
}

/** Evaluates whatever it is asked as one series, and counts the points it was asked for. */
const evaluatorOf = (series: Series) => {
  const asked = { points: 0, calls: 0 }
  const queries: QueryEvaluator = {
    check: () => {},
    evaluate: (_scope, data, { start, end }) => {
      asked.calls++
      const period = (data.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period ?? 0) * 1_000
      const timestamps: number[] = []
      const values: number[] = []
      for (let time = Math.ceil(start / period) * period; time < end; time += period) {
        asked.points++
        const value = series.value(time)
        if (value === undefined) continue
        timestamps.push(time)
        values.push(value)
      }
      return data.map(({ Id = '' }) => ({
        id: Id,
        series: [{ label: Id, period: period / 1_000, timestamps, values }],
        messages: [],
      }))
    },
  }
  return { queries, asked }
}

const open = (series: Series = { value: daily }, directory?: string, now = NOW) => {
  const clock = createClock()
  clock.step(now)
  const defects: unknown[] = []
  const { queries, asked } = evaluatorOf(series)
  const store = createStore(directory)
  const anomaly = createAnomaly({ store, clock, queries, onDefect: error => defects.push(error) })
  onTestFinished(async () => {
    await anomaly.stop()
    clock.close()
    store.close()
    expect(defects).toEqual([])
  })
  const put = async (input: object) => anomaly.operations.PutAnomalyDetector(input as never, CONTEXT)
  const describeAll = async (input: object = {}) =>
    anomaly.operations.DescribeAnomalyDetectors(input as never, CONTEXT)
  const remove = async (input: object) => anomaly.operations.DeleteAnomalyDetector(input as never, CONTEXT)
  const states = async () =>
    ((await describeAll()).AnomalyDetectors ?? []).map(({ StateValue }) => StateValue)
  const bandAt = (time: number, queries = [QUERY]) => anomaly.bands.band(SCOPE, queries, 2, [time])
  return { clock, store, anomaly, asked, put, describeAll, remove, states, bandAt }
}

/** When the models of all detectors were trained, in ms since the epoch. */
const trainedAt = (store: Store): number[] =>
  store
    .collection<Training>('cloudwatch.anomaly-models')
    .list(SCOPE)
    .map(training => training.trainedAt)

describe('a clock that returns from the future', () => {
  it('has detectors learn anew what they had learned of times that are to come', async () => {
    const { clock, put, store, states } = open()
    await put(SINGLE)
    await clock.advance(DAY)
    expect(trainedAt(store)[0]).toBeGreaterThan(NOW)
    clock.follow()
    await vi.waitFor(() => expect(trainedAt(store)[0]).toBeLessThanOrEqual(Date.now()))
    const back = trainedAt(store)[0] ?? 0
    expect(await states()).toEqual(['TRAINED'])
    clock.step(Date.now() + 2 * HOUR)
    await clock.advance(0)
    expect(trainedAt(store)[0]).toBeGreaterThan(back)
  })

  it('has them learn anew also where it returned while the cloud was stopped', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-anomaly-'))
    const { put, clock } = open({ value: daily }, directory)
    await put(SINGLE)
    await clock.advance(0)
    const earlier = Date.UTC(2029, 0, 1)
    const again = open({ value: daily }, directory, earlier)
    again.anomaly.start()
    await again.clock.advance(0)
    expect(trainedAt(again.store)).toEqual([earlier])
  })
})

describe('an anomaly detector', () => {
  it('is pending until it was trained, and then knows the hours', async () => {
    const { put, describeAll, clock, bandAt } = open()
    const { AnomalyDetectorId: id } = await put({ SingleMetricAnomalyDetector: SINGLE })
    const expected = {
      AnomalyDetectorId: id,
      ...SINGLE,
      SingleMetricAnomalyDetector: { AccountId: SCOPE.account, ...SINGLE },
      Configuration: { ExcludedTimeRanges: [] },
    }
    expect((await describeAll()).AnomalyDetectors).toEqual([{ ...expected, StateValue: 'PENDING_TRAINING' }])
    expect(bandAt(NOW)).toBeUndefined()
    await clock.advance(0)
    expect((await describeAll()).AnomalyDetectors).toEqual([{ ...expected, StateValue: 'TRAINED' }])
    const { lower: [lower = 0] = [], upper: [upper = 0] = [] } = bandAt(NOW + 6 * HOUR) ?? {}
    expect(lower).toBeGreaterThan(135)
    expect(upper).toBeLessThan(170)
  })

  it('has insufficient data while there are too few, and is trained minutes after they come', async () => {
    const { put, clock, states, bandAt } = open({ value: time => (time >= NOW ? daily(time) : undefined) })
    await put(SINGLE)
    await clock.advance(0)
    expect(await states()).toEqual(['TRAINED_INSUFFICIENT_DATA'])
    await clock.advance(59 * MINUTE)
    expect(await states()).toEqual(['TRAINED_INSUFFICIENT_DATA'])
    expect(bandAt(NOW)).toBeUndefined()
    await clock.advance(2 * MINUTE)
    expect(await states()).toEqual(['TRAINED'])
  })

  it('learns each hour what is new, and reads that alone', async () => {
    const series: Series = { value: () => 100 }
    const { put, clock, asked, bandAt } = open(series)
    await put(SINGLE)
    await clock.advance(0)
    expect(asked.points).toBe(14 * 288)
    series.value = time => (time >= NOW ? 200 : 100)
    await clock.advance(HOUR)
    expect(asked.points).toBe(14 * 288 + 4 * 12)
    await clock.advance(10 * DAY)
    expect(bandAt(clock.now())?.lower[0]).toBeGreaterThan(150)
  })

  it('goes on at ease where the clock jumps and nothing is new', async () => {
    const { put, clock, asked } = open({ value: time => (time < NOW ? daily(time) : undefined) })
    await put(SINGLE)
    await clock.advance(30 * DAY)
    expect(asked.calls).toBeLessThan(14 + 31 * 24 + 1)
  })

  it('is trained for the period of an alarm, and at once for one that nobody asked for before', async () => {
    const { anomaly, clock, bandAt, describeAll } = open()
    const minute = { ...QUERY, MetricStat: { Metric: METRIC, Period: 60, Stat: 'Average' } }
    const alarm = [minute, { Id: 'ad1', Expression: 'ANOMALY_DETECTION_BAND(m1, 2)' }]
    anomaly.ensureBands(SCOPE, alarm)
    anomaly.ensureBands(SCOPE, alarm)
    await clock.advance(0)
    expect((await describeAll()).AnomalyDetectors).toHaveLength(1)
    expect(bandAt(NOW, [minute])).toBeDefined()
    expect(bandAt(NOW)).toBeDefined()
    const other = { ...QUERY, MetricStat: { Metric: METRIC, Period: 300, Stat: 'p90' } }
    expect(bandAt(NOW, [other])).toBeUndefined()
    const seconds = { ...QUERY, MetricStat: { Metric: METRIC, Period: 10, Stat: 'Average' } }
    expect(bandAt(NOW, [seconds])).toBeUndefined()
  })

  it('of an expression is found again whatever its labels, and listed by its type', async () => {
    const { put, clock, bandAt, describeAll } = open()
    const errors = { ...QUERY, Id: 'errors', ReturnData: false }
    const rate = { Id: 'rate', Expression: 'errors * 100', ReturnData: true }
    const unrelated = { ...QUERY, Id: 'other', ReturnData: false }
    await put({ MetricMathAnomalyDetector: { MetricDataQueries: [rate, errors, unrelated] } })
    await clock.advance(0)
    expect((await describeAll()).AnomalyDetectors).toEqual([])
    const { AnomalyDetectors } = await describeAll({ AnomalyDetectorTypes: ['METRIC_MATH'] })
    expect(AnomalyDetectors?.[0]?.MetricMathAnomalyDetector?.MetricDataQueries).toEqual([errors, rate])
    expect(bandAt(NOW, [errors, { Id: 'rate', Expression: 'errors*100', Label: 'Rate' }])).toBeDefined()
  })

  it('leaves excluded ranges out', async () => {
    const outage = { start: NOW - 13 * DAY, end: NOW - DAY }
    const series: Series = { value: time => (time >= outage.start && time < outage.end ? 1_000 : 10) }
    const { put, clock, bandAt } = open(series)
    const ExcludedTimeRanges = [{ StartTime: new Date(outage.start), EndTime: new Date(outage.end) }]
    await put({ ...SINGLE, Configuration: { ExcludedTimeRanges } })
    await clock.advance(0)
    expect(bandAt(NOW)?.upper[0]).toBeLessThan(11)
    await put({ ...SINGLE })
    await clock.advance(0)
    expect(bandAt(NOW)?.upper[0]).toBeGreaterThan(900)
  })

  it('survives a restart without being trained anew', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-anomaly-'))
    const first = open(undefined, directory)
    await first.put({ ...SINGLE, MetricCharacteristics: { PeriodicSpikes: true } })
    await first.clock.advance(0)
    const band = first.bandAt(NOW)
    const second = open(undefined, directory, NOW + 10 * MINUTE)
    second.anomaly.start()
    expect(second.bandAt(NOW)).toEqual(band)
    expect((await second.describeAll()).AnomalyDetectors?.[0]?.MetricCharacteristics).toEqual({
      PeriodicSpikes: true,
    })
    await second.clock.advance(49 * MINUTE)
    expect(second.asked.calls).toBe(0)
    await second.clock.advance(MINUTE)
    expect(second.asked.calls).toBeGreaterThan(0)
  })

  it('is forgotten by a reset, also while it is being trained', async () => {
    const { anomaly, store, put, clock, describeAll } = open()
    await put(SINGLE)
    store.reset()
    anomaly.reset()
    await clock.advance(2 * HOUR)
    expect((await describeAll()).AnomalyDetectors).toEqual([])
    expect([...store.collection('cloudwatch.anomaly-models').entries()]).toEqual([])
  })

  it('is deleted by its metric or its id, with what it knew', async () => {
    const { put, remove, clock, store, describeAll } = open()
    await put(SINGLE)
    await clock.advance(0)
    await remove({ SingleMetricAnomalyDetector: SINGLE })
    const { AnomalyDetectorId } = await put(SINGLE)
    await clock.advance(0)
    await remove({ AnomalyDetectorId })
    expect((await describeAll()).AnomalyDetectors).toEqual([])
    expect([...store.collection('cloudwatch.anomaly-models').entries()]).toEqual([])
    await expect(remove(SINGLE)).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
  })
})

describe('DescribeAnomalyDetectors', () => {
  it('filters and pages', async () => {
    const { put, describeAll } = open({ value: () => undefined })
    for (let n = 0; n < 5; n++) {
      await put({ ...SINGLE, MetricName: `M${n % 2}`, Dimensions: [{ Name: 'N', Value: String(n) }] })
    }
    const names = async (input: object) =>
      (await describeAll(input)).AnomalyDetectors?.map(({ Dimensions }) => Dimensions?.[0]?.Value)
    expect(await names({ MetricName: 'M1' })).toEqual(['1', '3'])
    expect(await names({ Dimensions: [{ Name: 'N', Value: '2' }] })).toEqual(['2'])
    expect(await names({ Namespace: 'Other' })).toEqual([])
    const { NextToken } = await describeAll({ MaxResults: 3 })
    expect(await names({ MaxResults: 3, NextToken })).toEqual(['3', '4'])
    await expect(describeAll({ NextToken: 'x' })).rejects.toMatchObject({ code: 'InvalidNextToken' })
  })
})

describe('PutAnomalyDetector', () => {
  const range = (start: number, end: number) => ({ StartTime: new Date(start), EndTime: new Date(end) })
  it.each([
    [
      'both forms of a metric',
      { ...SINGLE, SingleMetricAnomalyDetector: SINGLE },
      'The parameters Namespace and SingleMetricAnomalyDetector are mutually exclusive and you have specified both.',
    ],
    ['no metric', {}, 'The parameter Namespace is required.'],
    [
      'no statistic',
      { SingleMetricAnomalyDetector: METRIC },
      'The parameter SingleMetricAnomalyDetector.Stat is required.',
    ],
    ['a wrong statistic', { ...SINGLE, Stat: 'p101' }, 'The value p101 for parameter Stat is not supported.'],
    [
      'a time zone that does not exist',
      { ...SINGLE, Configuration: { MetricTimezone: 'Mars/Base' } },
      'The value Mars/Base for parameter Configuration.MetricTimezone is invalid.',
    ],
    [
      'an exclusion that ends before it starts',
      { ...SINGLE, Configuration: { ExcludedTimeRanges: [range(2, 1)] } },
      'The parameter Configuration.ExcludedTimeRanges.member.1.StartTime must be less than the parameter Configuration.ExcludedTimeRanges.member.1.EndTime.',
    ],
    [
      'an unknown speed',
      { ...SINGLE, Configuration: { AdaptationSpeed: 'WARP' } },
      "1 validation error detected: Value 'WARP' at 'configuration.adaptationSpeed' failed to satisfy constraint: Member must satisfy enum value set: [FAST, NORMAL, SLOW]",
    ],
    [
      'two expressions that return data',
      { MetricMathAnomalyDetector: { MetricDataQueries: [QUERY, { Id: 'e1', Expression: 'm1 * 2' }] } },
      'Exactly one element of the MetricMathAnomalyDetector.MetricDataQueries list should return data.',
    ],
    [
      'a search',
      {
        MetricMathAnomalyDetector: {
          MetricDataQueries: [{ Id: 'e1', Expression: "SUM(SEARCH('{App} x', 'Sum', 60))" }],
        },
      },
      "The expression SUM(SEARCH('{App} x', 'Sum', 60)) is not supported for anomaly detection.",
    ],
    [
      'a metric of another account',
      { SingleMetricAnomalyDetector: { ...SINGLE, AccountId: '999999999999' } },
      'An anomaly detector for a metric of another account is not implemented by Sonde.',
    ],
  ])('refuses %s', async (_name, input, message) => {
    await expect(open().put(input)).rejects.toMatchObject({ message })
  })
})

describe('AWS::CloudWatch::AnomalyDetector', () => {
  const request = (properties: Record<string, unknown>): ResourceRequest => ({
    scope: SCOPE,
    stackName: 'stack',
    stackId: 'arn',
    logicalId: 'Detector',
    properties,
    metadata: {},
    generateName: () => 'name',
    progress: () => {},
  })

  it('is made, changed in place and deleted', async () => {
    const { anomaly, describeAll } = open()
    const type = anomaly.resources['AWS::CloudWatch::AnomalyDetector']
    const before = { ...SINGLE, MetricCharacteristics: { PeriodicSpikes: 'true' } }
    const state = await type?.create(request(before))
    const after = {
      ...before,
      Configuration: {
        MetricTimeZone: 'Europe/Berlin',
        ExcludedTimeRanges: [{ StartTime: '2029-12-24T00:00:00', EndTime: '2029-12-27T00:00:00' }],
      },
    }
    if (!type || !state) throw new Error('no resource')
    expect(await type.update?.(request(after), { ...state, properties: before })).toEqual(state)
    expect((await describeAll()).AnomalyDetectors?.[0]).toMatchObject({
      AnomalyDetectorId: state.physicalId,
      MetricCharacteristics: { PeriodicSpikes: true },
      Configuration: {
        MetricTimezone: 'Europe/Berlin',
        ExcludedTimeRanges: [
          { StartTime: new Date('2029-12-24T00:00:00Z'), EndTime: new Date('2029-12-27T00:00:00Z') },
        ],
      },
    })
    const other = { ...after, Stat: 'p90' }
    expect(await type.update?.(request(other), { ...state, properties: after })).toBe('replace')
    await type.delete(SCOPE, state, after)
    await type.delete(SCOPE, state, after)
    expect((await describeAll()).AnomalyDetectors).toEqual([])
  })

  it.each([
    [
      { ...SINGLE, Configuration: { Speed: 'x' } },
      'Encountered unsupported property Properties.Configuration.Speed',
    ],
    [
      { ...SINGLE, MetricCharacteristics: { PeriodicSpikes: 'yes' } },
      'Property Properties.MetricCharacteristics.PeriodicSpikes must be true or false.',
    ],
  ])('refuses what it does not know by name', async (properties, message) => {
    const type = open().anomaly.resources['AWS::CloudWatch::AnomalyDetector']
    await expect(async () => type?.create(request(properties))).rejects.toMatchObject({ message })
  })
})
