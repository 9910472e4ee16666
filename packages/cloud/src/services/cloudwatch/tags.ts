import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Operations } from '@sonde/wire'
import { type Arn, parseArn } from '../../kernel/arn.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { Scope } from '../../kernel/scope.ts'
import { constraint, invalidValue, resourceNotFound, validationError } from './errors.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Tag.html */
const MAX_TAGS = 50
const MAX_KEY = 128
const MAX_VALUE = 256
const MAX_ARN = 1_024

/** By key. */
export type Tags = Readonly<Record<string, string>>

/** Something of CloudWatch's that has tags. */
export interface Taggable {
  readonly tags: Tags
  setTags(tags: Tags): void
}

/** Finds what an ARN of CloudWatch's names, if it is of this kind and there is one. */
export type FindTaggable = (scope: Scope, arn: Arn) => Taggable | undefined

const checkLength = (text: string, path: string, least: number, most: number): void => {
  if (text.length < least) throw constraint(text, path, `have length greater than or equal to ${least}`)
  if (text.length > most) throw constraint(text, path, `have length less than or equal to ${most}`)
}

const checkCount = (tags: Tags): Tags => {
  if (Object.keys(tags).length > MAX_TAGS) {
    throw validationError(`The number of tags must not exceed ${MAX_TAGS}`)
  }
  return tags
}

/**
 * Reads tags; a key that is given twice is refused.
 *
 * @throws ServiceError `ValidationException`
 */
export const readTags = (tags: readonly Sdk.Tag[] | undefined): Tags => {
  const read = new Map<string, string>()
  for (const [index, { Key = '', Value = '' }] of (tags ?? []).entries()) {
    const path = `tags.${index + 1}.member`
    checkLength(Key, `${path}.key`, 1, MAX_KEY)
    checkLength(Value, `${path}.value`, 0, MAX_VALUE)
    if (/^aws:/i.test(Key)) throw validationError('Tag keys must not start with aws:')
    if (read.has(Key)) throw validationError(`Duplicate tag key ${Key}`)
    read.set(Key, Value)
  }
  return checkCount(Object.fromEntries(read))
}

type TagOperations = Required<
  Pick<Operations<typeof Sdk, RequestContext>, 'ListTagsForResource' | 'TagResource' | 'UntagResource'>
>

/** The operations on tags, whatever has them. */
export const createTagOperations = (kinds: readonly FindTaggable[]): TagOperations => {
  /** @throws ServiceError `ResourceNotFoundException`, `InvalidParameterValueException`, `ValidationException` */
  const taggable = (scope: Scope, arn = ''): Taggable => {
    checkLength(arn, 'resourceARN', 1, MAX_ARN)
    const parsed = parseArn(arn)
    if (parsed?.service !== 'cloudwatch') {
      throw invalidValue(`The value ${arn} for parameter ResourceARN is invalid.`)
    }
    for (const find of kinds) {
      const found = find(scope, parsed)
      if (found) return found
    }
    throw resourceNotFound('resource', arn)
  }
  return {
    ListTagsForResource: ({ ResourceARN }, { scope }) => ({
      Tags: Object.entries(taggable(scope, ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
    }),

    TagResource: ({ ResourceARN, Tags }, { scope }) => {
      const { tags, setTags } = taggable(scope, ResourceARN)
      setTags(checkCount({ ...tags, ...readTags(Tags) }))
      return {}
    },

    UntagResource: ({ ResourceARN, TagKeys }, { scope }) => {
      const { tags, setTags } = taggable(scope, ResourceARN)
      const gone = new Set(TagKeys)
      setTags(Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.has(key))))
      return {}
    },
  }
}
