import type { Target } from '@aws-sdk/client-eventbridge'
import { notImplemented } from '@sonde/wire'
import { targetKind } from '../../delivery/target-kind.ts'
import { parseArn } from '../../kernel/arn.ts'
import { RequestCheck } from '../../kernel/request-check.ts'
import { validation } from './errors.ts'
import { parseJsonPath } from './json-path.ts'
import { NAME_PATTERN, PATH_KEY_PATTERN } from './limits.ts'
import type { TargetRecord } from './records.ts'
import { unknownPlaceholder } from './target-input.ts'

/** Members that are kept and used. */
const SUPPORTED: ReadonlySet<string> = new Set([
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'DeadLetterConfig',
  'RetryPolicy',
])
const MAX_PATHS = 100

/** What AWS checks by the shapes of the request. */
const checkShape = (target: Target, path: string, check: RequestCheck): void => {
  const { InputTransformer: transformer, RetryPolicy: retry } = target
  check.text(`${path}.id`, target.Id, { min: 1, max: 64, pattern: NAME_PATTERN })
  check.text(`${path}.arn`, target.Arn, { min: 1, max: 1_600 })
  check.text(`${path}.roleArn`, target.RoleArn, { min: 1, max: 1_600 })
  check.text(`${path}.input`, target.Input, { max: 8_192 })
  check.text(`${path}.inputPath`, target.InputPath, { max: 256 })
  check.text(`${path}.inputTransformer.inputTemplate`, transformer?.InputTemplate, { min: 1, max: 8_192 })
  const keys = Object.keys(transformer?.InputPathsMap ?? {})
  check.list(`${path}.inputTransformer.inputPathsMap`, keys, 0, MAX_PATHS)
  for (const key of keys) {
    check.text(`${path}.inputTransformer.inputPathsMap`, key, { min: 1, max: 256, pattern: PATH_KEY_PATTERN })
  }
  check.number(`${path}.retryPolicy.maximumRetryAttempts`, retry?.MaximumRetryAttempts, 0, 185)
  check.number(`${path}.retryPolicy.maximumEventAgeInSeconds`, retry?.MaximumEventAgeInSeconds, 60, 86_400)
}

const checkArn = ({ Arn = '' }: Target): void => {
  if (targetKind(Arn)) return
  const parsed = parseArn(Arn)
  if (!parsed) {
    throw validation(`Parameter ${Arn} is not valid. Reason: Provided Arn is not in correct format.`)
  }
  throw notImplemented(`A rule target of ${parsed.service} (${Arn})`)
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const checkInput = ({ Id, Arn = '', Input, InputPath, InputTransformer }: Target): void => {
  const given = [Input, InputPath, InputTransformer].filter(value => value !== undefined)
  if (given.length > 1) {
    throw validation(`Only one of Input, InputPath, or InputTransformer must be provided for target ${Id}.`)
  }
  if (given.length > 0 && targetKind(Arn) === 'event-bus') {
    throw notImplemented('Input, InputPath or InputTransformer of a target that is an event bus')
  }
  if (Input !== undefined && !isJson(Input)) {
    throw validation(`JSON syntax error in input for target ${Id}.`)
  }
  if (InputPath !== undefined && !parseJsonPath(InputPath)) {
    throw validation(`Invalid InputPath ${InputPath} for target ${Id}.`)
  }
  const paths = InputTransformer?.InputPathsMap ?? {}
  for (const [key, path] of Object.entries(paths)) {
    if (key.startsWith('aws.'))
      throw validation(`InputPathsMap for target ${Id} contains reserved key ${key}.`)
    if (!parseJsonPath(path)) throw validation(`Invalid path ${path} in InputPathsMap for target ${Id}.`)
  }
  const placeholder = InputTransformer && unknownPlaceholder(InputTransformer.InputTemplate ?? '', paths)
  if (placeholder !== undefined) {
    throw validation(`InputTemplate for target ${Id} contains invalid placeholder ${placeholder}.`)
  }
}

const checkDeadLetterQueue = ({ Id, DeadLetterConfig }: Target): void => {
  const queue = DeadLetterConfig?.Arn
  if (queue !== undefined && targetKind(queue) !== 'sqs') {
    throw validation(
      `Parameter DeadLetterConfig of target ${Id} is not valid. Reason: ${queue} is not the ARN of a standard queue.`,
    )
  }
}

/**
 * The targets of a request, checked.
 *
 * @throws ServiceError `ValidationException`; 501 naming a kind of target, or parameters of one, that are not here
 */
export const checkTargets = (targets: readonly Target[]): TargetRecord[] => {
  const check = new RequestCheck()
  targets.forEach((target, index) => {
    checkShape(target, `targets.${index + 1}.member`, check)
  })
  check.report()
  return targets.map(target => {
    for (const [member, value] of Object.entries(target)) {
      if (value !== undefined && !SUPPORTED.has(member)) throw notImplemented(`${member} of a rule target`)
    }
    checkArn(target)
    checkInput(target)
    checkDeadLetterQueue(target)
    return target as TargetRecord
  })
}
