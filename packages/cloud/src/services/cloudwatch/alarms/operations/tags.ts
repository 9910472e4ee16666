import type { Tag } from '@aws-sdk/client-cloudwatch'
import { parseArn } from '../../../../kernel/arn.ts'
import type { Scope } from '../../../../kernel/scope.ts'
import { invalidValue } from '../../errors.ts'
import type { AlarmEngine } from '../engine.ts'
import { resourceNotFound } from '../errors.ts'
import { checkLength, checkTagCount, readTags } from './checks.ts'
import type { AlarmOperations, OperationDependencies } from './context.ts'

const MAX_ARN = 1_024

interface Taggable {
  readonly tags: Readonly<Record<string, string>>
  setTags(tags: Readonly<Record<string, string>>): void
}

const find = (
  { alarms, mutes }: AlarmEngine,
  scope: Scope,
  kind: string,
  name: string,
): Taggable | undefined => {
  if (kind === 'alarm') {
    const record = alarms.find(scope, name)
    return (
      record && {
        tags: record.alarm.tags,
        setTags: tags => alarms.putAlarm(record, { ...record.alarm, tags }),
      }
    )
  }
  const rule = mutes.find(scope, name)
  return rule && { tags: rule.tags, setTags: tags => mutes.put(scope, { ...rule, tags }) }
}

/** @throws ServiceError `ResourceNotFoundException`, `InvalidParameterValueException`, `ValidationError` */
const taggable = (engine: AlarmEngine, scope: Scope, arn: string | undefined): Taggable => {
  const text = arn ?? ''
  checkLength(text, 'resourceARN', { least: 1, most: MAX_ARN })
  const parsed = parseArn(text)
  const [, kind = '', name = ''] = /^(alarm|alarm-mute-rule):(.+)$/s.exec(parsed?.resource ?? '') ?? []
  if (parsed?.service !== 'cloudwatch')
    throw invalidValue(`The value ${text} for parameter ResourceARN is invalid.`)
  const isHere = parsed.account === scope.account && parsed.region === scope.region
  const found = isHere && kind !== '' ? find(engine, scope, kind, name) : undefined
  if (!found) throw resourceNotFound('resource', text)
  return found
}

export const tagOperations = ({ engine }: OperationDependencies): AlarmOperations => ({
  ListTagsForResource: ({ ResourceARN }, { scope }) => ({
    Tags: Object.entries(taggable(engine, scope, ResourceARN).tags).map(
      ([Key, Value]): Tag => ({ Key, Value }),
    ),
  }),

  TagResource: ({ ResourceARN, Tags }, { scope }) => {
    const { tags, setTags } = taggable(engine, scope, ResourceARN)
    const all = { ...tags, ...readTags(Tags) }
    checkTagCount(Object.keys(all).length)
    setTags(all)
    return {}
  },

  UntagResource: ({ ResourceARN, TagKeys }, { scope }) => {
    const { tags, setTags } = taggable(engine, scope, ResourceARN)
    const gone = new Set(TagKeys)
    setTags(Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))))
    return {}
  },
})
