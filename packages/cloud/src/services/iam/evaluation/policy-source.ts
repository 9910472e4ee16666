import type { Tag } from '@aws-sdk/client-iam'
import { parseArn } from '../../../kernel/arn.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { globalScope, nameKey } from '../names.ts'
import { type PolicyDocument, parsePolicyDocument } from '../policy-document.ts'
import type { IamState, PrincipalRecord } from '../records.ts'
import { managedPolicy } from './managed-policies.ts'

/** The policies of a role or user. */
export interface IdentityPolicies {
  /** Of the role or user itself, also where a session of the role asks. */
  readonly principalArn: string
  /** Inline ones and the default versions of attached ones. */
  readonly documents: readonly PolicyDocument[]
  /** ARNs of attached policies whose documents are not here: of those that AWS manages, only some are. */
  readonly unknown: readonly string[]
  /** The permissions boundary; its document is absent where it is not here. */
  readonly boundary: { readonly arn: string; readonly document: PolicyDocument | undefined } | undefined
  readonly tags: readonly Tag[]
}

/** Parsed documents kept: policies are many times more often read than written. */
const MAX_PARSED = 1_000

/** A role, a session of a role, or a user: the last part of an ARN's resource but of a session. */
const principalOf = (
  identityArn: string,
): { readonly kind: 'role' | 'user'; readonly scope: Scope; readonly name: string } | undefined => {
  const arn = parseArn(identityArn)
  if (!arn) return undefined
  const [type, ...path] = arn.resource.split('/')
  const scope = globalScope(arn.account)
  const last = path.at(-1) ?? ''
  if (arn.service === 'sts' && type === 'assumed-role') return { kind: 'role', scope, name: path[0] ?? '' }
  if (arn.service !== 'iam') return undefined
  return type === 'role' || type === 'user' ? { kind: type, scope, name: last } : undefined
}

export interface PolicySource {
  /**
   * @param identityArn of a role, a session of one, or a user
   * @returns `undefined` where there is no such role or user
   */
  policiesOf(identityArn: string): IdentityPolicies | undefined
}

/** Finds the policies of roles and users in what IAM has stored. */
export const createPolicySource = (state: Pick<IamState, 'roles' | 'users' | 'policies'>): PolicySource => {
  const parsed = new Map<string, PolicyDocument>()

  const parse = (text: string): PolicyDocument => {
    let document = parsed.get(text)
    if (!document) {
      if (parsed.size >= MAX_PARSED) parsed.clear()
      document = parsePolicyDocument(text, 'identity')
      parsed.set(text, document)
    }
    return document
  }

  const attached = (scope: Scope, policyArn: string): PolicyDocument | undefined => {
    const record = state.policies.get(scope, policyArn)
    const version = record?.versions.find(({ id }) => id === record.defaultVersionId)
    return version ? parse(version.document) : managedPolicy(policyArn)
  }

  const recordOf = (identityArn: string): { record: PrincipalRecord; scope: Scope } | undefined => {
    const principal = principalOf(identityArn)
    if (!principal) return undefined
    const { kind, scope, name } = principal
    const record = (kind === 'role' ? state.roles : state.users).get(scope, nameKey(name))
    const isSession = parseArn(identityArn)?.service === 'sts'
    return record && (isSession || record.arn === identityArn) ? { record, scope } : undefined
  }

  return {
    policiesOf: identityArn => {
      const found = recordOf(identityArn)
      if (!found) return undefined
      const { record, scope } = found
      const { permissionsBoundary } = record
      return {
        principalArn: record.arn,
        documents: [
          ...Object.values(record.inline).map(parse),
          ...record.attached.flatMap(arn => attached(scope, arn) ?? []),
        ],
        unknown: record.attached.filter(arn => !attached(scope, arn)),
        boundary:
          permissionsBoundary === undefined
            ? undefined
            : { arn: permissionsBoundary, document: attached(scope, permissionsBoundary) },
        tags: record.tags,
      }
    },
  }
}
