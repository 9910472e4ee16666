import { describe, expect, it } from 'vitest'
import { createHarness, START } from './testing.ts'
import { described, put } from './testing-calls.ts'

const MINUTE = 60_000
/** Instead of one metric's members. */
const NO_METRIC = {
  MetricName: undefined,
  Namespace: undefined,
  Statistic: undefined,
  Period: undefined,
}

const metricQuery = (id: string, name: string, period = 60) => ({
  Id: id,
  ReturnData: false,
  MetricStat: { Metric: { Namespace: 'n', MetricName: name }, Period: period, Stat: 'Sum' },
})

describe('an alarm', () => {
  it('on expressions evaluates its queries over its range, and says why where it cannot', async () => {
    const harness = createHarness()
    const asked: number[] = []
    harness.queries.answer = (_scope, _queries, { start, end }) => {
      asked.push((start - START) / MINUTE, (end - START) / MINUTE)
      const timestamps = [end - 120_000, end - MINUTE]
      return [{ id: 'e', messages: [], series: [{ label: 'e', period: 60, timestamps, values: [0.5, 0.4] }] }]
    }
    const metrics = [
      { Id: 'e', Expression: 'm / 2' },
      {
        Id: 'm',
        ReturnData: false,
        MetricStat: { Metric: { Namespace: 'n', MetricName: 'runs' }, Period: 60, Stat: 'Sum' },
      },
    ]
    const noMetric = { MetricName: undefined, Namespace: undefined, Statistic: undefined, Period: undefined }
    put(harness, 'a', { ...noMetric, Metrics: metrics, EvaluationPeriods: 2 })
    await harness.clock.advance(MINUTE)
    expect(asked).toEqual([-3, 1])
    expect(described(harness, 'a')?.StateReason).toBe(
      'Threshold Crossed: 2 datapoints [0.4 (23/11/99 12:00:00), 0.5 (23/11/99 11:59:00)] were less than the threshold (1.0).',
    )
    expect(harness.told.published[0]?.message).toMatchObject({
      Trigger: {
        Metrics: [
          { Expression: 'm / 2', Id: 'e', ReturnData: true },
          { Id: 'm', MetricStat: { Metric: { MetricName: 'runs' }, Stat: 'Sum' }, ReturnData: false },
        ],
      },
    })
    harness.queries.answer = () => [{ id: 'e', messages: [], series: [], error: 'no such thing' }]
    await harness.clock.advance(MINUTE)
    expect(described(harness, 'a')).toMatchObject({
      StateValue: 'INSUFFICIENT_DATA',
      EvaluationState: 'EVALUATION_ERROR',
      StateReason: 'The alarm could not be evaluated: no such thing',
    })
  })

  it('on a band compares with its two sides', async () => {
    const harness = createHarness()
    harness.queries.answer = (_scope, _queries, { end }) => {
      const timestamps = [end - 120_000, end - MINUTE]
      const line = (label: string, value: number) => ({
        label,
        period: 60,
        timestamps,
        values: [value, value],
      })
      return [
        { id: 'm', messages: [], series: [line('m', 9)] },
        { id: 'ad', messages: [], series: [line('upper', 5), line('lower', 1)] },
      ]
    }
    put(harness, 'a', {
      MetricName: undefined,
      Namespace: undefined,
      Statistic: undefined,
      Period: undefined,
      Threshold: undefined,
      ThresholdMetricId: 'ad',
      ComparisonOperator: 'GreaterThanUpperThreshold',
      EvaluationPeriods: 1,
      Metrics: [
        { Id: 'm', MetricStat: { Metric: { Namespace: 'n', MetricName: 'runs' }, Period: 60, Stat: 'Sum' } },
        { Id: 'ad', Expression: 'ANOMALY_DETECTION_BAND(m, 2)' },
      ],
    })
    await harness.clock.advance(MINUTE)
    const alarm = described(harness, 'a')
    expect(alarm?.StateReason).toBe(
      'Thresholds Crossed: 1 datapoint [9.0 (23/11/99 12:00:00)] was greater than the upper thresholds [5.0].',
    )
    expect(JSON.parse(alarm?.StateReasonData ?? '')).toMatchObject({ recentUpperThresholds: [5] })
  })
})

