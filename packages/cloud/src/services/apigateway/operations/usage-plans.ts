import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import { lowerAlphanumeric } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, conflict, limitExceeded } from '../errors.ts'
import { MAX_USAGE_PLANS } from '../limits.ts'
import { paginate } from '../pagination.ts'
import { applyPatch } from '../patch.ts'
import type { UsagePlanRecord } from '../records.ts'
import { PLAN_PATCH_RULES, planPatchErrors, requirePatchedQuota } from '../usage-plans/plan-patch.ts'
import { readApiStage, readQuota, readThrottle, requireApiStages } from '../usage-plans/plan-settings.ts'
import type { Subscriptions } from '../usage-plans/subscriptions.ts'
import { requireTags } from './tags.ts'

const toUsagePlan = (record: UsagePlanRecord): Sdk.UsagePlan => ({
  id: record.id,
  name: record.name,
  description: record.description,
  productCode: record.productCode,
  apiStages: record.apiStages.map(({ apiId, stage, throttle }) => ({
    apiId,
    stage,
    ...(throttle && { throttle: { ...throttle } }),
  })),
  ...(record.throttle && { throttle: { ...record.throttle } }),
  ...(record.quota && { quota: { ...record.quota } }),
  ...(record.tags && { tags: { ...record.tags } }),
})

/** A key is in one plan of a stage at most: which of two would hold could not be told. */
export const requireOnePlanForStage = (
  subscriptions: Subscriptions,
  scope: Scope,
  keyId: string,
  plan: UsagePlanRecord,
): void => {
  for (const other of subscriptions.plansOf(scope, keyId)) {
    if (other.id === plan.id) continue
    const both = plan.apiStages.find(({ apiId, stage }) =>
      other.apiStages.some(each => each.apiId === apiId && each.stage === stage),
    )
    if (both) {
      throw conflict(
        `API Key ${keyId} is in Usage Plan ${other.id} already, which has API Stage ${both.apiId}:${both.stage} too`,
      )
    }
  }
}

export const createUsagePlanOperations = ({ repository, subscriptions, ledger, clock }: ControlPlane) =>
  ({
    CreateUsagePlan: (input, { scope }) => {
      if (!input.name) throw badRequest('Usage plan name must be specified')
      requireTags(input.tags)
      const { throttle, quota } = input
      const record: UsagePlanRecord = {
        id: lowerAlphanumeric(6),
        name: input.name,
        ...(input.description && { description: input.description }),
        apiStages: (input.apiStages ?? []).map(readApiStage),
        ...(throttle && { throttle: readThrottle(throttle) }),
        ...(quota && { quota: readQuota(quota) }),
        ...(input.tags && { tags: input.tags }),
        createdDate: clock.now(),
      }
      requireApiStages(repository, scope, record)
      if (subscriptions.plans(scope).length >= MAX_USAGE_PLANS) {
        throw limitExceeded('Maximum number of Usage Plans for this account has been reached')
      }
      subscriptions.putPlan(scope, record)
      return toUsagePlan(record)
    },

    GetUsagePlan: ({ usagePlanId }, { scope }) => toUsagePlan(subscriptions.plan(scope, usagePlanId)),

    GetUsagePlans: ({ keyId, ...page }, { scope }) => {
      const plans =
        keyId === undefined
          ? subscriptions.plans(scope)
          : subscriptions.plansOf(scope, subscriptions.key(scope, keyId).id)
      const { items, position } = paginate(plans, page)
      return { items: items.map(toUsagePlan), position }
    },

    UpdateUsagePlan: ({ usagePlanId, patchOperations }, { scope }) => {
      const record = subscriptions.plan(scope, usagePlanId)
      const updated = applyPatch(
        record,
        patchOperations,
        PLAN_PATCH_RULES,
        planPatchErrors,
        'updateUsagePlanInput',
      )
      requirePatchedQuota(updated)
      requireApiStages(repository, scope, updated, record.apiStages)
      for (const { id } of subscriptions.keysOf(scope, record.id)) {
        requireOnePlanForStage(subscriptions, scope, id, updated)
      }
      subscriptions.putPlan(scope, updated)
      return toUsagePlan(updated)
    },

    DeleteUsagePlan: ({ usagePlanId }, { scope }) => {
      const { id, apiStages } = subscriptions.plan(scope, usagePlanId)
      const [first] = apiStages
      if (first) {
        throw badRequest(
          `Cannot delete Usage Plan ${id} because there are API Stages associated with it, including ${first.apiId}:${first.stage}`,
        )
      }
      subscriptions.deletePlan(scope, id)
      ledger.forget(id)
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
