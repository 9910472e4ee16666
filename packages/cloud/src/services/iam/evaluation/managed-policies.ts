import { parseArn } from '../../../kernel/arn.ts'
import type { PolicyDocument, PolicyStatement } from '../policy-document.ts'

const policy = (...statements: readonly PolicyStatement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements,
})

const allow = (Action: string | readonly string[], Resource: string | readonly string[] = '*') =>
  ({ Effect: 'Allow', Action, Resource }) satisfies PolicyStatement

const WRITE_TRACES = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
]

/**
 * Policies that AWS manages, by path and name: those whose text is known here. Version and date are those of the text.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const DOCUMENTS: Readonly<Record<string, PolicyDocument>> = {
  // v1, 2015-02-06
  AdministratorAccess: policy(allow('*')),
  // v2, 2023-12-18
  AWSDenyAll: policy({ Sid: 'DenyAll', Effect: 'Deny', Action: ['*'], Resource: '*' }),
  // v1, 2015-04-09
  'service-role/AWSLambdaBasicExecutionRole': policy(
    allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents']),
  ),
  // v3, 2024-01-05
  'service-role/AWSLambdaVPCAccessExecutionRole': policy({
    Sid: 'AWSLambdaVPCAccessExecutionPermissions',
    ...allow([
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ]),
  }),
  // v2, 2024-02-13
  AWSXRayDaemonWriteAccess: policy({ Sid: 'AWSXRayDaemonWriteAccess', ...allow(WRITE_TRACES, ['*']) }),
  // v2, 2018-08-28
  AWSXrayWriteOnlyAccess: policy(allow(WRITE_TRACES, ['*'])),
  // v1, 2015-11-11
  'service-role/AmazonAPIGatewayPushToCloudWatchLogs': policy(
    allow([
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:DescribeLogGroups',
      'logs:DescribeLogStreams',
      'logs:PutLogEvents',
      'logs:GetLogEvents',
      'logs:FilterLogEvents',
    ]),
  ),
  // v1, 2020-10-07
  CloudWatchLambdaInsightsExecutionRolePolicy: policy(
    allow('logs:CreateLogGroup'),
    allow(['logs:CreateLogStream', 'logs:PutLogEvents'], 'arn:aws:logs:*:*:log-group:/aws/lambda-insights:*'),
  ),
  // v3, 2023-08-10
  AmazonS3ReadOnlyAccess: policy(
    allow(['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*']),
  ),
}

/** The document of a policy that AWS manages, or `undefined` where its text is not here. */
export const managedPolicy = (policyArn: string): PolicyDocument | undefined => {
  const arn = parseArn(policyArn)
  if (arn?.service !== 'iam' || arn.account !== 'aws' || !arn.resource.startsWith('policy/')) return undefined
  const name = arn.resource.slice('policy/'.length)
  return Object.hasOwn(DOCUMENTS, name) ? DOCUMENTS[name] : undefined
}
