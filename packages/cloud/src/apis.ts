import type { ApiDescription } from '@sonde/wire'

const MIB = 1024 * 1024

/**
 * How each service is spoken to. The SDK's schemas carry all of an operation but not these service-level traits.
 * DynamoDB is not here: dynalite reads its requests itself.
 *
 * @see https://github.com/aws/api-models-aws (the services' models)
 */
export const APIS: readonly ApiDescription[] = [
  {
    api: 'cloudwatch',
    signingName: 'monitoring',
    protocols: ['rpcv2Cbor', 'awsJson1_0', 'awsQuery'],
    targetPrefix: 'GraniteServiceVersion20100801',
    version: '2010-08-01',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    namespace: 'com.amazonaws.cloudwatch',
    queryCompatible: true,
    maxReceived: { PutMetricData: MIB },
    load: () => import('@aws-sdk/client-cloudwatch'),
  },
  {
    api: 'logs',
    signingName: 'logs',
    protocols: ['awsJson1_1'],
    targetPrefix: 'Logs_20140328',
    load: () => import('@aws-sdk/client-cloudwatch-logs'),
  },
  {
    api: 'eventbridge',
    signingName: 'events',
    protocols: ['awsJson1_1'],
    targetPrefix: 'AWSEvents',
    load: () => import('@aws-sdk/client-eventbridge'),
  },
  {
    api: 'scheduler',
    signingName: 'scheduler',
    protocols: ['restJson1'],
    load: () => import('@aws-sdk/client-scheduler'),
  },
  {
    api: 'sns',
    signingName: 'sns',
    protocols: ['awsQuery'],
    version: '2010-03-31',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    namespace: 'com.amazonaws.sns',
    load: () => import('@aws-sdk/client-sns'),
  },
  {
    api: 'sqs',
    signingName: 'sqs',
    protocols: ['awsJson1_0', 'awsQuery'],
    targetPrefix: 'AmazonSQS',
    version: '2012-11-05',
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
    namespace: 'com.amazonaws.sqs',
    queryCompatible: true,
    load: () => import('@aws-sdk/client-sqs'),
  },
  {
    api: 'cloudformation',
    signingName: 'cloudformation',
    protocols: ['awsQuery'],
    version: '2010-05-15',
    xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
    load: () => import('@aws-sdk/client-cloudformation'),
  },
  {
    api: 'iam',
    signingName: 'iam',
    protocols: ['awsQuery'],
    version: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    load: () => import('@aws-sdk/client-iam'),
  },
  {
    api: 'sts',
    signingName: 'sts',
    protocols: ['awsQuery'],
    version: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    load: () => import('@aws-sdk/client-sts'),
  },
  {
    api: 'ssm',
    signingName: 'ssm',
    protocols: ['awsJson1_1'],
    targetPrefix: 'AmazonSSM',
    load: () => import('@aws-sdk/client-ssm'),
  },
  {
    api: 'sagemaker',
    signingName: 'sagemaker',
    protocols: ['awsJson1_1'],
    targetPrefix: 'SageMaker',
    load: () => import('@aws-sdk/client-sagemaker'),
  },
  {
    api: 'sagemaker-runtime',
    signingName: 'sagemaker',
    protocols: ['restJson1'],
    // The model's limit of 6,291,456 bytes is the operation's to name.
    maxBody: 8 * MIB,
    load: () => import('@aws-sdk/client-sagemaker-runtime'),
  },
  {
    api: 'lambda',
    signingName: 'lambda',
    protocols: ['restJson1'],
    // A zip of 50 MB in base64, and what stands around it.
    maxBody: 70 * MIB,
    load: () => import('@aws-sdk/client-lambda'),
  },
  {
    api: 'apigateway',
    signingName: 'apigateway',
    protocols: ['restJson1'],
    load: () => import('@aws-sdk/client-api-gateway'),
  },
  {
    api: 'xray',
    signingName: 'xray',
    protocols: ['restJson1'],
    load: () => import('@aws-sdk/client-xray'),
  },
  {
    api: 's3',
    signingName: 's3',
    protocols: ['restXml'],
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    pathPrefixMember: 'Bucket',
    load: () => import('@aws-sdk/client-s3'),
  },
]
