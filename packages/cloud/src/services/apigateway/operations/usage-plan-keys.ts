import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, conflict, invalidApiKey, limitExceeded } from '../errors.ts'
import { MAX_PLANS_PER_KEY } from '../limits.ts'
import { paginate } from '../pagination.ts'
import type { ApiKeyRecord } from '../records.ts'
import type { Subscriptions } from '../usage-plans/subscriptions.ts'
import { requireOnePlanForStage } from './usage-plans.ts'

const KEY_TYPE = 'API_KEY'

const toUsagePlanKey = ({ id, value, name }: ApiKeyRecord): Sdk.UsagePlanKey => ({
  id,
  type: KEY_TYPE,
  value,
  name,
})

/** The key, where it is in the plan. @throws ServiceError `NotFoundException` */
const keyInPlan = (
  subscriptions: Subscriptions,
  scope: Scope,
  planId: string | undefined,
  keyId: string | undefined,
): ApiKeyRecord => {
  const plan = subscriptions.plan(scope, planId)
  const key = subscriptions.key(scope, keyId)
  if (!subscriptions.isIn(plan.id, key.id)) throw invalidApiKey()
  return key
}

export const createUsagePlanKeyOperations = ({ subscriptions }: ControlPlane) =>
  ({
    CreateUsagePlanKey: ({ usagePlanId, keyId, keyType }, { scope }) => {
      if (keyType !== KEY_TYPE) throw badRequest('Invalid key type specified. Must be one of: [API_KEY]')
      const plan = subscriptions.plan(scope, usagePlanId)
      const key = subscriptions.key(scope, keyId)
      if (subscriptions.isIn(plan.id, key.id)) {
        throw conflict(`API Key ${key.id} is in Usage Plan ${plan.id} already`)
      }
      if (subscriptions.plansOf(scope, key.id).length >= MAX_PLANS_PER_KEY) {
        throw limitExceeded('Maximum number of Usage Plans for this API Key has been reached')
      }
      requireOnePlanForStage(subscriptions, scope, key.id, plan)
      subscriptions.addKey(scope, plan.id, key.id)
      return toUsagePlanKey(key)
    },

    GetUsagePlanKey: ({ usagePlanId, keyId }, { scope }) =>
      toUsagePlanKey(keyInPlan(subscriptions, scope, usagePlanId, keyId)),

    GetUsagePlanKeys: ({ usagePlanId, nameQuery, ...page }, { scope }) => {
      const plan = subscriptions.plan(scope, usagePlanId)
      const keys = subscriptions
        .keysOf(scope, plan.id)
        .filter(({ name = '' }) => nameQuery === undefined || name.startsWith(nameQuery))
      const { items, position } = paginate(keys, page)
      return { items: items.map(toUsagePlanKey), position }
    },

    DeleteUsagePlanKey: ({ usagePlanId, keyId }, { scope }) => {
      const key = keyInPlan(subscriptions, scope, usagePlanId, keyId)
      subscriptions.removeKey(scope, usagePlanId ?? '', key.id)
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
