import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Match, Template } from 'aws-cdk-lib/assertions'
import { App } from 'aws-cdk-lib/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { GunicornModelStack } from './stack.ts'

let template: Template
let files: string[]

beforeAll(() => {
  // Bundling is skipped: esbuild has nothing to do with what is asserted here.
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
  template = Template.fromStack(new GunicornModelStack(app, 'GunicornModel'))
  const { directory } = app.synth()
  files = readdirSync(directory, { recursive: true, encoding: 'utf8' })
})

describe('the stack', () => {
  it('runs the model server by Python here, with a daemon, and from an image on AWS, without', () => {
    template.hasResource('AWS::SageMaker::Model', {
      Properties: {
        PrimaryContainer: {
          Image: Match.anyValue(),
          Environment: {
            AWS_DEFAULT_REGION: { Ref: 'AWS::Region' },
            AWS_XRAY_DAEMON_ADDRESS: Match.absent(),
          },
        },
      },
      Metadata: {
        'sonde:container': {
          command: ['python3', 'serve.py'],
          directory: 'model',
          environment: {
            MODEL_FILE: '../../flight-delay/model/model.onnx',
          },
        },
      },
    })
  })

  it('builds the image of the server and the model, and of nothing else', () => {
    const image = files.find(file => file.endsWith('Dockerfile'))?.split('/')[0] ?? ''
    const content = files
      .filter(file => file.startsWith(join(image, '/')) && /\.\w+$|Dockerfile$/.test(file))
      .map(file => file.slice(image.length + 1))
    expect(content.filter(file => !/^gunicorn-model\/model\/\w+\.py$/.test(file)).toSorted()).toEqual([
      'flight-delay/model/model.onnx',
      'gunicorn-model/model/Dockerfile',
      'gunicorn-model/model/gunicorn.conf.py',
      'gunicorn-model/model/requirements.txt',
    ])
    expect(content).toContain('gunicorn-model/model/serve.py')
    expect(content.filter(file => file.endsWith('_test.py'))).toEqual([])
  })

  it('allows the container to send its segments, and the function to reach this table and this endpoint', () => {
    const [table] = Object.keys(template.findResources('AWS::DynamoDB::Table'))
    const [endpoint] = Object.keys(template.findResources('AWS::SageMaker::Endpoint'))
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^ServiceModelRole'),
      PolicyDocument: {
        Statement: Match.arrayWith([{ Action: 'xray:PutTraceSegments', Effect: 'Allow', Resource: '*' }]),
      },
    })
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

  it('traces the API and the function', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'prod', TracingEnabled: true })
    template.hasResourceProperties('AWS::Lambda::Function', { TracingConfig: { Mode: 'Active' } })
  })

  it('names the URL to post to', () => {
    template.hasOutput('PredictionUrl', {
      Value: { 'Fn::Join': ['', Match.arrayWith(['/predictions'])] },
    })
  })

  it('belongs to no account, region or name', () => {
    const text = JSON.stringify(template.toJSON())
    expect(text).not.toMatch(/"(TableName|FunctionName|EndpointName|ModelName)":"/)
    expect(text).not.toMatch(/\b\d{12}\b/)
  })
})
