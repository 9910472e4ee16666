/** A local cloud with one API and one function that answers with its body. Prints the URL. */
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation'
import { startCloud } from '@sonde/cloud'
import { ECHO_HANDLER } from './echo-handler.ts'

const template = {
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
      },
    },
    Echo: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: ECHO_HANDLER },
      },
    },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'echo' } },
    Path: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
        PathPart: 'echo',
      },
    },
    Post: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResourceId: { Ref: 'Path' },
        HttpMethod: 'POST',
        AuthorizationType: 'NONE',
        Integration: {
          Type: 'AWS_PROXY',
          IntegrationHttpMethod: 'POST',
          Uri: {
            'Fn::Sub':
              'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations',
          },
        },
      },
    },
    Deployment: {
      Type: 'AWS::ApiGateway::Deployment',
      DependsOn: ['Post'],
      Properties: { RestApiId: { Ref: 'Api' } },
    },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        RestApiId: { Ref: 'Api' },
        DeploymentId: { Ref: 'Deployment' },
        StageName: 'prod',
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { 'Fn::GetAtt': ['Echo', 'Arn'] },
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      },
    },
  },
  Outputs: { Api: { Value: { Ref: 'Api' } } },
}

const cloud = await startCloud({ port: 0, daemonPort: 0 })
const client = new CloudFormationClient({
  endpoint: cloud.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
})
await client.send(
  new CreateStackCommand({
    StackName: 'echo',
    TemplateBody: JSON.stringify(template),
    Capabilities: ['CAPABILITY_IAM'],
  }),
)
await waitUntilStackCreateComplete(
  { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
  { StackName: 'echo' },
)
const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'echo' }))
client.destroy()
process.stdout.write(
  `echo at ${cloud.endpoint}/_aws/execute-api/${Stacks?.[0]?.Outputs?.[0]?.OutputValue}/prod/echo\n`,
)
process.on('SIGTERM', () => void cloud.stop().then(() => process.exit(0)))
