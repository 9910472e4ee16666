import { Match, Template } from 'aws-cdk-lib/assertions'
import { MockIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway'
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda'
import { App, Duration, Stack } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { coresOf } from './instance-types.ts'
import { Watch } from './watch.ts'

const sla = { availability: 99.95, latency: { p90: Duration.millis(200) } }

/** An app of somebody else's: their own API, function and table. */
const theirs = () => {
  const stack = new Stack(new App(), 'Theirs')
  const api = new RestApi(stack, 'Api', { restApiName: 'orders' })
  api.root.addMethod('GET', new MockIntegration())
  const handler = new Lambda(stack, 'Handler', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => ({ statusCode: 200 })'),
  })
  const table = new Table(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } })
  return { stack, api, handler, table }
}

describe('a watch', () => {
  it('is added to a plain app by one construct', () => {
    const { stack, api, handler, table } = theirs()
    const endpoint = { endpointName: 'fraud', instanceType: 'ml.c7i.large' }
    new Watch(stack, 'Watch', { api, function: handler, table, endpoint, sla })
    const template = Template.fromStack(stack)
    template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', { AlarmName: 'orders-sla-at-risk' })
    template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 day)' })
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1)
    template.resourceCountIs('AWS::SNS::Topic', 2)
  })

  it('shows the alarms before anything else', () => {
    const { stack, api } = theirs()
    new Watch(stack, 'Watch', { api, sla })
    const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'))
    const body = JSON.stringify(dashboard?.Properties.DashboardBody)
    expect(body.indexOf('\\"alarm\\"')).toBeLessThan(body.indexOf('\\"metric\\"'))
  })

  it('lets its alarms publish to its topics, and refuses all that is not encrypted', () => {
    const { stack, api } = theirs()
    new Watch(stack, 'Watch', { api, sla })
    Template.fromStack(stack).hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          Match.objectLike({ Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } }),
        ]),
      },
    })
  })

  it('lets the health check of another account count here', () => {
    const { stack, api } = theirs()
    new Watch(stack, 'Watch', {
      api,
      sla,
      healthCheck: { account: '222222222222', url: api.urlForPath('/') },
    })
    const template = Template.fromStack(stack)
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'orders-health-check' })
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { AlarmName: 'orders-health-check-silent' })
  })

  it('traces all in development and 1 % in production, none of it for certain', () => {
    for (const [sampling, FixedRate] of [
      ['development', 1],
      ['production', 0.01],
    ] as const) {
      const { stack, api } = theirs()
      new Watch(stack, 'Watch', { api, sla, sampling })
      Template.fromStack(stack).hasResourceProperties('AWS::XRay::SamplingRule', {
        SamplingRule: { FixedRate, ReservoirSize: 0 },
      })
    }
  })
})

describe('the cores of an instance type', () => {
  it.each([
    ['ml.c7i.large', 2],
    ['ml.m5.12xlarge', 48],
    ['ml.g5.xlarge', 4],
    ['ml.c4.8xlarge', 36],
  ])('%s are %d', (type, cores) => {
    expect(coresOf(type)).toBe(cores)
  })

  it('are asked for where they cannot be told', () => {
    expect(() => coresOf('ml.x.huge')).toThrow('How many vCPUs does ml.x.huge have? Give endpoint.cores.')
  })
})
