import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { type InputOf, notImplemented } from '@sonde/wire'
import type { Scope } from '../../../../kernel/scope.ts'
import { checkInteger } from '../../check-integer.ts'
import { readTags } from '../../tags.ts'
import type { CompositeAlarm } from '../alarm.ts'
import type { AlarmStore } from '../alarm-store.ts'
import type { DependencyIndex } from '../composite/dependencies.ts'
import { childrenOf, parseRule, referencedName } from '../composite/rule.ts'
import { validationError } from '../errors.ts'
import { readActions } from './action-arns.ts'
import { checkAlarmName, checkDescription, checkLength } from './checks.ts'

type Input = InputOf<typeof Sdk, 'PutCompositeAlarm'>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
const MAX_RULE = 10_240
const MAX_SUPPRESSOR = 1_600
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-combining.html */
const MAX_PARENTS = 150

const readSuppressor = (input: Input, scope: Scope, alarms: AlarmStore) => {
  const {
    ActionsSuppressor: suppressor,
    ActionsSuppressorWaitPeriod: wait,
    ActionsSuppressorExtensionPeriod: extension,
  } = input
  if (suppressor === undefined) {
    if (wait === undefined && extension === undefined) return {}
    throw validationError('ActionsSuppressor must not be null if a wait or extension period is set')
  }
  checkLength(suppressor, 'actionsSuppressor', { least: 1, most: MAX_SUPPRESSOR })
  if (wait === undefined) throw validationError('ActionsSuppressorWaitPeriod must not be null')
  if (extension === undefined) throw validationError('ActionsSuppressorExtensionPeriod must not be null')
  checkInteger(wait, 'actionsSuppressorWaitPeriod')
  checkInteger(extension, 'actionsSuppressorExtensionPeriod')
  if (wait < 0) throw validationError('ActionsSuppressorWaitPeriod must not be negative')
  if (extension < 0) throw validationError('ActionsSuppressorExtensionPeriod must not be negative')
  if (!alarms.find(scope, referencedName(suppressor))) {
    throw validationError(
      `Could not save the composite alarm as the alarm [${suppressor}] in ActionsSuppressor does not exist`,
    )
  }
  return { suppressor, suppressorWaitPeriod: wait, suppressorExtensionPeriod: extension }
}

const checkChildren = (
  name: string,
  children: ReadonlySet<string>,
  scope: Scope,
  alarms: AlarmStore,
  dependencies: DependencyIndex,
): void => {
  const missing = [...children].filter(child => !alarms.find(scope, child))
  if (missing.length > 0) {
    throw validationError(
      `Could not save the composite alarm as alarms [${missing.join(', ')}] in the alarm rule do not exist`,
    )
  }
  for (const child of children) {
    const parents = dependencies.parentsOf(scope, child)
    if (parents.size >= MAX_PARENTS && !parents.has(name)) {
      throw validationError(`The alarm ${child} is in the rules of ${MAX_PARENTS} composite alarms already`)
    }
  }
}

/**
 * Reads PutCompositeAlarm's input. A rule that makes the alarm depend on itself is taken, as AWS takes it: such alarms
 * are not evaluated until the cycle is broken.
 *
 * @param now in ms since the epoch
 * @throws ServiceError `ValidationError`, in CloudWatch's words where they are known
 */
export const readCompositeAlarm = (
  input: Input,
  scope: Scope,
  alarms: AlarmStore,
  dependencies: DependencyIndex,
  now: number,
): CompositeAlarm => {
  const name = checkAlarmName(input.AlarmName)
  checkDescription(input.AlarmDescription)
  if (input.ActionConfiguration) throw notImplemented('cloudwatch:PutCompositeAlarm with ActionConfiguration')
  const { AlarmRule: rule = '' } = input
  checkLength(rule, 'alarmRule', { least: 1, most: MAX_RULE })
  checkChildren(name, childrenOf(parseRule(rule)), scope, alarms, dependencies)
  return {
    type: 'CompositeAlarm',
    name,
    ...(input.AlarmDescription !== undefined && { description: input.AlarmDescription }),
    actionsEnabled: input.ActionsEnabled ?? true,
    okActions: readActions(input.OKActions, 'oKActions', scope, 'CompositeAlarm'),
    alarmActions: readActions(input.AlarmActions, 'alarmActions', scope, 'CompositeAlarm'),
    insufficientDataActions: readActions(
      input.InsufficientDataActions,
      'insufficientDataActions',
      scope,
      'CompositeAlarm',
    ),
    rule,
    ...readSuppressor(input, scope, alarms),
    updated: now,
    tags: readTags(input.Tags),
  }
}
