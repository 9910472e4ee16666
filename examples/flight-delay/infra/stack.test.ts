import { Match, Template } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { HealthCheckStack } from './health-check-stack.ts'
import { FlightDelayStack } from './stack.ts'

const CHECKS = '111111111111'

let template: Template
let checks: Template

beforeAll(() => {
  // Bundling is skipped: esbuild has nothing to do with what is asserted here.
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
  const flightDelay = new FlightDelayStack(app, 'FlightDelay', { healthCheckAccount: CHECKS })
  const health = new HealthCheckStack(app, 'Checks', {
    service: 'FlightDelay',
    serviceAccount: '222222222222',
  })
  template = Template.fromStack(flightDelay)
  checks = Template.fromStack(health)
})

/** The function behind the API: the watch has functions of its own. */
const predictions = (): { readonly id: string; readonly Properties: { readonly Timeout: number } } => {
  const properties = { Environment: { Variables: { TABLE_NAME: Match.anyValue() } } }
  const [[id, found]] = Object.entries(
    template.findResources('AWS::Lambda::Function', { Properties: properties }),
  ) as [[string, { Properties: { Timeout: number } }]]
  return { id, ...found }
}

describe('the stack', () => {
  it('fills the table with the gzipped reference data as it is created', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      ImportSourceSpecification: {
        InputFormat: 'DYNAMODB_JSON',
        InputCompressionType: 'GZIP',
        S3BucketSource: { S3KeyPrefix: Match.stringLikeRegexp('^[0-9a-f]{64}\\.gz$') },
      },
    })
  })

  it('serves the model from an image on AWS and by a command on this machine', () => {
    template.hasResource('AWS::SageMaker::Model', {
      Properties: { PrimaryContainer: { Image: Match.anyValue() } },
      Metadata: { 'sonde:container': { command: ['node', 'server.ts'], directory: 'model' } },
    })
    template.hasResourceProperties('AWS::SageMaker::EndpointConfig', {
      ProductionVariants: [Match.objectLike({ VariantName: 'AllTraffic', InitialInstanceCount: 1 })],
    })
  })

  it('traces the API and the function, and measures every method', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'prod',
      TracingEnabled: true,
      MethodSettings: [Match.objectLike({ HttpMethod: '*', ResourcePath: '/*', MetricsEnabled: true })],
    })
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { TABLE_NAME: Match.anyValue(), ENDPOINT_NAME: Match.anyValue() } },
    })
  })

  it('keeps the function’s log for a month, in the group where everyone looks for it', () => {
    template.hasResourceProperties('AWS::Logs::LogGroup', {
      LogGroupName: { 'Fn::Join': ['', ['/aws/lambda/', { Ref: predictions().id }]] },
      RetentionInDays: 30,
    })
  })

  it('ends the function before API Gateway gives up', () => {
    expect(predictions().Properties.Timeout).toBeLessThan(29)
  })

  it('allows the function to read this table and to invoke this endpoint, and no more', () => {
    const [table] = Object.keys(template.findResources('AWS::DynamoDB::Table'))
    const [endpoint] = Object.keys(template.findResources('AWS::SageMaker::Endpoint'))
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^ServicePredictionsFunction'),
      PolicyDocument: {
        Statement: [
          { Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], Effect: 'Allow', Resource: '*' },
          { Action: 'dynamodb:BatchGetItem', Effect: 'Allow', Resource: [{ 'Fn::GetAtt': [table, 'Arn'] }] },
          { Action: 'sagemaker:InvokeEndpoint', Effect: 'Allow', Resource: { Ref: endpoint } },
        ],
      },
    })
  })

  it('is watched: one alarm pages, and the other account’s check may count here', () => {
    template.hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmName: 'FlightDelay-sla-at-risk',
    })
    template.hasResourceProperties('AWS::IAM::Role', {
      RoleName: 'FlightDelay-health-check',
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { AWS: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp(CHECKS)])] } },
          }),
        ],
      },
    })
  })

  it('names the URL to post to', () => {
    template.hasOutput('PredictionUrl', {
      Value: { 'Fn::Join': ['', Match.arrayWith(['/predictions'])] },
    })
    for (const name of ['TableName', 'FunctionName', 'EndpointName']) template.hasOutput(name, {})
  })

  it('belongs to no account or region, and its resources have no names', () => {
    const text = JSON.stringify(template.toJSON()).replaceAll(CHECKS, '')
    expect(text).not.toMatch(/"(TableName|FunctionName|EndpointName|ModelName)":"/)
    expect(text).not.toMatch(/\b\d{12}\b/)
  })
})

describe('the stack of the health check', () => {
  it('asks for a prediction every minute, and is content with a probability', () => {
    checks.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(1 minute)' })
    checks.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: { CHECK: { 'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('probability')])] } },
      },
    })
  })
})
