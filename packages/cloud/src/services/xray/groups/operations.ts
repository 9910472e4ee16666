import type { XRayOperations } from '../operations/context.ts'
import { pageOf } from '../operations/page-token.ts'
import type { Tags } from '../tags/tags.ts'
import { toSdkGroup } from './group.ts'
import type { Groups } from './groups.ts'

/** Ours: AWS's page sizes are not published. */
const PAGE = 50

export const createGroupOperations = (
  groups: Groups,
  tags: Tags,
): Pick<XRayOperations, 'CreateGroup' | 'GetGroup' | 'GetGroups' | 'UpdateGroup' | 'DeleteGroup'> => ({
  CreateGroup: (input, { scope }) => {
    const list = tags.check(input.Tags ?? [])
    const group = groups.create(scope, input.GroupName, input)
    tags.put(scope, group.arn, list)
    return { Group: toSdkGroup(group) }
  },

  GetGroup: (input, { scope }) => ({ Group: toSdkGroup(groups.get(scope, input)) }),

  GetGroups: (input, { scope }) => {
    const { items, NextToken } = pageOf(input, groups.list(scope).map(toSdkGroup), PAGE)
    return { Groups: items, ...(NextToken !== undefined && { NextToken }) }
  },

  UpdateGroup: (input, { scope }) => ({ Group: toSdkGroup(groups.update(scope, input, input)) }),

  DeleteGroup: (input, { scope }) => {
    tags.delete(scope, groups.delete(scope, input).arn)
    return {}
  },
})
