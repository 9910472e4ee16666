import type * as Sdk from '@aws-sdk/client-iam'
import { notImplemented, type Operations } from '@sonde/wire'
import { globalArn } from '../../../kernel/arn.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import { deleteConflict, validationError } from '../errors.ts'
import type { Iam } from '../iam.ts'
import { checkName, checkPath, uniqueId } from '../names.ts'
import { page } from '../paging.ts'
import { encodeDocument } from '../policy-document.ts'
import { checkTags } from '../tags.ts'
import { attachedShape, userShape } from './shapes.ts'

const USER_NAME_LENGTH = 64

export const userOperations = ({ users, accessKeys, clock }: Iam) => {
  /** Operations on "my" user take the caller's name where they are given none. */
  const userNameOf = (given: string | undefined, { identity }: RequestContext): string => {
    const own = /:user\/(?:.*\/)?([^/]+)$/.exec(identity.arn)?.[1]
    const name = given ?? own
    if (name === undefined)
      throw validationError('Must specify userName when calling with non-User credentials')
    return name
  }

  return {
    CreateUser: (input, { scope }) => {
      const { UserName = '' } = input
      checkName('userName', UserName, USER_NAME_LENGTH)
      const path = checkPath(input.Path)
      const user = {
        name: UserName,
        path,
        arn: globalArn(scope, 'iam', `user${path}${UserName}`),
        id: uniqueId('AIDA'),
        createDate: clock.now(),
        permissionsBoundary: input.PermissionsBoundary,
        inline: {},
        attached: [],
        tags: checkTags(input.Tags),
      }
      users.create(scope.account, user)
      return { User: userShape(user) }
    },

    DeleteUser: ({ UserName = '' }, { scope }) => {
      const user = users.get(scope.account, UserName)
      if (accessKeys.list(scope.account, user.name).length > 0) {
        throw deleteConflict('Cannot delete entity, must delete access keys first.')
      }
      users.delete(scope.account, UserName)
      return {}
    },

    PutUserPolicy: ({ UserName = '', PolicyName = '', PolicyDocument = '' }, { scope }) => {
      users.putInline(scope.account, UserName, PolicyName, PolicyDocument)
      return {}
    },

    GetUserPolicy: ({ UserName = '', PolicyName = '' }, { scope }) => ({
      UserName: users.get(scope.account, UserName).name,
      PolicyName,
      PolicyDocument: encodeDocument(users.getInline(scope.account, UserName, PolicyName)),
    }),

    DeleteUserPolicy: ({ UserName = '', PolicyName = '' }, { scope }) => {
      users.deleteInline(scope.account, UserName, PolicyName)
      return {}
    },

    ListUserPolicies: (input, { scope }) => {
      const names = Object.keys(users.get(scope.account, input.UserName ?? '').inline)
      const { items, rest } = page(names, name => name, input)
      return { PolicyNames: items, ...rest }
    },

    AttachUserPolicy: ({ UserName = '', PolicyArn = '' }, { scope }) => {
      users.attach(scope.account, UserName, PolicyArn)
      return {}
    },

    DetachUserPolicy: ({ UserName = '', PolicyArn = '' }, { scope }) => {
      users.detach(scope.account, UserName, PolicyArn)
      return {}
    },

    ListAttachedUserPolicies: (input, { scope }) => {
      if (input.PathPrefix && input.PathPrefix !== '/') {
        throw notImplemented('ListAttachedUserPolicies with PathPrefix')
      }
      const { attached } = users.get(scope.account, input.UserName ?? '')
      const { items, rest } = page(attached, arn => arn, input)
      return { AttachedPolicies: items.map(attachedShape), ...rest }
    },

    DeleteAccessKey: (input, context) => {
      const name = userNameOf(input.UserName, context)
      const user = users.get(context.scope.account, name)
      accessKeys.delete(context.scope.account, user.name, input.AccessKeyId ?? '')
      return {}
    },

    GetUser: (input, context) => ({
      User: userShape(users.get(context.scope.account, userNameOf(input.UserName, context))),
    }),

    ListUsers: (input, { scope }) => {
      const { items, rest } = page(users.list(scope.account, input.PathPrefix), ({ arn }) => arn, input)
      return {
        Users: items.map(user => userShape({ ...user, tags: [], permissionsBoundary: undefined })),
        ...rest,
      }
    },

    CreateAccessKey: (input, context) => {
      const user = users.get(context.scope.account, userNameOf(input.UserName, context))
      const key = accessKeys.create(context.scope.account, user)
      return {
        AccessKey: {
          UserName: user.name,
          AccessKeyId: key.accessKeyId,
          SecretAccessKey: key.secretAccessKey,
          Status: 'Active',
          CreateDate: new Date(key.createDate),
        },
      }
    },

    ListAccessKeys: (input, context) => {
      const user = users.get(context.scope.account, userNameOf(input.UserName, context))
      const keys = accessKeys.list(context.scope.account, user.name)
      const { items, rest } = page(keys, ({ accessKeyId }) => accessKeyId, input)
      return {
        AccessKeyMetadata: items.map(key => ({
          UserName: user.name,
          AccessKeyId: key.accessKeyId,
          Status: key.status,
          CreateDate: new Date(key.createDate),
        })),
        ...rest,
      }
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
