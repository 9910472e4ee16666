import { describe, expect, it } from 'vitest'
import { costOf, explain } from './explain.ts'

const stat = (period: number) => ({ MetricStat: { Metric: {}, Stat: 'Sum', Period: period } })

describe('the monthly cost of an alarm', () => {
  it.each([
    ['on one metric', { MetricName: 'm', Period: 60 }, 0.1],
    ['on one metric by the second', { MetricName: 'm', Period: 10 }, 0.3],
    [
      'on an expression over two metrics',
      {
        Metrics: [
          { Id: 'e', Expression: 'a/b' },
          { Id: 'a', ...stat(60) },
          { Id: 'b', ...stat(60) },
        ],
      },
      0.2,
    ],
    ['on a band', { ThresholdMetricId: 'b', Metrics: [{ Id: 'a', ...stat(300) }] }, 0.3],
    ['on other alarms', { AlarmRule: 'ALARM(a)' }, 0.5],
  ])('%s', (_, alarm, cost) => {
    expect(costOf(alarm)).toBeCloseTo(cost)
  })
})

it('alarms are explained with their derivation, owner and cost', () => {
  const lines: string[] = []
  const terminal = {
    print: (line: string) => void lines.push(line),
    warn: () => {},
    style: (_: unknown, text: string) => text,
  }
  const AlarmDescription = 'Too slow.\nDerivation: 80 % of 100.\nUrgency: ticket\nOwner: ml'
  const alarm = {
    AlarmName: 'slow',
    AlarmDescription,
    MetricName: 'L',
    Statistic: 'Average' as const,
    Period: 60,
    Threshold: 80,
    ComparisonOperator: 'GreaterThanThreshold' as const,
  }
  explain({ metric: [alarm], composite: [] }, terminal)
  expect(lines).toEqual([
    'slow  ticket  $0.10 a month',
    '  Too slow.',
    '  Average of L > 80 in 1 of 1 periods of 1m, missing data missing',
    '  from: 80 % of 100.',
    '  owner: ml',
    "\n1 alarms, about $0.10 a month at us-east-1's list prices",
  ])
})
