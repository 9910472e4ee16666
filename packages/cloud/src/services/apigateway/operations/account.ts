import type * as Sdk from '@aws-sdk/client-api-gateway'
import { parseArn } from '../../../kernel/arn.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest } from '../errors.ts'
import { ACCOUNT_BURST_LIMIT, ACCOUNT_RATE_LIMIT } from '../limits.ts'
import { applyPatch, type PatchRule, plainErrors, withMember } from '../patch.ts'
import type { AccountRecord } from '../records.ts'

const requireRole = (arn: string | undefined): string | undefined => {
  if (!arn) return undefined
  const parsed = parseArn(arn)
  if (parsed?.service === 'iam' && parsed.resource.startsWith('role/')) return arn
  throw badRequest(
    'The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.',
  )
}

const RULES: ReadonlyArray<PatchRule<AccountRecord>> = [
  {
    path: '/cloudwatchRoleArn',
    add: (account, value) => withMember(account, 'cloudwatchRoleArn', requireRole(value)),
    replace: (account, value) => withMember(account, 'cloudwatchRoleArn', requireRole(value)),
    remove: account => withMember(account, 'cloudwatchRoleArn', undefined),
  },
]

const toAccount = (record: AccountRecord): Sdk.Account => ({
  cloudwatchRoleArn: record.cloudwatchRoleArn,
  throttleSettings: { rateLimit: ACCOUNT_RATE_LIMIT, burstLimit: ACCOUNT_BURST_LIMIT },
  features: ['UsagePlans'],
  apiKeyVersion: '4',
})

export const createAccountOperations = ({ repository }: ControlPlane) => ({
  GetAccount: (_input: Sdk.GetAccountCommandInput, { scope }: ScopeContext): Sdk.Account =>
    toAccount(repository.account(scope)),

  UpdateAccount: (
    { patchOperations }: Sdk.UpdateAccountCommandInput,
    { scope }: ScopeContext,
  ): Sdk.Account => {
    const updated = applyPatch(
      repository.account(scope),
      patchOperations,
      RULES,
      plainErrors,
      'updateAccountInput',
    )
    repository.putAccount(scope, updated)
    return toAccount(updated)
  },
})
