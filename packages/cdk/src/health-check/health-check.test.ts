import { Match, Template } from 'aws-cdk-lib/assertions'
import { App, Duration, Stack } from 'aws-cdk-lib/core'
import { describe, expect, it } from 'vitest'
import { HealthCheck, type HealthCheckProps } from './health-check.ts'
import { HealthCheckTarget } from './health-check-target.ts'

const synthesize = (more: Partial<HealthCheckProps> = {}) => {
  const stack = new Stack(new App(), 'Checks')
  new HealthCheck(stack, 'HealthCheck', {
    service: 'shop',
    api: HealthCheckTarget.of(stack, 'shop', '111111111111'),
    request: { body: { flight: 1 } },
    expect: { json: { probability: { atLeast: 0 } } },
    ...more,
  })
  return Template.fromStack(stack)
}

const configurationOf = (template: Template) => {
  const [found] = Object.values(template.findResources('AWS::Lambda::Function'))
  return JSON.stringify(found?.Properties.Environment.Variables.CHECK)
}

describe('a health check', () => {
  it('runs every minute and never twice for one', () => {
    const template = synthesize()
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
    })
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 })
  })

  it('may count in its own namespace, and take the role of the API’s account alone', () => {
    synthesize().hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'cloudwatch:PutMetricData',
            Condition: { StringEquals: { 'cloudwatch:namespace': 'Sonde/HealthCheck' } },
          }),
          Match.objectLike({ Action: 'sts:AssumeRole' }),
        ]),
      },
    })
  })

  it('reads its API key where it runs: the template has the parameter’s name', () => {
    const template = synthesize({ apiKeyParameter: '/keys/shop' })
    expect(configurationOf(template)).toContain('/keys/shop')
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'ssm:GetParameter' })]) },
    })
  })

  it.each([
    [{ timeout: Duration.minutes(1) }, "A health check's timeout may be 50 seconds at most"],
    [{ expect: { status: 2 } }, 'expect.status must be an HTTP status'],
  ])('is refused where it cannot be: %j', (more, message) => {
    expect(() => synthesize(more)).toThrow(message)
  })
})

describe('the target of a health check', () => {
  it('lets one account find the API and count, under names that both know', () => {
    const stack = new Stack(new App(), 'Shop')
    new HealthCheckTarget(stack, 'Target', {
      service: 'shop',
      url: 'https://shop.example/',
      account: '222222222222',
    })
    const template = Template.fromStack(stack)
    template.hasResourceProperties('AWS::IAM::Role', { RoleName: 'shop-health-check' })
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/sonde/shop/url',
      Value: 'https://shop.example/',
    })
    expect(HealthCheckTarget.of(stack, 'shop', '111111111111')).toMatchObject({
      roleArn: expect.stringContaining(':iam::111111111111:role/shop-health-check'),
      urlParameter: '/sonde/shop/url',
    })
  })
})
