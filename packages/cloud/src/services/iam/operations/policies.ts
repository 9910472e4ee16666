import type * as Sdk from '@aws-sdk/client-iam'
import { notImplemented, type Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import type { Iam } from '../iam.ts'
import { page } from '../paging.ts'
import { encodeDocument } from '../policy-document.ts'
import { isAwsManaged } from '../principals.ts'
import { policyShape, versionShape } from './shapes.ts'

/** Policies that AWS manages can be attached; these operations do not show the few whose documents are here. */
const refuseAwsManaged = (operation: string, policyArn: string): void => {
  if (isAwsManaged(policyArn)) throw notImplemented(`${operation} for AWS's own ${policyArn}`)
}

export const policyOperations = ({ policies }: Iam) =>
  ({
    CreatePolicy: (input, { scope }) => {
      const { PolicyName = '', PolicyDocument = '' } = input
      return { Policy: policyShape(policies.create(scope, { ...input, PolicyName, PolicyDocument }), 0) }
    },

    GetPolicy: ({ PolicyArn = '' }, { scope: { account } }) => {
      refuseAwsManaged('GetPolicy', PolicyArn)
      const policy = policies.get(account, PolicyArn)
      return { Policy: policyShape(policy, policies.attachments(account, PolicyArn)) }
    },

    DeletePolicy: ({ PolicyArn = '' }, { scope }) => {
      refuseAwsManaged('DeletePolicy', PolicyArn)
      policies.delete(scope.account, PolicyArn)
      return {}
    },

    CreatePolicyVersion: (
      { PolicyArn = '', PolicyDocument = '', SetAsDefault = false },
      { scope: { account } },
    ) => {
      refuseAwsManaged('CreatePolicyVersion', PolicyArn)
      const version = policies.createVersion(account, PolicyArn, PolicyDocument, SetAsDefault)
      return { PolicyVersion: versionShape(policies.get(account, PolicyArn), version) }
    },

    GetPolicyVersion: ({ PolicyArn = '', VersionId = '' }, { scope: { account } }) => {
      refuseAwsManaged('GetPolicyVersion', PolicyArn)
      const version = policies.version(account, PolicyArn, VersionId)
      const shape = versionShape(policies.get(account, PolicyArn), version)
      return { PolicyVersion: { ...shape, Document: encodeDocument(version.document) } }
    },

    ListPolicyVersions: (input, { scope }) => {
      refuseAwsManaged('ListPolicyVersions', input.PolicyArn ?? '')
      const policy = policies.get(scope.account, input.PolicyArn ?? '')
      const { items, rest } = page(policy.versions, ({ id }) => id, input)
      return { Versions: items.map(version => versionShape(policy, version)), ...rest }
    },

    DeletePolicyVersion: ({ PolicyArn = '', VersionId = '' }, { scope }) => {
      refuseAwsManaged('DeletePolicyVersion', PolicyArn)
      policies.deleteVersion(scope.account, PolicyArn, VersionId)
      return {}
    },

    SetDefaultPolicyVersion: ({ PolicyArn = '', VersionId = '' }, { scope }) => {
      refuseAwsManaged('SetDefaultPolicyVersion', PolicyArn)
      policies.setDefaultVersion(scope.account, PolicyArn, VersionId)
      return {}
    },

    ListPolicies: (input, { scope: { account } }) => {
      // AWS's own thousand policies are not here: a list without them would be wrong.
      if (input.Scope !== 'Local') throw notImplemented(`ListPolicies with Scope ${input.Scope ?? 'All'}`)
      if (input.PolicyUsageFilter) throw notImplemented('ListPolicies with PolicyUsageFilter')
      const found = policies
        .list(account)
        .filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'))
        .map(policy => policyShape({ ...policy, tags: [] }, policies.attachments(account, policy.arn)))
        .filter(({ AttachmentCount = 0 }) => !input.OnlyAttached || AttachmentCount > 0)
      const { items, rest } = page(found, ({ Arn }) => Arn ?? '', input)
      return { Policies: items, ...rest }
    },
  }) satisfies Operations<typeof Sdk, RequestContext>
