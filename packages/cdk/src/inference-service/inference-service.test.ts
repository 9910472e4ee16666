import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { App, Duration, Stack } from 'aws-cdk-lib/core'
import { AwsSolutionsChecks } from 'cdk-nag'
import { beforeAll, describe, expect, it } from 'vitest'
import { HealthCheck } from '../health-check/health-check.ts'
import { HealthCheckTarget } from '../health-check/health-check-target.ts'
import { InferenceService } from './inference-service.ts'

const folder = mkdtempSync(join(tmpdir(), 'sonde-cdk-'))
writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n')

const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
const stack = new Stack(app, 'Shop')
const checks = new Stack(app, 'Checks')
let template: Template
let assembly: string

beforeAll(() => {
  new InferenceService(stack, 'Service', {
    service: 'shop',
    handler: { entry: join(import.meta.dirname, 'testing', 'handler.ts') },
    model: {
      image: { directory: folder },
      local: { command: ['node', 'server.js'], directory: 'model' },
      instanceType: 'ml.c7i.large',
    },
    reference: {},
    operations: ['BatchGetItem'],
    watch: {
      sla: { availability: 99.95, latency: { p90: Duration.millis(200) } },
      healthCheckAccount: '222222222222',
      sampling: 'production',
    },
  })
  new HealthCheck(checks, 'HealthCheck', {
    service: 'shop',
    api: HealthCheckTarget.of(checks, 'shop', '111111111111'),
    request: { body: { customer: 'test' } },
  })
  assembly = app.synth().directory
  template = Template.fromStack(stack)
})

describe('an inference service', () => {
  it('is traced, measured and logged at its edge', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      TracingEnabled: true,
      AccessLogSetting: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('xrayTraceId') },
      MethodSettings: [Match.objectLike({ MetricsEnabled: true, LoggingLevel: 'ERROR', HttpMethod: '*' })],
    })
  })

  it('keeps its reference data encrypted and restorable', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    })
  })

  it('allows its function what it uses, and no more', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('Predictions'),
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'] }),
          Match.objectLike({ Action: 'dynamodb:BatchGetItem' }),
          Match.objectLike({ Action: 'sagemaker:InvokeEndpoint' }),
        ],
      },
    })
  })

  it('has the tracer as a layer of its function', () => {
    template.hasResourceProperties('AWS::Lambda::LayerVersion', { Description: '@sonde/trace' })
  })

  it('is watched: its alarms know its names', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmName: 'shop-function-throttled',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('Predictions') } }],
    })
  })

  it('has nothing of this machine in its template but metadata', () => {
    const { Resources } = template.toJSON()
    const properties = Object.values(Resources as Record<string, { Properties: unknown }>).map(
      one => one.Properties,
    )
    expect(JSON.stringify(properties)).not.toMatch(/server\.js|localhost|127\.0\.0\.1/)
  })

  it('passes cdk-nag’s AwsSolutions, what stays being acknowledged with a reason', () => {
    const { violations } = new AwsSolutionsChecks(app).validateScope(app)
    expect(violations.map(({ ruleName }) => ruleName)).toEqual([])
  })
})

const cfnLint = (): string | undefined => {
  try {
    execFileSync('cfn-lint', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'cfn-lint is not installed'
  }
}

describe.skipIf(cfnLint() !== undefined)(`cfn-lint${cfnLint() ? ` (skipped: ${cfnLint()})` : ''}`, () => {
  it.each(['Shop', 'Checks'])('finds no error in the template of %s', name => {
    // W3005: CDK names dependencies that references imply.
    const run = () =>
      execFileSync('cfn-lint', ['--ignore-checks', 'W3005', '--', join(assembly, `${name}.template.json`)], {
        encoding: 'utf8',
      })
    expect(run()).toBe('')
  })
})
