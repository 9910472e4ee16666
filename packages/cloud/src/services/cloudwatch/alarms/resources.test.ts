import { describe, expect, it } from 'vitest'
import type { ResourceRequest } from '../../../kernel/resource-type.ts'
import { createHarness, type Harness, SCOPE } from './testing.ts'

const ARN = 'arn:aws:cloudwatch:us-east-1:123456789012'

const requestOf = (properties: object): ResourceRequest => ({
  scope: SCOPE,
  stackName: 's',
  stackId: 'id',
  logicalId: 'L',
  properties: properties as ResourceRequest['properties'],
  metadata: {},
  generateName: () => 's-L-ABC',
  progress: () => {},
})

const typeOf = ({ alarms }: Harness, name: `${string}::${string}::${string}`) => {
  const type = alarms.resources[name]
  if (!type) throw new Error(`no ${name}`)
  return type
}

/** Templates may write numbers as text. */
const ALARM = {
  MetricName: 'm',
  Namespace: 'n',
  Statistic: 'Sum',
  Period: '60',
  EvaluationPeriods: 1,
  Threshold: '5',
  ComparisonOperator: 'GreaterThanThreshold',
  Tags: [{ Key: 'k', Value: '1' }],
}

describe('alarms in templates', () => {
  it('are created, updated in place with their tags, replaced under another name, and deleted', async () => {
    const harness = createHarness()
    const type = typeOf(harness, 'AWS::CloudWatch::Alarm')
    const state = await type.create(requestOf(ALARM))
    expect(state).toEqual({ physicalId: 's-L-ABC', attributes: { Arn: `${ARN}:alarm:s-L-ABC` } })
    const previous = { ...state, properties: ALARM }
    const changed = { ...ALARM, Threshold: 6, Tags: [{ Key: 'k', Value: '2' }] }
    expect(await type.update?.(requestOf(changed), previous)).toEqual(state)
    expect(harness.call('DescribeAlarms', {})).toMatchObject({ MetricAlarms: [{ Threshold: 6, Period: 60 }] })
    expect(harness.call('ListTagsForResource', { ResourceARN: `${ARN}:alarm:s-L-ABC` })).toEqual({
      Tags: [{ Key: 'k', Value: '2' }],
    })
    expect(await type.update?.(requestOf({ ...ALARM, AlarmName: 'x' }), previous)).toBe('replace')
    await type.delete(SCOPE, state, ALARM)
    await type.delete(SCOPE, state, ALARM)
    expect(harness.call('DescribeAlarms', {})).toMatchObject({ MetricAlarms: [] })
  })

  it('are refused where a property is not known within, or not had', () => {
    const harness = createHarness()
    const type = typeOf(harness, 'AWS::CloudWatch::Alarm')
    const create = (more: object) => () => type.create(requestOf({ ...ALARM, ...more }))
    expect(create({ Metrics: [{ Id: 'a', Colour: 1 }] })).toThrow('extraneous key [Colour]')
    expect(create({ EvaluationInterval: 60 })).toThrow('EvaluationInterval')
    expect(create({ Period: 'soon' })).toThrow('#/Period: expected type: Number')
    expect(harness.call('DescribeAlarms', {})).toMatchObject({ MetricAlarms: [] })
  })

  it('have composite alarms over them, and mute rules', async () => {
    const harness = createHarness()
    await typeOf(harness, 'AWS::CloudWatch::Alarm').create(requestOf({ ...ALARM, AlarmName: 'a' }))
    const composite = typeOf(harness, 'AWS::CloudWatch::CompositeAlarm')
    const made = await composite.create(requestOf({ AlarmName: 'c', AlarmRule: `ALARM("${ARN}:alarm:a")` }))
    expect([made.physicalId, harness.state('c')]).toEqual(['c', 'OK'])
    const rule = typeOf(harness, 'AWS::CloudWatch::AlarmMuteRule')
    const properties = {
      Rule: { Schedule: { Expression: 'cron(0 2 * * *)', Duration: 'PT1H', Timezone: 'Europe/Berlin' } },
      MuteTargets: { AlarmNames: ['a'] },
      ExpireDate: '2100-01-01T00:00',
    }
    const muted = await rule.create(requestOf(properties))
    expect(muted).toMatchObject({
      physicalId: `${ARN}:alarm-mute-rule:s-L-ABC`,
      attributes: { MuteType: 'RECURRING', Status: 'SCHEDULED' },
    })
    expect(harness.call('GetAlarmMuteRule', { AlarmMuteRuleName: 's-L-ABC' })).toMatchObject({
      ExpireDate: new Date('2099-12-31T23:00:00Z'),
    })
    await rule.delete(SCOPE, muted, properties)
    expect(harness.call('ListAlarmMuteRules', {})).toEqual({ AlarmMuteRuleSummaries: [] })
  })
})
