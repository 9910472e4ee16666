import type * as Sdk from '@aws-sdk/client-iam'
import { notImplemented, type Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import type { Iam } from '../iam.ts'
import { page } from '../paging.ts'
import { encodeDocument, parsePolicyDocument } from '../policy-document.ts'
import { checkDescription, checkSessionDuration, createRole } from '../roles.ts'
import { attachedShape, roleShape } from './shapes.ts'

export const roleOperations = ({ roles, clock }: Iam) =>
  ({
    CreateRole: (input, { scope }) => {
      const { RoleName = '', AssumeRolePolicyDocument = '' } = input
      const role = createRole(roles, clock, scope, { ...input, RoleName, AssumeRolePolicyDocument })
      return { Role: roleShape(role) }
    },

    GetRole: ({ RoleName = '' }, { scope }) => ({ Role: roleShape(roles.get(scope.account, RoleName)) }),

    DeleteRole: ({ RoleName = '' }, { scope }) => {
      roles.delete(scope.account, RoleName)
      return {}
    },

    UpdateRole: ({ RoleName = '', Description, MaxSessionDuration }, { scope }) => {
      checkDescription(Description)
      checkSessionDuration(MaxSessionDuration)
      roles.change(scope.account, RoleName, {
        ...(Description !== undefined && { description: Description }),
        ...(MaxSessionDuration !== undefined && { maxSessionDuration: MaxSessionDuration }),
      })
      return {}
    },

    UpdateAssumeRolePolicy: ({ RoleName = '', PolicyDocument = '' }, { scope }) => {
      parsePolicyDocument(PolicyDocument, 'trust')
      roles.change(scope.account, RoleName, { assumeRolePolicyDocument: PolicyDocument })
      return {}
    },

    PutRolePolicy: ({ RoleName = '', PolicyName = '', PolicyDocument = '' }, { scope }) => {
      roles.putInline(scope.account, RoleName, PolicyName, PolicyDocument)
      return {}
    },

    GetRolePolicy: ({ RoleName = '', PolicyName = '' }, { scope }) => ({
      RoleName: roles.get(scope.account, RoleName).name,
      PolicyName,
      PolicyDocument: encodeDocument(roles.getInline(scope.account, RoleName, PolicyName)),
    }),

    DeleteRolePolicy: ({ RoleName = '', PolicyName = '' }, { scope }) => {
      roles.deleteInline(scope.account, RoleName, PolicyName)
      return {}
    },

    ListRolePolicies: (input, { scope }) => {
      const names = Object.keys(roles.get(scope.account, input.RoleName ?? '').inline)
      const { items, rest } = page(names, name => name, input)
      return { PolicyNames: items, ...rest }
    },

    AttachRolePolicy: ({ RoleName = '', PolicyArn = '' }, { scope }) => {
      roles.attach(scope.account, RoleName, PolicyArn)
      return {}
    },

    DetachRolePolicy: ({ RoleName = '', PolicyArn = '' }, { scope }) => {
      roles.detach(scope.account, RoleName, PolicyArn)
      return {}
    },

    ListAttachedRolePolicies: (input, { scope }) => {
      if (input.PathPrefix && input.PathPrefix !== '/')
        throw notImplemented('ListAttachedRolePolicies with PathPrefix')
      const { attached } = roles.get(scope.account, input.RoleName ?? '')
      const { items, rest } = page(attached, arn => arn, input)
      return { AttachedPolicies: items.map(attachedShape), ...rest }
    },

    TagRole: ({ RoleName = '', Tags = [] }, { scope }) => {
      roles.tag(scope.account, RoleName, Tags)
      return {}
    },

    UntagRole: ({ RoleName = '', TagKeys = [] }, { scope }) => {
      roles.untag(scope.account, RoleName, TagKeys)
      return {}
    },

    ListRoleTags: (input, { scope }) => {
      const { tags } = roles.get(scope.account, input.RoleName ?? '')
      const { items, rest } = page(tags, ({ Key }) => Key ?? '', input)
      return { Tags: items, ...rest }
    },

    /** There are no instance profiles here: tools ask before they delete a role. */
    ListInstanceProfilesForRole: ({ RoleName = '' }, { scope }) => {
      roles.get(scope.account, RoleName)
      return { InstanceProfiles: [], IsTruncated: false }
    },

    ListRoles: (input, { scope }) => {
      const { items, rest } = page(roles.list(scope.account, input.PathPrefix), ({ arn }) => arn, input)
      // As on AWS, lists have no tags and no boundaries.
      return {
        Roles: items.map(role => roleShape({ ...role, tags: [], permissionsBoundary: undefined })),
        ...rest,
      }
    },
  }) satisfies Operations<typeof Sdk, RequestContext>
