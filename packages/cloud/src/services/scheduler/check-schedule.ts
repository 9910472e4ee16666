import type { FlexibleTimeWindow, Target } from '@aws-sdk/client-scheduler'
import { notImplemented } from '@sonde/wire'
import { type TargetKind, targetKind } from '../../delivery/target-kind.ts'
import { parseArn } from '../../kernel/arn.ts'
import { RequestCheck } from '../../kernel/request-check.ts'
import { nextOccurrence, parseScheduleExpression } from '../../kernel/schedule-expression.ts'
import type { Scope } from '../../kernel/scope.ts'
import { timeZone } from '../../kernel/time-zone.ts'
import { fillAttempt } from './context-attributes.ts'
import { validation } from './errors.ts'
import {
  MAX_INPUT,
  NAME_PATTERN,
  OLDEST_START,
  QUEUE_PATTERN,
  ROLE_PATTERN,
  TOKEN_PATTERN,
} from './limits.ts'
import type { TargetRecord } from './records.ts'

/** A schedule as CreateSchedule and UpdateSchedule have it. */
export interface ScheduleInput {
  readonly Name?: string | undefined
  readonly GroupName?: string | undefined
  readonly ScheduleExpression?: string | undefined
  readonly ScheduleExpressionTimezone?: string | undefined
  readonly StartDate?: Date | undefined
  readonly EndDate?: Date | undefined
  readonly Description?: string | undefined
  readonly State?: string | undefined
  readonly KmsKeyArn?: string | undefined
  readonly Target?: Target | undefined
  readonly FlexibleTimeWindow?: FlexibleTimeWindow | undefined
  readonly ClientToken?: string | undefined
  readonly ActionAfterCompletion?: string | undefined
}

/** Kinds that a schedule delivers to: Logs is no target of Scheduler's own. */
const KINDS: ReadonlySet<TargetKind | undefined> = new Set(['lambda', 'sns', 'sqs', 'event-bus'])
/** Those whose input must be JSON. */
const JSON_KINDS: ReadonlySet<TargetKind | undefined> = new Set(['lambda', 'event-bus'])
const TARGET_MEMBERS: ReadonlySet<string> = new Set([
  'Arn',
  'RoleArn',
  'Input',
  'RetryPolicy',
  'DeadLetterConfig',
  'EventBridgeParameters',
])

/** What AWS checks by the shapes of the request. */
const checkShape = (input: ScheduleInput): void => {
  const { Target: target, FlexibleTimeWindow: window } = input
  const check = new RequestCheck()
  check.text('name', input.Name, { min: 1, max: 64, pattern: NAME_PATTERN })
  check.text('groupName', input.GroupName, { min: 1, max: 64, pattern: NAME_PATTERN })
  check.text('scheduleExpression', input.ScheduleExpression, { min: 1, max: 256 })
  check.text('scheduleExpressionTimezone', input.ScheduleExpressionTimezone, { min: 1, max: 50 })
  check.text('description', input.Description, { max: 512 })
  check.text('clientToken', input.ClientToken, { min: 1, max: 64, pattern: TOKEN_PATTERN })
  check.oneOf('state', input.State, ['ENABLED', 'DISABLED'])
  check.oneOf('actionAfterCompletion', input.ActionAfterCompletion, ['NONE', 'DELETE'])
  check.oneOf('flexibleTimeWindow.mode', window?.Mode, ['OFF', 'FLEXIBLE'])
  check.number('flexibleTimeWindow.maximumWindowInMinutes', window?.MaximumWindowInMinutes, 1, 1_440)
  check.text('target.arn', target?.Arn, { min: 1, max: 1_600 })
  check.text('target.roleArn', target?.RoleArn, { min: 1, max: 1_600, pattern: ROLE_PATTERN })
  check.text('target.input', target?.Input, { min: 1 })
  const { RetryPolicy: retry, DeadLetterConfig: deadLetter, EventBridgeParameters: event } = target ?? {}
  check.number('target.retryPolicy.maximumRetryAttempts', retry?.MaximumRetryAttempts, 0, 185)
  check.number('target.retryPolicy.maximumEventAgeInSeconds', retry?.MaximumEventAgeInSeconds, 60, 86_400)
  check.text('target.deadLetterConfig.arn', deadLetter?.Arn, { min: 1, max: 1_600, pattern: QUEUE_PATTERN })
  check.text('target.eventBridgeParameters.detailType', event?.DetailType, { min: 1, max: 128 })
  check.text('target.eventBridgeParameters.source', event?.Source, { min: 1, max: 256 })
  check.report()
}

