import { Match, Template } from 'aws-cdk-lib/assertions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { App, Duration, Stack } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { Alarms, type AlarmsProps } from './alarms.ts'

const synthesize = (more: Partial<AlarmsProps> = {}) => {
  const stack = new Stack(new App(), 'Shop')
  const alarms = new Alarms(stack, 'Alarms', {
    service: 'shop',
    api: { apiName: 'shop', stageName: 'prod' },
    function: { functionName: 'predict', concurrency: 1_000 },
    table: { tableName: 'reference', operations: ['BatchGetItem'] },
    endpoint: { endpointName: 'model', variantName: 'AllTraffic', cores: 2 },
    capacity: { requestsPerMinute: 6_000, invocationsPerInstance: 6_000 },
    sla: { availability: 99.95, latency: { p90: Duration.millis(200) } },
    routes: { page: new Topic(stack, 'Page'), ticket: new Topic(stack, 'Ticket') },
    owner: 'ml-platform',
    runbook: 'https://runbooks.example/shop',
    ...more,
  })
  return { alarms, template: Template.fromStack(stack) }
}

const alarmsOf = (template: Template): Array<Record<string, unknown> & { AlarmName: string }> =>
  Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties)

describe('the alarms of a service', () => {
  it('are derived from the agreement', () => {
    const { template } = synthesize()
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'shop-availability-burn-fast-long',
      Threshold: 0.0072,
      EvaluationPeriods: 1,
      Metrics: Match.arrayWith([Match.objectLike({ Expression: 'IF(bad >= 3, bad / total, 0)' })]),
    })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'shop-model-latency-critical',
      Threshold: 95,
    })
  })

  it('say what missing data mean, and leave silence to the health check', () => {
    const silent = alarmsOf(synthesize().template).filter(
      ({ TreatMissingData }) => TreatMissingData === 'breaching',
    )
    expect(silent.map(({ AlarmName }) => AlarmName)).toEqual([
      'shop-health-check-silent',
      'shop-health-check-not-running',
    ])
    for (const alarm of alarmsOf(synthesize().template)) expect(alarm.TreatMissingData).toBeDefined()
  })

  it('page through one composite alone', () => {
    const { template } = synthesize()
    const page = { Ref: Match.stringLikeRegexp('^Page') }
    const paging = [
      ...Object.values(
        template.findResources('AWS::CloudWatch::Alarm', { Properties: { AlarmActions: [page] } }),
      ),
      ...Object.values(
        template.findResources('AWS::CloudWatch::CompositeAlarm', { Properties: { AlarmActions: [page] } }),
      ),
    ]
    expect(paging.map(({ Properties }) => Properties.AlarmName)).toEqual(['shop-sla-at-risk'])
  })

  it('say in their description what to do', () => {
    for (const { AlarmDescription } of alarmsOf(synthesize().template)) {
      expect(AlarmDescription).toMatch(
        /\nDerivation: .+\nUrgency: (page|ticket)\nSilence: .+\nOwner: ml-platform\nRunbook: https:/,
      )
      expect(String(AlarmDescription).length).toBeLessThanOrEqual(1_024)
    }
  })

  it('can be changed and dropped by key', () => {
    const { template, alarms } = synthesize({
      change: { 'function-throttled': { threshold: 5, reason: 'Retried by the client.' } },
      drop: { 'traffic-anomalous': 'Traffic comes in campaigns.' },
    })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'shop-function-throttled',
      Threshold: 5,
    })
    expect(alarms.byKey.has('traffic-anomalous')).toBe(false)
  })

  it.each([
    [{ drop: { 'function-thottled': 'no' } }, 'The alarm set has no function-thottled. It has: '],
    [{ change: { 'latency-burn-fast': { threshold: 1, reason: 'no' } } }, 'follows from the agreement'],
  ])('are refused by key where they are not: %j', (more, message) => {
    expect(() => synthesize(more)).toThrow(message)
  })

  it('of an API alone need nothing else', () => {
    const stack = new Stack(new App(), 'Small')
    new Alarms(stack, 'Alarms', {
      service: 'small',
      api: { apiName: 'small', stageName: 'prod' },
      sla: { availability: 99.9, latency: { p90: Duration.seconds(1) } },
      routes: { page: new Topic(stack, 'Page'), ticket: new Topic(stack, 'Ticket') },
      owner: 'me',
      runbook: 'https://runbooks.example/small',
    })
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::CompositeAlarm', 9)
  })
})
