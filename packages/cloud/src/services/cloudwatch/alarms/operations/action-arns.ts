import { parseArn } from '../../../../kernel/arn.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import type { Alarm } from '../alarm.ts'
import { validationError } from '../errors.ts'
import { checkCount, checkLength } from './checks.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
const MAX_ACTIONS = 5
const MAX_ARN = 1_024

interface ActionKind {
  readonly resource: RegExp
  /** Of the alarm types that may take it. Default: both. */
  readonly only?: Alarm['type']
  /** Its ARN has no region. */
  readonly global?: true
}

/**
 * What CloudWatch takes as actions. Those on SNS and Lambda are run here; all others are taken as AWS takes them, and
 * end in a failed item of the alarm's history that says that they are not available.
 */
const KINDS: Readonly<Record<string, ActionKind>> = {
  sns: { resource: /^[A-Za-z0-9_-]{1,256}(\.fifo)?$/ },
  lambda: { resource: /^function:[A-Za-z0-9_-]{1,140}(:[A-Za-z0-9_$-]+)?$/ },
  autoscaling: { resource: /^scalingPolicy:.+$/, only: 'MetricAlarm' },
  automate: { resource: /^ec2:(stop|terminate|reboot|recover)$/, only: 'MetricAlarm' },
  swf: { resource: /^action\/actions\/AWS_EC2\.InstanceId\..+$/, only: 'MetricAlarm' },
  ssm: { resource: /^opsitem:[1-4](#CATEGORY=.+)?$/ },
  'ssm-incidents': { resource: /^response-?plan\/.+$/, global: true },
  aiops: { resource: /^investigation-group[:/].+$/ },
}

interface ActionArn {
  readonly service: string
  readonly region: string
  readonly resource: string
}

/** `arn:aws:automate:us-east-1:ec2:stop` alone has no account. */
const parseAction = (text: string): ActionArn | undefined => {
  const [, region, resource] = /^arn:[^:]+:automate:([^:]+):(ec2:.+)$/.exec(text) ?? []
  if (region !== undefined && resource !== undefined) return { service: 'automate', region, resource }
  return parseArn(text)
}

const checkAction = (text: string, scope: Scope, type: Alarm['type']): void => {
  const arn = parseAction(text)
  const kind = arn && Object.hasOwn(KINDS, arn.service) ? KINDS[arn.service] : undefined
  if (!arn || !kind?.resource.test(arn.resource)) throw validationError(`Invalid arn syntax: ${text}`)
  if (kind.only && kind.only !== type) {
    throw validationError(`The action ${text} is not supported for ${type}s`)
  }
  if (!kind.global && arn.region !== scope.region) {
    throw validationError(`Invalid region ${arn.region} specified. Only ${scope.region} is supported.`)
  }
}

/** @param path `alarmActions`, `okActions` or `insufficientDataActions` */
export const readActions = (
  actions: readonly string[] | undefined,
  path: string,
  scope: Scope,
  type: Alarm['type'],
): readonly string[] => {
  checkCount(actions, path, MAX_ACTIONS)
  for (const [index, action] of (actions ?? []).entries()) {
    checkLength(action, `${path}.${index + 1}.member`, { least: 1, most: MAX_ARN })
    checkAction(action, scope, type)
  }
  return actions ?? []
}

/** Whether an action is one of EC2 Auto Scaling. */
export const isAutoScaling = (action: string): boolean => action.split(':')[2] === 'autoscaling'
