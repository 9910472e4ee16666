import type { Tag } from '@aws-sdk/client-sagemaker'
import { Constraints } from './constraints.ts'

/** Of one resource. */
const MAX_TAGS = 50
const KEY_LENGTH = 128
const VALUE_LENGTH = 256

/** Adds or replaces tags by key. */
export const mergeTags = (present: readonly Tag[], added: readonly Tag[]): Tag[] => {
  const byKey = new Map(present.map(tag => [tag.Key, tag]))
  for (const tag of added) byKey.set(tag.Key, tag)
  return [...byKey.values()]
}

/** @throws ServiceError `ValidationException` for tags that break AWS's limits */
export const checkTags = (tags: readonly Tag[] | undefined): Tag[] => {
  const constraints = new Constraints()
  const list = tags ?? []
  constraints.length('tags', list.length, 0, MAX_TAGS)
  list.forEach((tag, index) => {
    constraints.length(`tags.${index + 1}.member.key`, tag.Key ?? '', 1, KEY_LENGTH)
    constraints.length(`tags.${index + 1}.member.value`, tag.Value ?? '', 0, VALUE_LENGTH)
  })
  constraints.check()
  return mergeTags([], list)
}
