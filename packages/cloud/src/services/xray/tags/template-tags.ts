import type { Tag } from '@aws-sdk/client-xray'
import { invalidRequest } from '../errors.ts'

/** The `Tags` of a template's resource. @throws ServiceError `InvalidRequestException` where they are no list */
export const readTags = ({ Tags = [] }: Readonly<Record<string, unknown>>): Tag[] => {
  if (!Array.isArray(Tags)) throw invalidRequest('Property Tags must be a list')
  return Tags.map((tag: unknown) => {
    const { Key, Value } = Object(tag) as Record<string, unknown>
    return { Key: String(Key ?? ''), Value: String(Value ?? '') }
  })
}