describe('an expression', () => {
  it.each([300, 600, 3_600])('with a period of %i s slides as an alarm on one metric does', async period => {
    const harness = createHarness()
    // Off the grid of the period, and of the hour.
    await harness.clock.advance(7 * MINUTE)
    const settings = {
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 3,
      TreatMissingData: 'breaching',
    }
    put(harness, 'single', { ...settings, Period: period })
    const math = { Metrics: [{ Id: 'e', Expression: 'm * 1' }, metricQuery('m', 'runs', period)] }
    put(harness, 'math', { ...settings, ...NO_METRIC, ...math })
    const seen: string[] = []
    // Bursts and silences that are as long as several periods, and no multiple of one.
    const cycle = Math.round((6.3 * period) / 60)
    for (let minute = 0; minute < period / 3; minute++) {
      if (minute % cycle < 0.4 * cycle) harness.metrics.put('runs', harness.clock.now(), 1)
      await harness.clock.advance(MINUTE)
      seen.push(harness.states('single', 'math').join(' '))
    }
    expect(seen.filter(states => states.split(' ')[0] !== states.split(' ')[1])).toEqual([])
    expect(new Set(seen).size).toBeGreaterThan(1)
    expect(described(harness, 'math')?.StateReason).toBe(described(harness, 'single')?.StateReason)
  })

  it.each([
    ['[m, n] / 2', 'multi time series'],
    ['METRICS()', 'multi time series'],
    ['SORT(METRICS("m"), AVG, DESC)', 'multi time series'],
    ["SEARCH('{n} runs', 'Sum', 60)", 'SEARCH is not supported on Metric Alarms.'],
    ["MAX(SEARCH('{n} runs', 'Sum', 60))", 'SEARCH is not supported on Metric Alarms.'],
    ['m +', 'Syntax error'],
    ['m + q', "no query with the id 'q'"],
  ])('%s is refused', (Expression, message) => {
    const harness = createHarness()
    const Metrics = [{ Id: 'e', Expression }, metricQuery('m', 'runs'), metricQuery('n', 'others')]
    expect(() => put(harness, 'a', { ...NO_METRIC, Metrics })).toThrow(message)
    expect(described(harness, 'a')).toBeUndefined()
  })

  it.each(['MAX([m, n])', 'FIRST(METRICS())', 'IF(m > AVG(n), m)'])('%s is one time series', Expression => {
    const harness = createHarness()
    const Metrics = [{ Id: 'e', Expression }, metricQuery('m', 'runs'), metricQuery('n', 'others')]
    put(harness, 'a', { ...NO_METRIC, Metrics })
    expect(described(harness, 'a')?.StateValue).toBe('INSUFFICIENT_DATA')
  })

  it.each(['FIRST(ANOMALY_DETECTION_BAND(m, 2))', 'm * 2'])('%s is no band to compare with', Expression => {
    const harness = createHarness()
    const settings = { Threshold: undefined, ThresholdMetricId: 'e' }
    const Metrics = [
      { ...metricQuery('m', 'runs'), ReturnData: true },
      { Id: 'e', Expression },
    ]
    const ComparisonOperator = 'GreaterThanUpperThreshold'
    expect(() => put(harness, 'a', { ...NO_METRIC, ...settings, ComparisonOperator, Metrics })).toThrow(
      'must contain an ANOMALY_DETECTION_BAND expression',
    )
  })

  it('whose words stand in a label or in a text is not taken for what they name', () => {
    const harness = createHarness()
    const Metrics = [
      { Id: 'e', Expression: 'MAX(METRICS("SEARCH(1)"))', Label: 'SEARCH(x)' },
      metricQuery('m', 'runs'),
    ]
    put(harness, 'a', { ...NO_METRIC, Metrics })
    expect(described(harness, 'a')?.Metrics?.[0]?.Label).toBe('SEARCH(x)')
  })

  it('that fails from the beginning ends its warm-up in time, and says why it cannot be evaluated', async () => {
    const harness = createHarness()
    harness.queries.answer = () => [{ id: 'e', messages: [], series: [], error: 'no such thing' }]
    const Metrics = [{ Id: 'e', Expression: 'm * 1' }, metricQuery('m', 'runs')]
    const warmUp = { WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 3 } }
    put(harness, 'a', { ...NO_METRIC, Metrics, ...warmUp })
    await harness.clock.advance(2 * MINUTE)
    expect(described(harness, 'a')?.EvaluationState).toBe('IN_WARM_UP')
    await harness.clock.advance(MINUTE)
    expect(described(harness, 'a')?.EvaluationState).toBe('EVALUATION_ERROR')
  })
})
