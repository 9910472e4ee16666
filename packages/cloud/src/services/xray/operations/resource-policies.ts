import type { ResourcePolicy } from '@aws-sdk/client-xray'
import { notImplemented, ServiceError } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { Store } from '../../../kernel/store.ts'
import { invalidRequest } from '../errors.ts'
import type { XRayOperations } from './context.ts'
import { pageOf } from './page-token.ts'

/** https://docs.aws.amazon.com/xray/latest/api/API_PutResourcePolicy.html */
const MAX_POLICIES = 5
const MAX_BYTES = 5 * 1024
const NAME = /^[\w+=,.@-]{1,128}$/
/** Ours: AWS's page sizes are not published. */
const PAGE = 50

interface StoredPolicy {
  readonly name: string
  readonly document: string
  readonly revision: number
  /** ms since the epoch. */
  readonly updated: number
}

const malformed = (message: string) =>
  new ServiceError('MalformedPolicyDocumentException', message, { status: 400 })

interface Statement {
  readonly Effect?: unknown
}

/** A policy with a Deny may lock its writer out, and nothing evaluates it here to tell. */
const checkDocument = (document: string, bypass: boolean | undefined): void => {
  if (Buffer.byteLength(document) > MAX_BYTES) {
    throw new ServiceError('PolicySizeLimitExceededException', `The policy exceeds ${MAX_BYTES} bytes`, {
      status: 400,
    })
  }
  let value: unknown
  try {
    value = JSON.parse(document)
  } catch {
    throw malformed('The policy document is not valid JSON')
  }
  const { Statement } = (typeof value === 'object' && value !== null ? value : {}) as { Statement?: unknown }
  const statements = Array.isArray(Statement) ? Statement : Statement === undefined ? [] : [Statement]
  if (statements.length === 0) throw malformed('The policy document must have a Statement')
  for (const statement of statements) {
    const { Effect } = (typeof statement === 'object' && statement !== null ? statement : {}) as Statement
    if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed('Effect must be Allow or Deny')
    if (Effect === 'Deny' && !bypass) {
      throw notImplemented('PutResourcePolicy with a Deny, unless BypassPolicyLockoutCheck is set,')
    }
  }
}

const describe = ({ name, document, revision, updated }: StoredPolicy): ResourcePolicy => ({
  PolicyName: name,
  PolicyDocument: document,
  PolicyRevisionId: String(revision),
  LastUpdatedTime: new Date(updated),
})

const checkRevision = (present: StoredPolicy | undefined, revision: string | undefined): void => {
  // "0" asks that there be none yet.
  if (revision === undefined || revision === String(present?.revision ?? 0)) return
  throw new ServiceError('InvalidPolicyRevisionIdException', 'The policy revision id does not match', {
    status: 400,
  })
}

/** Policies that let AWS services of other accounts send traces. Kept, and not enforced: there are no such services here. */
export const createResourcePolicyOperations = (
  store: Store,
  clock: Pick<Clock, 'now'>,
): Pick<XRayOperations, 'PutResourcePolicy' | 'DeleteResourcePolicy' | 'ListResourcePolicies'> => {
  const policies = store.collection<StoredPolicy>('xray.resource-policies')
  return {
    PutResourcePolicy: (input, { scope }) => {
      const {
        PolicyName: name = '',
        PolicyDocument: document = '',
        PolicyRevisionId,
        BypassPolicyLockoutCheck,
      } = input
      if (!NAME.test(name)) throw invalidRequest('PolicyName must have 1 to 128 letters, digits and _+=,.@-')
      checkDocument(document, BypassPolicyLockoutCheck)
      const present = policies.get(scope, name)
      checkRevision(present, PolicyRevisionId)
      if (!present && policies.list(scope).length >= MAX_POLICIES) {
        throw new ServiceError(
          'PolicyCountLimitExceededException',
          `At most ${MAX_POLICIES} policies are allowed`,
          {
            status: 400,
          },
        )
      }
      const policy = { name, document, revision: (present?.revision ?? 0) + 1, updated: clock.now() }
      policies.put(scope, name, policy)
      return { ResourcePolicy: describe(policy) }
    },

    DeleteResourcePolicy: ({ PolicyName: name = '', PolicyRevisionId }, { scope }) => {
      checkRevision(policies.get(scope, name), PolicyRevisionId)
      policies.delete(scope, name)
      return {}
    },

    ListResourcePolicies: (input, { scope }) => {
      const { items, NextToken } = pageOf(input, policies.list(scope).map(describe), PAGE)
      return { ResourcePolicies: items, ...(NextToken !== undefined && { NextToken }) }
    },
  }
}
