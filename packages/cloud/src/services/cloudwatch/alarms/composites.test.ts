import type { DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch'
import { ServiceError } from '@sonde/wire'
import { describe, expect, it } from 'vitest'
import { createHarness, type Harness, START, TOPIC } from './testing.ts'

const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:'
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f'

/** Alarms that keep whatever state they are set to. */
const children = (harness: Harness, ...names: string[]): void => {
  for (const AlarmName of names) {
    harness.call('PutMetricAlarm', {
      AlarmName,
      MetricName: 'none',
      Namespace: 'n',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'ignore',
    })
  }
}

const set = (harness: Harness, AlarmName: string, StateValue: 'ALARM' | 'OK'): void => {
  harness.call('SetAlarmState', { AlarmName, StateValue, StateReason: 'set' })
}

const composite = (harness: Harness, AlarmName: string, AlarmRule: string, more: object = {}): void => {
  harness.call('PutCompositeAlarm', {
    AlarmName,
    AlarmRule,
    AlarmActions: [TOPIC],
    OKActions: [TOPIC],
    ...more,
  })
}

const described = (harness: Harness, name: string) => {
  const input = { AlarmNames: [name], AlarmTypes: ['CompositeAlarm' as const] }
  return (harness.call('DescribeAlarms', input) as DescribeAlarmsOutput).CompositeAlarms?.[0]
}

const subjects = ({ told }: Harness) => told.published.map(({ subject }) => subject?.split(' in ')[0])

const messageOf = (work: () => unknown): string => {
  try {
    work()
    return 'no error'
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceError)
    return (error as ServiceError).message
  }
}

