import { ServiceError } from '@sonde/wire'
import { describe, expect, it } from 'vitest'
import { createHarness, START, TOPIC } from './testing.ts'
import { described, history, put, silence, summaries } from './testing-calls.ts'

const MINUTE = 60_000
const ALARM_ARN = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:'

describe('silence', () => {
  it("raises exactly the alarm that owns it, on the minute that AWS's tables say", async () => {
    const harness = createHarness()
    put(harness, 'owner', { TreatMissingData: 'breaching' })
    put(harness, 'others', { TreatMissingData: 'notBreaching' })
    put(harness, 'default')
    const seen = await silence(harness, ['owner', 'others', 'default'], 7, 15)
    // 5 periods have a range of 7: while one point is left in it, 4 of 5 are filled in and breach, one does not.
    expect(seen.slice(6, 13)).toEqual(Array.from({ length: 7 }, () => 'OK OK OK'))
    expect(seen.slice(13)).toEqual(['ALARM OK INSUFFICIENT_DATA', 'ALARM OK INSUFFICIENT_DATA'])
    expect(harness.told.published.map(({ subject }) => subject)).toEqual([
      'ALARM: "owner" in US East (N. Virginia)',
    ])
    expect(described(harness, 'owner')?.StateReason).toBe(
      'Threshold Crossed: no datapoints were received for 5 periods and 5 missing datapoints were treated as [Breaching].',
    )
  })

  it("reaches a topic's subscribers as AWS's JSON, to the byte", async () => {
    const harness = createHarness()
    put(harness, 'a "b"', {
      AlarmDescription: 'd',
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      TreatMissingData: 'ignore',
      Dimensions: [{ Name: 'InstanceId', Value: 'abc' }],
      Statistic: 'Average',
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 21,
    })
    await harness.clock.advance(30_000)
    harness.metrics.put('runs', START, 21.5)
    await harness.clock.advance(30_000)
    const [sent] = harness.told.published
    expect(sent?.deliverer).toEqual({ service: 'cloudwatch.amazonaws.com', sourceArn: `${ALARM_ARN}a "b"` })
    expect(sent?.text).toBe(
      '{"AlarmName":"a \\"b\\"","AlarmDescription":"d","AWSAccountId":"123456789012","AlarmConfigurationUpdatedTimestamp":"2099-11-23T12:00:00.000+0000","ActionExecutedAfterMuteWindow":false,"NewStateValue":"ALARM","NewStateReason":"Threshold Crossed: 1 out of the last 1 datapoints [21.5 (23/11/99 12:00:00)] was greater than the threshold (21.0) (minimum 1 datapoint for OK -> ALARM transition).","StateChangeTime":"2099-11-23T12:01:00.000+0000","Region":"US East (N. Virginia)","AlarmArn":"arn:aws:cloudwatch:us-east-1:123456789012:alarm:a \\"b\\"","OldStateValue":"INSUFFICIENT_DATA","OKActions":[],"AlarmActions":["arn:aws:sns:us-east-1:123456789012:ops"],"InsufficientDataActions":[],"Trigger":{"MetricName":"runs","Namespace":"n","StatisticType":"Statistic","Statistic":"AVERAGE","Unit":null,"Dimensions":[{"value":"abc","name":"InstanceId"}],"Period":60,"EvaluationPeriods":1,"DatapointsToAlarm":1,"ComparisonOperator":"GreaterThanThreshold","Threshold":21.0,"TreatMissingData":"ignore","EvaluateLowSampleCountPercentile":""}}',
    )
  })
})

