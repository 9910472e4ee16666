import type { Attributes, AttributeValue } from '../model.ts'
import { firstText, present, type Remaining, textOf } from './attributes.ts'

/** Attributes of a call that the aws block holds instead of the metadata. */
const CALL_KEYS = [
  'aws.operation',
  'rpc.method',
  'aws.account_id',
  'aws.region',
  'aws.request_id',
  'aws.requestId',
  'aws.queue_url',
  'aws.queue.url',
  'aws.table_name',
  'aws.table.name',
]

/** Members of the aws block that belong to a call, not to the service that makes it. */
export const CALL_MEMBERS = [
  'operation',
  'account_id',
  'region',
  'request_id',
  'queue_url',
  'table_name',
  'table_names',
]

const textsOf = (value: AttributeValue | undefined): string[] =>
  Array.isArray(value) ? value.filter(item => typeof item === 'string') : []

/** The names in a list, or in a text that separates them by `&`, as OTEL_RESOURCE_ATTRIBUTES has to. */
const namesOf = (value: AttributeValue | undefined): string[] =>
  typeof value === 'string' ? value.split('&').filter(name => name !== '') : textsOf(value)

/** The seventh part of `arn:aws:logs:<region>:<account>:log-group:<name>:*`. */
const logGroupOf = (arn: string): string => arn.split(':')[6] ?? arn

const logsBlock = (resource: Attributes): object[] | undefined => {
  const arns = namesOf(resource.get('aws.log.group.arns'))
  if (arns.length > 0) return arns.map(arn => ({ log_group: logGroupOf(arn), arn }))
  const names = namesOf(resource.get('aws.log.group.names'))
  return names.length > 0 ? names.map(name => ({ log_group: name })) : undefined
}

const tablesOf = (attributes: Attributes): { table_name?: string; table_names?: string[] } => {
  const value = attributes.get('aws.dynamodb.table_names')
  if (typeof value === 'string') return { table_name: value }
  const names = textsOf(value)
  if (names.length > 1) return { table_names: names }
  return { table_name: names[0] ?? firstText(attributes, ['aws.table_name', 'aws.table.name']) }
}

const xrayBlock = (resource: Attributes): object => {
  const name = textOf(resource, 'telemetry.sdk.name')
  const language = textOf(resource, 'telemetry.sdk.language')
  return {
    ...present({
      sdk: name && language ? `${name} for ${language}` : name,
      sdk_version: textOf(resource, 'telemetry.sdk.version'),
    }),
    auto_instrumentation: textOf(resource, 'telemetry.auto.version') !== '',
  }
}

const ec2Block = (resource: Attributes): object =>
  present({
    instance_id: textOf(resource, 'host.id'),
    availability_zone: textOf(resource, 'cloud.availability_zone'),
    instance_size: textOf(resource, 'host.type'),
    ami_id: textOf(resource, 'host.image.id'),
  }) ?? {}

const ecsBlock = (resource: Attributes): object =>
  present({
    container: textOf(resource, 'container.name'),
    container_id: textOf(resource, 'container.id'),
    availability_zone: textOf(resource, 'cloud.availability_zone'),
    container_arn: textOf(resource, 'aws.ecs.container.arn'),
    cluster_arn: textOf(resource, 'aws.ecs.cluster.arn'),
    task_arn: textOf(resource, 'aws.ecs.task.arn'),
    task_family: textOf(resource, 'aws.ecs.task.family'),
    launch_type: textOf(resource, 'aws.ecs.launchtype'),
  }) ?? {}

const eksBlock = (resource: Attributes): object =>
  present({
    cluster_name: textOf(resource, 'k8s.cluster.name'),
    pod: textOf(resource, 'k8s.pod.name'),
    container_id: textOf(resource, 'container.id'),
  }) ?? {}

const beanstalkBlock = (resource: Attributes): object | undefined => {
  const deployment = textOf(resource, 'service.instance.id')
  if (deployment === '') return undefined
  return {
    ...present({
      environment_name: textOf(resource, 'service.namespace'),
      version_label: textOf(resource, 'service.version'),
    }),
    deployment_id: /^\d+$/.test(deployment) ? Number(deployment) : 0,
  }
}

const platformBlocks = (resource: Attributes): object => {
  const platform = textOf(resource, 'cloud.platform')
  return {
    ...((platform === 'aws_ec2' || textOf(resource, 'host.id') !== '') && { ec2: ec2Block(resource) }),
    ...(platform === 'aws_ecs' && { ecs: ecsBlock(resource) }),
    ...((platform === 'aws_eks' || textOf(resource, 'k8s.cluster.name') !== '') && {
      eks: eksBlock(resource),
    }),
    ...(platform === 'aws_elastic_beanstalk' && present({ elastic_beanstalk: beanstalkBlock(resource) })),
  }
}

const callMembers = (attributes: Attributes, resource: Attributes): object | undefined =>
  present({
    operation: firstText(attributes, ['aws.operation', 'rpc.method']),
    account_id: firstText(attributes, ['aws.account_id']) || textOf(resource, 'cloud.account.id'),
    region: textOf(attributes, 'aws.region'),
    request_id: firstText(attributes, ['aws.request_id', 'aws.requestId']),
    queue_url: firstText(attributes, ['messaging.url', 'aws.queue_url', 'aws.queue.url']),
    ...tablesOf(attributes),
  })

/** What the aws block has of the resource: the same for all its spans. */
const resourceMembers = (resource: Attributes): object => ({
  ...platformBlocks(resource),
  ...present({ cloudwatch_logs: logsBlock(resource) }),
  xray: xrayBlock(resource),
})

const ofResource = new WeakMap<Attributes, object>()

/** The aws block, and takes its attributes. A resource of another cloud has none. */
export const awsBlock = (
  attributes: Attributes,
  resource: Attributes,
  remaining: Remaining,
): object | undefined => {
  const provider = textOf(resource, 'cloud.provider')
  if (provider !== '' && provider !== 'aws') return undefined
  for (const key of CALL_KEYS) remaining.delete(key)
  let members = ofResource.get(resource)
  if (!members) {
    members = resourceMembers(resource)
    ofResource.set(resource, members)
  }
  return { ...callMembers(attributes, resource), ...members }
}

const ORIGINS: Readonly<Record<string, string>> = {
  aws_app_runner: 'AWS::AppRunner::Service',
  aws_eks: 'AWS::EKS::Container',
  aws_elastic_beanstalk: 'AWS::ElasticBeanstalk::Environment',
  aws_ecs: 'AWS::ECS::Container',
  aws_ec2: 'AWS::EC2::Instance',
}

const ECS_ORIGINS: Readonly<Record<string, string>> = { ec2: 'AWS::ECS::EC2', fargate: 'AWS::ECS::Fargate' }

/** The type of the AWS resource that runs the code, where its platform tells. */
export const originOf = (resource: Attributes): string | undefined => {
  const provider = textOf(resource, 'cloud.provider')
  if (resource.has('cloud.provider') && provider !== 'aws') return undefined
  const platform = textOf(resource, 'cloud.platform')
  const launch = platform === 'aws_ecs' ? textOf(resource, 'aws.ecs.launchtype') : ''
  if (Object.hasOwn(ECS_ORIGINS, launch)) return ECS_ORIGINS[launch]
  return Object.hasOwn(ORIGINS, platform) ? ORIGINS[platform] : undefined
}
