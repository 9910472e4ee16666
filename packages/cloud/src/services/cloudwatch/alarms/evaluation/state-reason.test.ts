import { describe, expect, it } from 'vitest'
import type { MetricAlarm } from '../alarm.ts'
import { assess, criteriaOf } from './assessment.ts'
import type { DataPoint } from './comparison.ts'
import { evaluationRange } from './state-algorithm.ts'
import { stateReason } from './state-reason.ts'
import { stateReasonData } from './state-reason-data.ts'

const ALARM: MetricAlarm = {
  type: 'MetricAlarm',
  name: 'a',
  actionsEnabled: true,
  okActions: [],
  alarmActions: [],
  insufficientDataActions: [],
  updated: 0,
  tags: {},
  metricName: 'm',
  namespace: 'n',
  statistic: 'Average',
  period: 60,
  comparisonOperator: 'GreaterThanThreshold',
  threshold: 0,
  evaluationPeriods: 1,
}

/** Minute buckets, oldest first, of which the newest starts at 05:50:00 on 19 August 2026. */
const NEWEST = Date.UTC(2026, 7, 19, 5, 50)

const rangeOf = (values: ReadonlyArray<number | undefined>, needed: number) => {
  const size = evaluationRange(needed)
  const times = Array.from({ length: size }, (_, place) => NEWEST - (size - 1 - place) * 60_000)
  const missing = size - values.length
  const points = times.map((time, place): DataPoint | undefined => {
    const value = values[place - missing]
    return value === undefined ? undefined : { time, value, sampleCount: 2 }
  })
  return { times, points }
}

const reasonOf = (changes: Partial<MetricAlarm>, values: ReadonlyArray<number | undefined>) => {
  const criteria = criteriaOf({ ...ALARM, ...changes })
  const assessment = assess(criteria, rangeOf(values, criteria.evaluationPeriods).points)
  return assessment && stateReason(criteria, assessment)
}

describe('the reason of a state', () => {
  it.each<[string, Partial<MetricAlarm>, ReadonlyArray<number | undefined>, string]>([
    [
      'one point',
      { threshold: 21 },
      [21.5],
      'Threshold Crossed: 1 datapoint [21.5 (19/08/26 05:50:00)] was greater than the threshold (21.0).',
    ],
    [
      'several points',
      { evaluationPeriods: 3 },
      [1, 3, 2],
      'Threshold Crossed: 3 datapoints [2.0 (19/08/26 05:50:00), 3.0 (19/08/26 05:49:00), 1.0 (19/08/26 05:48:00)] were greater than the threshold (0.0).',
    ],
    [
      'a return to OK',
      { evaluationPeriods: 3, threshold: 2 },
      [3, 1, 4],
      'Threshold Crossed: 1 datapoint [1.0 (19/08/26 05:49:00)] was not greater than the threshold (2.0).',
    ],
    [
      'a point beside filler',
      {
        evaluationPeriods: 8,
        comparisonOperator: 'LessThanOrEqualToThreshold',
        treatMissingData: 'breaching',
      },
      [2],
      'Threshold Crossed: 1 datapoint [2.0 (19/08/26 05:50:00)] was not less than or equal to the threshold (0.0) and 7 missing datapoints were treated as [Breaching].',
    ],
    [
      'nothing but filler',
      { evaluationPeriods: 2, treatMissingData: 'breaching' },
      [],
      'Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].',
    ],
    [
      'one missing point',
      { treatMissingData: 'notBreaching' },
      [],
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
    ],
    [
      'filler that decides',
      { evaluationPeriods: 3, datapointsToAlarm: 2, treatMissingData: 'breaching' },
      [-1],
      'Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].',
    ],
    [
      'M out of N',
      { datapointsToAlarm: 1, threshold: 50 },
      [99.50160229693434],
      'Threshold Crossed: 1 out of the last 1 datapoints [99.50160229693434 (19/08/26 05:50:00)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).',
    ],
    [
      'M out of N beside filler',
      {
        evaluationPeriods: 20,
        datapointsToAlarm: 1,
        threshold: 1,
        comparisonOperator: 'GreaterThanOrEqualToThreshold',
        treatMissingData: 'notBreaching',
      },
      [613],
      'Threshold Crossed: 1 out of the last 20 datapoints [613.0 (19/08/26 05:50:00)] was greater than or equal to the threshold (1.0) and 19 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).',
    ],
    [
      'M out of N that ends',
      { evaluationPeriods: 3, datapointsToAlarm: 2, threshold: 50 },
      [60, 1, 2],
      'Threshold Crossed: 2 out of the last 3 datapoints [2.0 (19/08/26 05:50:00), 1.0 (19/08/26 05:49:00)] were not greater than the threshold (50.0) (minimum 2 datapoints for ALARM -> OK transition).',
    ],
    [
      'five points and more',
      { evaluationPeriods: 6, threshold: 10 },
      [11, 12, 13, 14, 15, 16],
      'Threshold Crossed: 6 datapoints were greater than the threshold (10.0). The most recent datapoints which crossed the threshold: [16.0 (19/08/26 05:50:00), 15.0 (19/08/26 05:49:00), 14.0 (19/08/26 05:48:00), 13.0 (19/08/26 05:47:00), 12.0 (19/08/26 05:46:00)].',
    ],
    ['one unknown point', {}, [], 'Insufficient Data: 1 datapoint was unknown.'],
    ['unknown points', { evaluationPeriods: 2 }, [], 'Insufficient Data: 2 datapoints were unknown.'],
  ])('names %s as CloudWatch does', (_name, changes, values, expected) => {
    expect(reasonOf(changes, values)).toBe(expected)
  })

  it('names both sides of a band', () => {
    const criteria = criteriaOf({
      ...ALARM,
      comparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold',
      datapointsToAlarm: 1,
    })
    const judge = (value: number) => {
      const assessment = assess(criteria, [{ time: NEWEST, value, lower: 0.0205, upper: 0.3006 }])
      return assessment && stateReason(criteria, assessment)
    }
    expect(judge(0)).toBe(
      'Thresholds Crossed: 1 out of the last 1 datapoints [0.0 (19/08/26 05:50:00)] was less than the lower thresholds [0.0205] or greater than the upper thresholds [0.3006] (minimum 1 datapoint for OK -> ALARM transition).',
    )
    expect(judge(0.1)).toContain(
      'was not less than the lower thresholds [0.0205] or not greater than the upper thresholds [0.3006]',
    )
  })

  it('never exceeds 1,023 characters', () => {
    const values = Array.from({ length: 4 }, () => 1.2345678901234567e300)
    expect(reasonOf({ evaluationPeriods: 4 }, values)?.length).toBeLessThanOrEqual(1_023)
  })
})

