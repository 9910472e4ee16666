import type * as Sdk from '@aws-sdk/client-iam'
import { encodeDocument } from '../policy-document.ts'
import type {
  PolicyRecord,
  PolicyVersionRecord,
  PrincipalRecord,
  RoleRecord,
  UserRecord,
} from '../records.ts'

const common = (record: PrincipalRecord) => ({
  Path: record.path,
  Arn: record.arn,
  CreateDate: new Date(record.createDate),
  ...(record.permissionsBoundary !== undefined && {
    PermissionsBoundary: {
      // What IAM sends, although the SDK's enumeration knows `PermissionsBoundaryPolicy` only.
      PermissionsBoundaryType: 'Policy' as Sdk.PermissionsBoundaryAttachmentType,
      PermissionsBoundaryArn: record.permissionsBoundary,
    },
  }),
  ...(record.tags.length > 0 && { Tags: [...record.tags] }),
})

export const roleShape = (role: RoleRecord): Sdk.Role => ({
  ...common(role),
  RoleName: role.name,
  RoleId: role.id,
  AssumeRolePolicyDocument: encodeDocument(role.assumeRolePolicyDocument),
  Description: role.description,
  MaxSessionDuration: role.maxSessionDuration,
})

export const userShape = (user: UserRecord): Sdk.User => ({
  ...common(user),
  UserName: user.name,
  UserId: user.id,
})

export const policyShape = (policy: PolicyRecord, attachmentCount: number): Sdk.Policy => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersionId,
  AttachmentCount: attachmentCount,
  IsAttachable: true,
  Description: policy.description,
  CreateDate: new Date(policy.createDate),
  UpdateDate: new Date(policy.updateDate),
  ...(policy.tags.length > 0 && { Tags: [...policy.tags] }),
})

export const versionShape = (policy: PolicyRecord, version: PolicyVersionRecord): Sdk.PolicyVersion => ({
  VersionId: version.id,
  IsDefaultVersion: version.id === policy.defaultVersionId,
  CreateDate: new Date(version.createDate),
})

/** `arn:aws:iam::aws:policy/service-role/X` is the policy `X`. */
export const attachedShape = (arn: string): Sdk.AttachedPolicy => ({
  PolicyName: arn.split('/').pop() ?? '',
  PolicyArn: arn,
})