describe('an alarm', () => {
  it('begins unchecked, and keeps the tags and the state it has when it is written again', async () => {
    const harness = createHarness()
    put(harness, 'a', { Tags: [{ Key: 'k', Value: 'v' }] })
    expect(described(harness, 'a')).toEqual({
      ActionsEnabled: true,
      AlarmActions: [TOPIC],
      AlarmArn: `${ALARM_ARN}a`,
      AlarmConfigurationUpdatedTimestamp: new Date(START),
      AlarmName: 'a',
      ComparisonOperator: 'LessThanThreshold',
      Dimensions: [],
      EvaluationPeriods: 5,
      InsufficientDataActions: [],
      MetricName: 'runs',
      Namespace: 'n',
      OKActions: [],
      Period: 60,
      StateReason: 'Unchecked: Initial alarm creation',
      StateTransitionedTimestamp: new Date(START),
      StateUpdatedTimestamp: new Date(START),
      StateValue: 'INSUFFICIENT_DATA',
      Statistic: 'Sum',
      Threshold: 1,
    })
    await silence(harness, ['a'], 1, 1)
    put(harness, 'a', { Threshold: 0, Tags: [{ Key: 'k', Value: 'other' }] })
    expect(harness.state('a')).toBe('OK')
    expect(harness.call('ListTagsForResource', { ResourceARN: `${ALARM_ARN}a` })).toEqual({
      Tags: [{ Key: 'k', Value: 'v' }],
    })
    expect(summaries(harness, 'a')).toEqual([
      'Alarm "a" created',
      'Alarm updated from INSUFFICIENT_DATA to OK',
      'Alarm "a" updated',
    ])
  })

  it('writes its history with states as documents and tells the bus of its changes', async () => {
    const harness = createHarness()
    put(harness, 'a')
    await silence(harness, ['a'], 1, 1)
    const [update] = history(harness, 'a', 'StateUpdate')
    expect(JSON.parse(update?.HistoryData ?? '')).toMatchObject({
      version: '1.0',
      oldState: { stateValue: 'INSUFFICIENT_DATA', stateReason: 'Unchecked: Initial alarm creation' },
      newState: {
        stateValue: 'OK',
        stateReasonData: { version: '1.0', statistic: 'Sum', recentDatapoints: [1] },
      },
    })
    expect(harness.told.events.map(({ detailType }) => detailType)).toEqual([
      'CloudWatch Alarm Configuration Change',
      'CloudWatch Alarm State Change',
    ])
    expect(harness.told.events[1]).toMatchObject({
      source: 'aws.cloudwatch',
      resources: [`${ALARM_ARN}a`],
      detail: {
        alarmName: 'a',
        state: { value: 'OK', timestamp: '2099-11-23T12:01:00.000+0000' },
        previousState: { value: 'INSUFFICIENT_DATA' },
        configuration: {
          metrics: [
            {
              metricStat: {
                metric: { namespace: 'n', name: 'runs', dimensions: {} },
                period: 60,
                stat: 'Sum',
              },
              returnData: true,
            },
          ],
        },
      },
    })
  })

  it('invokes functions for itself, and records each action that fails without being stopped by it', async () => {
    const lambda = 'arn:aws:lambda:us-east-1:123456789012:function:f'
    const actions = [lambda, 'arn:aws:automate:us-east-1:ec2:stop']
    const harness = createHarness()
    put(harness, 'a', { OKActions: actions })
    await silence(harness, ['a'], 1, 1)
    const [invoked] = harness.told.invoked
    expect(invoked).toMatchObject({
      functionArn: lambda,
      invocationType: 'Event',
      caller: { service: 'lambda.alarms.cloudwatch.amazonaws.com', sourceArn: `${ALARM_ARN}a` },
    })
    expect(JSON.parse(Buffer.from(invoked?.payload ?? '').toString())).toMatchObject({
      source: 'aws.cloudwatch',
      alarmArn: `${ALARM_ARN}a`,
      accountId: '123456789012',
      region: 'us-east-1',
      alarmData: { alarmName: 'a', state: { value: 'OK' }, previousState: { value: 'INSUFFICIENT_DATA' } },
    })
    expect(summaries(harness, 'a', 'Action').sort()).toEqual([
      'Failed to execute action arn:aws:automate:us-east-1:ec2:stop. Received error: "automate actions are not available in the local cloud"',
      `Successfully executed action ${lambda}`,
    ])

    const broken = createHarness({ failing: new ServiceError('NotFound', 'Topic does not exist') })
    put(broken, 'a', { OKActions: [TOPIC] })
    put(broken, 'b', { OKActions: [TOPIC] })
    await silence(broken, ['a', 'b'], 1, 1)
    expect(broken.states('a', 'b')).toEqual(['OK', 'OK'])
    expect(summaries(broken, 'a', 'Action')).toEqual([
      `Failed to execute action ${TOPIC}. Received error: "Topic does not exist"`,
    ])
  })

  it('returns to its real state at the next evaluation after it was set', async () => {
    const harness = createHarness()
    put(harness, 'a')
    await silence(harness, ['a'], 1, 1)
    harness.call('SetAlarmState', { AlarmName: 'a', StateValue: 'ALARM', StateReason: 'drill' })
    await harness.clock.advance(0)
    expect(described(harness, 'a')).toMatchObject({ StateValue: 'ALARM', StateReason: 'drill' })
    expect(described(harness, 'a')).not.toHaveProperty('StateReasonData')
    expect(harness.told.published).toHaveLength(1)
    await silence(harness, ['a'], 1, 1)
    expect(harness.state('a')).toBe('OK')
  })

  it('runs no actions while they are disabled', async () => {
    const harness = createHarness()
    put(harness, 'a', { ActionsEnabled: false })
    harness.call('SetAlarmState', { AlarmName: 'a', StateValue: 'ALARM', StateReason: '' })
    harness.call('EnableAlarmActions', { AlarmNames: ['a', 'unknown'] })
    harness.call('SetAlarmState', { AlarmName: 'a', StateValue: 'OK', StateReason: '' })
    harness.call('SetAlarmState', { AlarmName: 'a', StateValue: 'ALARM', StateReason: '' })
    await harness.clock.advance(0)
    expect(harness.told.published).toHaveLength(1)
  })

  it('goes on being evaluated after its actions were disabled, or its tags changed', async () => {
    const harness = createHarness()
    put(harness, 'a', { TreatMissingData: 'breaching' })
    harness.call('DisableAlarmActions', { AlarmNames: ['a'] })
    harness.call('TagResource', { ResourceARN: `${ALARM_ARN}a`, Tags: [{ Key: 'k', Value: 'v' }] })
    await harness.clock.advance(MINUTE)
    expect([harness.state('a'), harness.told.published]).toEqual(['ALARM', []])
  })

  it('of high resolution is looked at every 10 seconds', async () => {
    const harness = createHarness()
    put(harness, 'a', {
      Period: 10,
      EvaluationPeriods: 2,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 5,
    })
    const seen: string[] = []
    for (const value of [1, 9, 9, 1]) {
      harness.metrics.put('runs', harness.clock.now(), value, { highResolution: true })
      await harness.clock.advance(10_000)
      seen.push(harness.state('a'))
    }
    expect(seen).toEqual(['OK', 'OK', 'ALARM', 'OK'])
  })

  it('that looks back more than a day is looked at on the hour, but soon after it was written', async () => {
    const harness = createHarness()
    await harness.clock.advance(5 * MINUTE)
    put(harness, 'a', { Period: 86_400, EvaluationPeriods: 2, TreatMissingData: 'notBreaching' })
    await harness.clock.advance(MINUTE)
    expect(harness.state('a')).toBe('OK')
    put(harness, 'a', { Period: 86_400, EvaluationPeriods: 2, TreatMissingData: 'breaching' })
    harness.call('SetAlarmState', { AlarmName: 'a', StateValue: 'INSUFFICIENT_DATA', StateReason: '' })
    await harness.clock.advance(MINUTE)
    expect(harness.state('a')).toBe('ALARM')
    harness.call('SetAlarmState', { AlarmName: 'a', StateValue: 'OK', StateReason: '' })
    await harness.clock.advance(52 * MINUTE)
    expect(harness.state('a')).toBe('OK')
    await harness.clock.advance(MINUTE)
    expect(harness.state('a')).toBe('ALARM')
  })

  it('warms up until its window is filled, or for the whole time where it is told to', async () => {
    const harness = createHarness()
    const warmUp = (OnlyStartEvaluatingAfterWarmUpPeriodEnds: boolean) => ({
      Period: 300,
      EvaluationPeriods: 3,
      TreatMissingData: 'breaching',
      WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 30, OnlyStartEvaluatingAfterWarmUpPeriodEnds },
    })
    put(harness, 'early', warmUp(false))
    put(harness, 'full', warmUp(true))
    put(harness, 'cold', { ...warmUp(false), WarmUpConfiguration: undefined })
    const changes: string[] = []
    let last = ''
    for (let minute = 1; minute <= 31; minute++) {
      if (minute > 4) harness.metrics.put('runs', harness.clock.now() + 1, 1)
      await harness.clock.advance(MINUTE)
      const now = harness.states('early', 'full', 'cold').join(' ')
      if (now !== last) changes.push(`${minute}: ${now}`)
      last = now
    }
    // The user guide's example: created at :00, first data at :04, evaluated at :19.
    expect(changes).toEqual([
      '1: INSUFFICIENT_DATA INSUFFICIENT_DATA ALARM',
      '5: INSUFFICIENT_DATA INSUFFICIENT_DATA OK',
      '19: OK INSUFFICIENT_DATA OK',
      '30: OK OK OK',
    ])
  })
})
