import type { Tag } from '@aws-sdk/client-iam'
import { invalidInput, limitExceeded, validationError } from './errors.ts'

/** Of one role, user or policy. */
const MAX_TAGS = 50
const KEY_LENGTH = 128
const VALUE_LENGTH = 256

/** @throws ServiceError for tags that break AWS's limits */
export const checkTags = (tags: readonly Tag[] | undefined): Tag[] => {
  const list = tags ?? []
  if (list.length > MAX_TAGS)
    throw limitExceeded(`The number of tags has reached the maximum limit of ${MAX_TAGS}.`)
  const seen = new Set<string>()
  list.forEach(({ Key = '', Value = '' }, index) => {
    const path = `tags.${index + 1}.member`
    if (Key.length < 1 || Key.length > KEY_LENGTH) {
      throw validationError(
        `1 validation error detected: Value '${Key}' at '${path}.key' failed to satisfy constraint: Member must have ` +
          `length between 1 and ${KEY_LENGTH}`,
      )
    }
    if (Value.length > VALUE_LENGTH) {
      throw validationError(
        `1 validation error detected: Value '${Value}' at '${path}.value' failed to satisfy constraint: Member must have ` +
          `length less than or equal to ${VALUE_LENGTH}`,
      )
    }
    const key = Key.toLowerCase()
    if (seen.has(key)) {
      throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
    }
    seen.add(key)
  })
  return [...list]
}

/** Adds tags, replacing those of the same key without regard to case. */
export const mergeTags = (present: readonly Tag[], added: readonly Tag[]): Tag[] => {
  const byKey = new Map(present.map(tag => [tag.Key?.toLowerCase(), tag]))
  for (const tag of added) byKey.set(tag.Key?.toLowerCase(), tag)
  return [...byKey.values()]
}
