import { ServiceError } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import type { XRayOperations } from '../operations/context.ts'
import { pageOf } from '../operations/page-token.ts'
import type { Tags } from './tags.ts'

/** More than a resource can have. */
const PAGE = 200

/**
 * @param exists whether the ARN is that of a group or of a sampling rule
 */
export const createTagOperations = (
  tags: Tags,
  exists: (scope: Scope, arn: string) => boolean,
): Pick<XRayOperations, 'TagResource' | 'UntagResource' | 'ListTagsForResource'> => {
  const resource = (scope: Scope, arn: string | undefined): string => {
    if (arn !== undefined && exists(scope, arn)) return arn
    throw new ServiceError('ResourceNotFoundException', `Resource not found: ${arn}`, {
      status: 404,
      fields: { ResourceName: arn },
    })
  }
  return {
    TagResource: (input, { scope }) => {
      tags.put(scope, resource(scope, input.ResourceARN), input.Tags ?? [])
      return {}
    },
    UntagResource: (input, { scope }) => {
      tags.remove(scope, resource(scope, input.ResourceARN), input.TagKeys ?? [])
      return {}
    },
    ListTagsForResource: (input, { scope }) => {
      const { items, NextToken } = pageOf(input, tags.list(scope, resource(scope, input.ResourceARN)), PAGE)
      return { Tags: items, ...(NextToken !== undefined && { NextToken }) }
    },
  }
}
