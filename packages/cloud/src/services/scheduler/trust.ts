import { evaluateResourcePolicy } from '../../kernel/policy/resource-policy.ts'
import type { PolicyStatement } from '../../kernel/policy/statement.ts'
import type { Scope } from '../../kernel/scope.ts'
import { groupArn } from './groups.ts'

/** The service that assumes a schedule's role. */
const PRINCIPAL = { service: 'scheduler.amazonaws.com' }

/**
 * Whether a role's trust policy lets Scheduler assume it for a group of schedules.
 *
 * @param document JSON text of a trust policy, as IAM has checked it
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
export const trustsScheduler = (document: string, roleArn: string, scope: Scope, group: string): boolean => {
  const { Version, Statement } = JSON.parse(document) as {
    readonly Version?: string
    readonly Statement: PolicyStatement | readonly PolicyStatement[]
  }
  const statements = [Statement].flat() as readonly PolicyStatement[]
  const policy = { ...(Version !== undefined && { Version }), Statement: statements }
  const verdict = evaluateResourcePolicy(policy, {
    principal: PRINCIPAL,
    action: 'sts:AssumeRole',
    resource: roleArn,
    context: { 'aws:SourceAccount': scope.account, 'aws:SourceArn': groupArn(scope, group) },
  })
  return verdict === 'allowed'
}
