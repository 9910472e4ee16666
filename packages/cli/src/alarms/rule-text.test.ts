import { describe, expect, it } from 'vitest'
import { ruleText } from './rule-text.ts'

describe('the rule of an alarm', () => {
  it.each([
    [
      {
        MetricName: 'Latency',
        ExtendedStatistic: 'p90',
        Period: 60,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 3,
        ComparisonOperator: 'GreaterThanThreshold' as const,
        Threshold: 200,
        TreatMissingData: 'notBreaching',
      },
      'p90 of Latency > 200 in 3 of 5 periods of 1m, missing data notBreaching',
    ],
    [
      {
        Metrics: [
          { Id: 'e', Expression: 'IF(total > 10, bad / total, 0)' },
          { Id: 'bad', ReturnData: false, MetricStat: { Metric: {}, Stat: 'Sum', Period: 300 } },
        ],
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold' as const,
        Threshold: 0.05,
      },
      'IF(total > 10, bad / total, 0) >= 0.05 in 1 of 1 periods of 5m, missing data missing',
    ],
    [
      {
        Metrics: [
          { Id: 'm', MetricStat: { Metric: { MetricName: 'Count' }, Stat: 'Sum', Period: 300 } },
          { Id: 'band', Expression: 'ANOMALY_DETECTION_BAND(m, 3)' },
        ],
        ThresholdMetricId: 'band',
        EvaluationPeriods: 3,
        ComparisonOperator: 'LessThanLowerOrGreaterThanUpperThreshold' as const,
      },
      'Sum of Count outside its band in 3 of 3 periods of 5m, missing data missing',
    ],
    [
      { AlarmRule: 'ALARM(a) OR ALARM(b)', ActionsSuppressor: 'deploy' },
      'ALARM(a) OR ALARM(b), suppressed by deploy',
    ],
  ])('%# is told in one line', (alarm, text) => {
    expect(ruleText(alarm)).toBe(text)
  })
})
