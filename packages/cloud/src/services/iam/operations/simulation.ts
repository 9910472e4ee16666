import type * as Sdk from '@aws-sdk/client-iam'
import type { EvaluationResult, PolicyEvaluationDecisionType } from '@aws-sdk/client-iam'
import { notImplemented, type Operations, ServiceError } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import { type Authorization, authorize } from '../evaluation/authorize.ts'
import type { PolicySource } from '../evaluation/policy-source.ts'

/** What would change the answer, and is not looked at. */
const REFUSED = [
  'PolicyInputList',
  'PermissionsBoundaryPolicyInputList',
  'ResourcePolicy',
  'CallerArn',
  'ResourceHandlingOption',
] as const

const DECISIONS: Readonly<Record<Authorization['decision'], PolicyEvaluationDecisionType>> = {
  allowed: 'allowed',
  implicitDeny: 'implicitDeny',
  explicitDeny: 'explicitDeny',
  boundaryImplicitDeny: 'implicitDeny',
  boundaryExplicitDeny: 'explicitDeny',
}

type Simulation = Pick<Operations<typeof Sdk, RequestContext>, 'SimulatePrincipalPolicy'>

/** SimulatePrincipalPolicy: what identity policies and the boundary say of actions. */
export const simulationOperations = (source: PolicySource): Simulation => ({
  SimulatePrincipalPolicy: input => {
    const refused = REFUSED.find(name => input[name] !== undefined)
    if (refused) throw notImplemented(`SimulatePrincipalPolicy's ${refused}`)
    const context = Object.fromEntries(
      (input.ContextEntries ?? []).map(({ ContextKeyName = '', ContextKeyValues = [] }) => [
        ContextKeyName,
        ContextKeyValues,
      ]),
    )
    const { PolicySourceArn = '', ActionNames = [], ResourceArns = ['*'] } = input
    const results: EvaluationResult[] = []
    for (const action of ActionNames) {
      for (const resource of ResourceArns) {
        const authorization = authorize(source, PolicySourceArn, { action, resource, context })
        if (!authorization) {
          throw new ServiceError('NoSuchEntity', `The entity ${PolicySourceArn} cannot be found.`, {
            status: 404,
          })
        }
        results.push({
          EvalActionName: action,
          EvalResourceName: resource,
          EvalDecision: DECISIONS[authorization.decision],
        })
      }
    }
    return { EvaluationResults: results, IsTruncated: false }
  },
})
