import {
  Alarm,
  type AlarmProps,
  AlarmRule,
  AlarmState,
  CompositeAlarm,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { App, Duration, Stack } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { applyAlarmPolicy } from './policy.ts'

const errors = (dimensionsMap: Record<string, string> = { FunctionName: 'f' }, statistic = 'Sum') =>
  new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Errors',
    dimensionsMap,
    statistic,
    period: Duration.minutes(1),
  })

const SOUND = {
  metric: errors(),
  threshold: 1,
  evaluationPeriods: 1,
  treatMissingData: TreatMissingData.NOT_BREACHING,
  alarmDescription: 'Silence: owned by heartbeat',
} satisfies AlarmProps

/** An app with a heartbeat that owns silence, and an alarm under test. */
const violationsWith = (
  more: Partial<AlarmProps>,
  change: (alarm: Alarm, stack: Stack) => void = () => {},
) => {
  const app = new App()
  const stack = new Stack(app, 'S')
  applyAlarmPolicy(app, { maxMonthlyCost: 1 })
  const action = new SnsAction(new Topic(stack, 'Topic'))
  const heartbeat = new Alarm(stack, 'heartbeat', {
    ...SOUND,
    metric: new Metric({ namespace: 'Shop', metricName: 'Beat', period: Duration.minutes(1) }),
    treatMissingData: TreatMissingData.BREACHING,
    alarmDescription: 'Silence: owned by this alarm',
  })
  heartbeat.addAlarmAction(action)
  const alarm = new Alarm(stack, 'alarm', { ...SOUND, ...more })
  alarm.addAlarmAction(action)
  change(alarm, stack)
  try {
    app.synth()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

describe('the policy', () => {
  it('lets sound alarms pass', () => {
    expect(violationsWith({})).toBe('')
  })

  it.each([
    ['no treatment of missing data', { treatMissingData: undefined as never }, 'Set treatMissingData'],
    ['nobody who owns silence', { alarmDescription: '' }, 'names nobody'],
    [
      'an owner that is not there',
      { alarmDescription: 'Silence: owned by pulse' },
      'leaves silence to pulse, which is not there',
    ],
    ['an owner that cannot hear', { alarmDescription: 'Silence: owned by this alarm' }, 'cannot hear it'],
    ['a dimension that does not exist', { metric: errors({ Function: 'f' }) }, 'exists under'],
    [
      'a threshold that cannot be reached',
      {
        metric: errors({ FunctionName: 'f' }, 'Average'),
        comparisonOperator: 'GreaterThanThreshold' as never,
      },
      'can never fire',
    ],
    ['more time than CloudWatch looks back', { evaluationPeriods: 1_441 }, 'looks back 86460 s'],
    [
      'a description that is too long',
      { alarmDescription: `Silence: owned by heartbeat\n${'x'.repeat(1_024)}` },
      'more than 1024 characters',
    ],
  ])('refuses %s and says what to do', (_, more, message) => {
    expect(violationsWith(more)).toContain(message)
  })

  it('refuses two alarms on the silence of one metric', () => {
    const message = violationsWith(
      { treatMissingData: TreatMissingData.BREACHING, alarmDescription: '' },
      (_, stack) => {
        const twin = new Alarm(stack, 'twin', {
          ...SOUND,
          treatMissingData: TreatMissingData.BREACHING,
          alarmDescription: '',
        })
        twin.addAlarmAction(new SnsAction(new Topic(stack, 'Other')))
      },
    )
    expect(message).toContain('both alarm when the same metric is missing')
  })

  it('refuses an alarm that reaches nobody, unless it is part of one that does', () => {
    const lonely = (stack: Stack) => new Alarm(stack, 'lonely', SOUND)
    expect(violationsWith({}, (_, stack) => void lonely(stack))).toContain('S/lonely: reaches nobody')
    const composed = violationsWith({}, (_, stack) => {
      const composite = new CompositeAlarm(stack, 'composite', {
        alarmRule: AlarmRule.fromAlarm(lonely(stack), AlarmState.ALARM),
      })
      composite.addAlarmAction(new SnsAction(new Topic(stack, 'Other')))
    })
    expect(composed).toBe('')
  })

  it('refuses more cost than allowed', () => {
    const message = violationsWith({}, (alarm, stack) => {
      for (const index of [1, 2]) {
        const composite = new CompositeAlarm(stack, `c${index}`, {
          alarmRule: AlarmRule.fromAlarm(alarm, AlarmState.ALARM),
        })
        composite.addAlarmAction(new SnsAction(new Topic(stack, `T${index}`)))
      }
    })
    expect(message).toContain('cost about $1.20 a month, more than $1')
  })

  it('refuses a filled metric that two alarms own', () => {
    const filled = () =>
      new MathExpression({
        expression: 'FILL(m, 0)',
        usingMetrics: { m: errors() },
        period: Duration.minutes(1),
      })
    const owner = { ...SOUND, metric: filled(), alarmDescription: 'Silence: owned by this alarm' }
    const message = violationsWith(owner, (_, stack) => {
      const twin = new Alarm(stack, 'twin', { ...owner, metric: filled() })
      twin.addAlarmAction(new SnsAction(new Topic(stack, 'Other')))
    })
    expect(message).toContain('both alarm')
  })
})