describe('the data of a reason', () => {
  const dataOf = (changes: Partial<MetricAlarm>, values: ReadonlyArray<number | undefined>) => {
    const alarm = { ...ALARM, ...changes }
    const criteria = criteriaOf(alarm)
    const { times, points } = rangeOf(values, criteria.evaluationPeriods)
    const assessment = assess(criteria, points)
    if (!assessment) throw new Error('kept')
    const subject = { unit: alarm.unit, statistic: alarm.extendedStatistic ?? alarm.statistic, period: 60 }
    return stateReasonData(criteria, subject, assessment, points, times, NEWEST + 99_810)
  }

  it('is the document that CloudWatch writes, to the byte', () => {
    expect(dataOf({ threshold: 21, unit: 'Seconds' }, [21.5])).toBe(
      '{"version":"1.0","queryDate":"2026-08-19T05:51:39.810+0000","startDate":"2026-08-19T05:50:00.000+0000","unit":"Seconds","statistic":"Average","period":60,"recentDatapoints":[21.5],"threshold":21.0,"evaluatedDatapoints":[{"timestamp":"2026-08-19T05:50:00.000+0000","sampleCount":2.0,"value":21.5}]}',
    )
  })

  it('lists missing buckets by their time alone, newest first, and has no start without data', () => {
    expect(dataOf({ evaluationPeriods: 2, threshold: 5 }, [])).toBe(
      '{"version":"1.0","queryDate":"2026-08-19T05:51:39.810+0000","statistic":"Average","period":60,"recentDatapoints":[],"threshold":5.0,"evaluatedDatapoints":[{"timestamp":"2026-08-19T05:50:00.000+0000"},{"timestamp":"2026-08-19T05:49:00.000+0000"}]}',
    )
  })

  it('lists recent values oldest first', () => {
    const data = JSON.parse(dataOf({ evaluationPeriods: 3 }, [41, 33.8, 32.6]))
    expect(data.recentDatapoints).toEqual([41, 33.8, 32.6])
    expect(data.evaluatedDatapoints.map(({ value }: { value: number }) => value)).toEqual([32.6, 33.8, 41])
  })

  it.each([60, 1_440])('stays valid JSON of at most 4,000 characters for %d periods', needed => {
    const data = dataOf(
      { evaluationPeriods: needed },
      Array.from({ length: needed }, (_, i) => i / 7),
    )
    expect(data.length).toBeLessThanOrEqual(4_000)
    expect(data.length).toBeGreaterThan(3_500)
    expect(JSON.parse(data).recentDatapoints.at(-1)).toBe((needed - 1) / 7)
  })
})

describe('percentiles of few samples', () => {
  it.each([
    [90, 100, 99],
    [99, 1_000, 999],
    [99.9, 10_000, 9_999],
    [50, 20, 19],
    [10, 100, 99],
  ])('p%d counts from %d samples on', (percentile, enough, tooFew) => {
    const alarm: MetricAlarm = { ...ALARM, extendedStatistic: `p${percentile}` }
    const state = (samples: number, low: 'evaluate' | 'ignore') =>
      assess(criteriaOf({ ...alarm, evaluateLowSampleCountPercentile: low }), [
        undefined,
        undefined,
        { time: NEWEST, value: 1, sampleCount: samples },
      ])?.state
    expect(state(enough, 'ignore')).toBe('ALARM')
    expect(state(tooFew, 'ignore')).toBeUndefined()
    expect(state(tooFew, 'evaluate')).toBe('ALARM')
  })
})

describe('alarms on AWS/DynamoDB', () => {
  it('ignore missing data whatever they were told', () => {
    expect(criteriaOf({ ...ALARM, namespace: 'AWS/DynamoDB', treatMissingData: 'breaching' }).treatment).toBe(
      'ignore',
    )
  })
})
