import { Validations } from 'aws-cdk-lib/core'
import type { IConstruct } from 'constructs'

/** Findings of cdk-nag's AwsSolutions that hold for what the constructs make, each with the reason why it stays so. */
const REASONS = {
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
    'Writes the log of the function and nothing else.',
  'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
    "API Gateway's role for execution logs belongs to the account; this is the policy that AWS documents for it.",
  'AwsSolutions-IAM5[Resource::*]':
    'xray:PutTraceSegments, xray:PutTelemetryRecords and ecr:GetAuthorizationToken know no resources; cloudwatch:PutMetricData is bound to its namespace by a condition.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/sagemaker/Endpoints/*]':
    'SageMaker names the log group after the endpoint, which does not exist when the role is made.',
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/usageplans/*/usage]':
    'The report reads the use of every usage plan; it may read nothing else of them.',
  'AwsSolutions-APIG2':
    'The function validates requests against its features and answers with what is wrong; a schema would say it twice.',
  'AwsSolutions-APIG3':
    'A web ACL belongs to the account that operates the API, and costs per rule: bring your own.',
  'AwsSolutions-APIG4':
    'Who may ask is the caller of the construct to say: apiKeyRequired, an authorizer or IAM.',
  'AwsSolutions-COG4': 'Callers are services, not people with an account in a user pool.',
} as const

/** Says of findings below a construct that they are known, and why they stay. */
export const acknowledge = (scope: IConstruct, ...ids: ReadonlyArray<keyof typeof REASONS>): void => {
  for (const id of ids) Validations.of(scope).acknowledge({ id, reason: REASONS[id] })
}