const checkInput = (kind: TargetKind | undefined, input: string): void => {
  if (Buffer.byteLength(input) > MAX_INPUT) throw validation(`Input exceeds ${MAX_INPUT} bytes.`)
  if (!JSON_KINDS.has(kind)) return
  try {
    JSON.parse(fillAttempt(input, 1))
  } catch {
    throw validation(`Input must be well-formed JSON for a target of this kind.`)
  }
}

const checkTarget = (scope: Scope, target: Target, mayAssume: (roleArn: string) => boolean): TargetRecord => {
  for (const [member, value] of Object.entries(target)) {
    if (value !== undefined && !TARGET_MEMBERS.has(member)) {
      throw notImplemented(`${member} of a schedule's target`)
    }
  }
  const { Arn = '', RoleArn = '', Input, EventBridgeParameters } = target
  const parsed = parseArn(Arn)
  if (!parsed) throw validation(`Provided Arn is not in correct format: ${Arn}.`)
  const kind = targetKind(Arn)
  if (!KINDS.has(kind)) throw notImplemented(`A schedule's target ${Arn}`)
  if ((kind === 'event-bus') !== (EventBridgeParameters !== undefined)) {
    throw validation('EventBridgeParameters must be specified for event buses, and for them alone.')
  }
  if (EventBridgeParameters?.Source?.startsWith('aws.')) {
    throw validation('Source of EventBridgeParameters must not start with aws.')
  }
  if (Input !== undefined) checkInput(kind, Input)
  if (parseArn(RoleArn)?.account !== scope.account)
    throw validation('Cross-account pass role is not allowed.')
  if (!mayAssume(RoleArn)) {
    throw validation(
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    )
  }
  return target as TargetRecord
}

const checkTimes = ({ StartDate, EndDate }: ScheduleInput, now: number): void => {
  const [start, end] = [StartDate?.getTime(), EndDate?.getTime()]
  if (start !== undefined && start < now - OLDEST_START) {
    throw validation('The StartDate you specify cannot be earlier than 5 minutes ago.')
  }
  if (end !== undefined && end <= (start ?? now)) {
    throw validation(
      `The EndDate you specify must come after ${start === undefined ? 'now' : 'the StartDate'}.`,
    )
  }
}

const checkExpression = (input: ScheduleInput): void => {
  const { ScheduleExpression: text = '', ScheduleExpressionTimezone: zoneName = 'UTC' } = input
  const expression = parseScheduleExpression(text, 'scheduler')
  const invalid = validation(`Invalid Schedule Expression ${text}.`)
  if (!expression) throw invalid
  const zone = timeZone(zoneName)
  if (!zone) throw validation(`Invalid Schedule Expression Timezone ${zoneName}.`)
  // A local time that daylight saving leaves out never comes.
  if (expression.kind === 'at' && nextOccurrence(expression, 0, { first: 0, zone }) === undefined)
    throw invalid
}

const windowOf = ({ Mode, MaximumWindowInMinutes }: FlexibleTimeWindow): number => {
  const isFlexible = Mode === 'FLEXIBLE'
  if (isFlexible !== (MaximumWindowInMinutes !== undefined)) {
    throw validation(
      isFlexible
        ? 'MaximumWindowInMinutes must be specified for a FLEXIBLE time window.'
        : 'MaximumWindowInMinutes must not be specified where the time window is OFF.',
    )
  }
  return MaximumWindowInMinutes ?? 0
}

/** What remains of a schedule's input once it is checked. */
export interface CheckedSchedule {
  readonly target: TargetRecord
  /** Minutes. */
  readonly window: number
}

/**
 * @throws ServiceError `ValidationException`; 501 naming a target or an option that is not here
 */
export const checkSchedule = (
  scope: Scope,
  input: ScheduleInput,
  { now, mayAssume }: { readonly now: number; readonly mayAssume: (roleArn: string) => boolean },
): CheckedSchedule => {
  checkShape(input)
  if (input.KmsKeyArn !== undefined) throw notImplemented('KmsKeyArn of a schedule')
  checkExpression(input)
  checkTimes(input, now)
  return {
    window: windowOf(input.FlexibleTimeWindow ?? { Mode: undefined }),
    target: checkTarget(scope, input.Target ?? { Arn: undefined, RoleArn: undefined }, mayAssume),
  }
}