describe('a composite alarm', () => {
  it('is evaluated when it is created, and at once when a child changes', async () => {
    const harness = createHarness()
    children(harness, 'a', 'b')
    composite(harness, 'c', 'ALARM(a) AND ALARM(b)')
    expect(described(harness, 'c')).toMatchObject({
      StateValue: 'OK',
      StateReason: `${ARN}c was created and its alarm rule evaluates to OK`,
      AlarmRule: 'ALARM(a) AND ALARM(b)',
    })
    set(harness, 'a', 'ALARM')
    expect(harness.state('c')).toBe('OK')
    set(harness, 'b', 'ALARM')
    expect(described(harness, 'c')).toMatchObject({
      StateValue: 'ALARM',
      StateReason: `${ARN}b transitioned to ALARM at Monday 23 November, 2099 12:00:00 UTC`,
      StateReasonData: `{"triggeringAlarms":[{"arn":"${ARN}b","state":{"value":"ALARM","timestamp":"2099-11-23T12:00:00.000+0000"}}]}`,
    })
    await harness.clock.advance(0)
    expect(subjects(harness)).toEqual(['OK: "c"', 'ALARM: "c"'])
    expect(harness.told.published[1]?.message).toMatchObject({
      AlarmRule: 'ALARM(a) AND ALARM(b)',
      OldStateValue: 'OK',
      TriggeringChildren: [
        { Arn: `${ARN}b`, State: { Value: 'ALARM', Timestamp: '2099-11-23T12:00:00.000+0000' } },
      ],
    })
    expect(harness.told.published[1]?.message).not.toHaveProperty('Trigger')
  })

  it('keeps its reason while it stays in its state', () => {
    const harness = createHarness()
    children(harness, 'a', 'b')
    composite(harness, 'c', 'ALARM(a) OR ALARM(b)')
    set(harness, 'a', 'ALARM')
    const reason = described(harness, 'c')?.StateReason
    set(harness, 'b', 'ALARM')
    expect(described(harness, 'c')?.StateReason).toBe(reason)
  })

  it('follows others through any depth, each of them once', () => {
    const harness = createHarness()
    children(harness, 'a')
    composite(harness, 'c1', 'ALARM(a)')
    composite(harness, 'c2', 'NOT ALARM(c1) AND ALARM(a)')
    composite(harness, 'c3', 'ALARM(c1) OR ALARM(c2)')
    set(harness, 'a', 'ALARM')
    expect(harness.states('c1', 'c2', 'c3')).toEqual(['ALARM', 'OK', 'ALARM'])
    const history = harness.call('DescribeAlarmHistory', {
      AlarmTypes: ['CompositeAlarm'],
      HistoryItemType: 'StateUpdate',
      AlarmName: 'c2',
    })
    expect(history).toMatchObject({
      AlarmHistoryItems: [{ HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to OK' }],
    })
  })

  it('in a cycle is not evaluated, cannot be deleted, and lives on once the cycle is broken', () => {
    const harness = createHarness()
    children(harness, 'a')
    composite(harness, 'c1', 'ALARM(a)')
    composite(harness, 'c2', 'ALARM(c1)')
    composite(harness, 'c1', 'ALARM(a) OR ALARM(c2)')
    set(harness, 'a', 'ALARM')
    expect(harness.states('c1', 'c2')).toEqual(['OK', 'OK'])
    for (const name of ['c1', 'c2']) {
      expect(messageOf(() => harness.call('DeleteAlarms', { AlarmNames: [name] }))).toBe(
        `Cannot delete ${name} as there are composite alarm(s) depending on it.`,
      )
    }
    composite(harness, 'c1', 'FALSE')
    composite(harness, 'c2', 'ALARM(a)')
    expect(harness.states('c1', 'c2')).toEqual(['OK', 'ALARM'])
    harness.call('DeleteAlarms', { AlarmNames: ['c1'] })
  })

  it.each([
    [
      'ALARM(gone) OR ALARM(a)',
      {},
      'Could not save the composite alarm as alarms [gone] in the alarm rule do not exist',
    ],
    ['ALARM(a', {}, "Error in AlarmRule [Unsupported token 'end of rule' at char 7, must be: ')']"],
    ['TRUE', { ActionsSuppressor: 'a' }, 'ActionsSuppressorWaitPeriod must not be null'],
    [
      'TRUE',
      { ActionsSuppressorWaitPeriod: 1 },
      'ActionsSuppressor must not be null if a wait or extension period is set',
    ],
    [
      'TRUE',
      { AlarmActions: ['arn:aws:automate:us-east-1:ec2:stop'] },
      'The action arn:aws:automate:us-east-1:ec2:stop is not supported for CompositeAlarms',
    ],
    ['TRUE', { AlarmName: 'a' }, 'An alarm of the type MetricAlarm with the name a already exists'],
  ])('%s with %j is refused', (rule, more, message) => {
    const harness = createHarness()
    children(harness, 'a')
    expect(messageOf(() => composite(harness, 'c', rule, more))).toBe(message)
  })

  it('protects its children and its suppressor from being deleted without it', () => {
    const harness = createHarness()
    children(harness, 'a', 's')
    composite(harness, 'c', 'ALARM(a)', {
      ActionsSuppressor: `${ARN}s`,
      ActionsSuppressorWaitPeriod: 0,
      ActionsSuppressorExtensionPeriod: 0,
    })
    expect(messageOf(() => harness.call('DeleteAlarms', { AlarmNames: ['a', 's'] }))).toBe(
      'Cannot delete a,s as there are composite alarm(s) depending on them.',
    )
    harness.call('DeleteAlarms', { AlarmNames: ['a', 'c', 's'] })
    expect(harness.call('DescribeAlarms', { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] })).toEqual({
      CompositeAlarms: [],
      MetricAlarms: [],
      LogAlarms: [],
    })
  })

  it('is told of by its relatives', () => {
    const harness = createHarness()
    children(harness, 'a', 'b')
    composite(harness, 'c', 'ALARM(b) OR ALARM(a)')
    expect(harness.call('DescribeAlarms', { ChildrenOfAlarmName: 'c' })).toEqual({
      CompositeAlarms: [],
      LogAlarms: [],
      MetricAlarms: ['a', 'b'].map(name => ({
        AlarmName: name,
        AlarmArn: `${ARN}${name}`,
        StateValue: 'INSUFFICIENT_DATA',
        StateUpdatedTimestamp: new Date(START),
      })),
    })
    expect(harness.call('DescribeAlarms', { ParentsOfAlarmName: 'a' })).toEqual({
      CompositeAlarms: [{ AlarmName: 'c', AlarmArn: `${ARN}c` }],
      LogAlarms: [],
      MetricAlarms: [],
    })
    expect(
      messageOf(() => harness.call('DescribeAlarms', { ParentsOfAlarmName: 'a', StateValue: 'OK' })),
    ).toBe('StateValue cannot be specified with ParentsOfAlarmName')
  })
})

describe('suppressed actions', () => {
  const suppressed = (harness: Harness): void => {
    children(harness, 'a', 's')
    composite(harness, 'c', 'ALARM(a)', {
      ActionsSuppressor: 's',
      ActionsSuppressorWaitPeriod: 120,
      ActionsSuppressorExtensionPeriod: 180,
    })
  }

  it('run after the wait, once, in the state of then', async () => {
    const harness = createHarness()
    suppressed(harness)
    expect(described(harness, 'c')).toMatchObject({
      ActionsSuppressedBy: 'WaitPeriod',
      ActionsSuppressedReason: 'Actions suppressed by WaitPeriod',
    })
    await harness.clock.advance(60_000)
    set(harness, 'a', 'ALARM')
    await harness.clock.advance(119_000)
    expect(subjects(harness)).toEqual([])
    await harness.clock.advance(1_000)
    expect(subjects(harness)).toEqual(['ALARM: "c"'])
    expect(harness.state('c')).toBe('ALARM')
    const event = harness.told.events.findLast(({ detailType }) => detailType.endsWith('State Change'))
    expect(event?.detail).toMatchObject({
      state: {
        value: 'ALARM',
        actionsSuppressedBy: 'WaitPeriod',
        actionsSuppressedReason: 'Actions suppressed by WaitPeriod',
      },
      configuration: { alarmRule: 'ALARM(a)', actionsSuppressor: 's', actionsSuppressorWaitPeriod: 120 },
    })
  })

  it('wait for an active suppressor, and for its extension', async () => {
    const harness = createHarness()
    suppressed(harness)
    await harness.clock.advance(120_000)
    set(harness, 'a', 'ALARM')
    set(harness, 's', 'ALARM')
    expect(harness.state('c')).toBe('ALARM by Alarm')
    await harness.clock.advance(3_600_000)
    set(harness, 's', 'OK')
    expect(harness.state('c')).toBe('ALARM by ExtensionPeriod')
    await harness.clock.advance(179_000)
    expect(subjects(harness)).toEqual(['OK: "c"'])
    await harness.clock.advance(1_000)
    expect(subjects(harness)).toEqual(['OK: "c"', 'ALARM: "c"'])
  })
})

describe('a mute rule', () => {
  const mute = (
    harness: Harness,
    Name: string,
    Expression: string,
    Duration: string,
    AlarmNames = ['a'],
  ): void => {
    harness.call('PutAlarmMuteRule', {
      Name,
      Rule: { Schedule: { Expression, Duration } },
      MuteTargets: { AlarmNames },
    })
  }
  const alarm = (harness: Harness, more: object = {}): void => {
    harness.call('PutMetricAlarm', {
      AlarmName: 'a',
      MetricName: 'none',
      Namespace: 'n',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'ignore',
      AlarmActions: [TOPIC],
      OKActions: [TOPIC],
      ...more,
    })
  }

  it('holds actions back while it is active, and they run when it ends in another state', async () => {
    const harness = createHarness()
    alarm(harness)
    mute(harness, 'm', 'at(2099-11-23T12:01)', 'PT5M')
    await harness.clock.advance(120_000)
    set(harness, 'a', 'ALARM')
    await harness.clock.advance(239_000)
    expect(subjects(harness)).toEqual([])
    await harness.clock.advance(1_000)
    expect(subjects(harness)).toEqual(['ALARM: "a"'])
    expect(harness.told.published[0]?.message).toMatchObject({
      ActionExecutedAfterMuteWindow: true,
      OldStateValue: 'INSUFFICIENT_DATA',
    })
    expect(harness.call('GetAlarmMuteRule', { AlarmMuteRuleName: 'm' })).toMatchObject({
      Status: 'EXPIRED',
      MuteType: 'ONE_TIME',
    })
  })

  it('runs none where the alarm has come back to the state of before', async () => {
    const harness = createHarness()
    alarm(harness)
    set(harness, 'a', 'OK')
    mute(harness, 'm', 'at(2099-11-23T12:00)', 'PT5M')
    set(harness, 'a', 'ALARM')
    set(harness, 'a', 'OK')
    await harness.clock.advance(3_600_000)
    expect(subjects(harness)).toEqual(['OK: "a"'])
  })

  it('gives way to another one, and ends at once where it is deleted or changed', async () => {
    const harness = createHarness()
    alarm(harness)
    mute(harness, 'm1', 'at(2099-11-23T12:00)', 'PT5M')
    mute(harness, 'm2', 'cron(3 12 * * *)', 'PT5M')
    set(harness, 'a', 'ALARM')
    await harness.clock.advance(6 * 60_000)
    expect(subjects(harness)).toEqual([])
    harness.call('PutMetricAlarm', {
      AlarmName: 'a',
      MetricName: 'none',
      Namespace: 'n',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'ignore',
      AlarmActions: [FUNCTION],
    })
    harness.call('DeleteAlarmMuteRule', { AlarmMuteRuleName: 'm2' })
    await harness.clock.advance(0)
    expect(harness.told.invoked.map(({ functionArn }) => functionArn)).toEqual([FUNCTION])
    harness.call('DeleteAlarmMuteRule', { AlarmMuteRuleName: 'm2' })
  })

  it('is listed by alarm and status, and refused where its schedule or its alarms are none', () => {
    const harness = createHarness()
    alarm(harness)
    mute(harness, 'm1', 'at(2099-11-23T12:00)', 'PT5M')
    mute(harness, 'm2', 'cron(0 2 * * SUN)', 'PT4H')
    const arn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm-mute-rule:'
    expect(harness.call('ListAlarmMuteRules', { AlarmName: 'a', Statuses: ['SCHEDULED'] })).toEqual({
      AlarmMuteRuleSummaries: [
        {
          AlarmMuteRuleArn: `${arn}m2`,
          Status: 'SCHEDULED',
          MuteType: 'RECURRING',
          LastUpdatedTimestamp: new Date(START),
        },
      ],
    })
    expect(messageOf(() => mute(harness, 'm', 'cron(0 2 * * ? *)', 'PT4H'))).toContain(
      'Invalid schedule expression',
    )
    expect(messageOf(() => mute(harness, 'm', 'cron(0 2 * * *)', 'P16D'))).toContain('Invalid duration')
    expect(messageOf(() => mute(harness, 'm', 'cron(0 2 * * *)', 'PT4H', ['gone']))).toBe(
      'The alarms [gone] do not exist',
    )
    expect(messageOf(() => harness.call('GetAlarmMuteRule', { AlarmMuteRuleName: 'gone' }))).toContain('gone')
  })
})
