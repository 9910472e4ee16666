import type { CompiledMethod, CompiledStage } from '../data-plane/compiled.ts'
import type { ApiStageRecord, UsagePlanRecord } from '../records.ts'
import type { Buckets } from './buckets.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { Throttle, TokenBucket } from './token-bucket.ts'
import type { KeyUsage, UsageLedger } from './usage-ledger.ts'

/** What a key may do at a stage. */
export interface KeyAccess {
  readonly keyId: string
  readonly plan: UsagePlanRecord
  readonly usage: KeyUsage
  /** The bucket for a method: its own of the plan, else that of the key for the whole plan; none without a throttle. */
  bucket(method: CompiledMethod, now: number): TokenBucket | undefined
}

/** Why a key may not do anything, as the execution log says it. */
export type KeyRefusal = 'API Key is disabled' | 'No Usage Plan found for key and API Stage'

/** The key of a plan's method throttles: `/predict/POST`. */
export const throttleKey = (resourcePath: string, verb: string): string => `${resourcePath}/${verb}`

const methodThrottle = ({ throttle }: ApiStageRecord, method: CompiledMethod): Throttle | undefined =>
  throttle?.[throttleKey(method.resourcePath, method.verb)]

/** What keys may do at stages: put together at the first request, forgotten with every change of keys and plans. */
export class KeyAccesses {
  readonly #subscriptions: Subscriptions
  readonly #ledger: UsageLedger
  readonly #buckets: Buckets
  readonly #known = new Map<string, Map<string, KeyAccess>>()

  constructor(subscriptions: Subscriptions, ledger: UsageLedger, buckets: Buckets) {
    this.#subscriptions = subscriptions
    this.#ledger = ledger
    this.#buckets = buckets
    subscriptions.onChange = () => this.#known.clear()
  }

  of(stage: CompiledStage, value: string): KeyAccess | KeyRefusal {
    const stageKey = `${stage.apiId}/${stage.stageName}`
    const keys = this.#known.get(stageKey)
    const known = keys?.get(value)
    if (known) return known
    const access = this.#find(stage, value)
    // Refusals are not kept: anybody can make up keys.
    if (typeof access !== 'string') {
      if (keys) keys.set(value, access)
      else this.#known.set(stageKey, new Map([[value, access]]))
    }
    return access
  }

  #find({ scope, apiId, stageName }: CompiledStage, value: string): KeyAccess | KeyRefusal {
    const key = this.#subscriptions.keyOfValue(scope, value)
    if (!key) return 'No Usage Plan found for key and API Stage'
    if (!key.enabled) return 'API Key is disabled'
    for (const plan of this.#subscriptions.plansOf(scope, key.id)) {
      const apiStage = plan.apiStages.find(each => each.apiId === apiId && each.stage === stageName)
      if (apiStage) return this.#access(key.id, plan, apiStage)
    }
    return 'No Usage Plan found for key and API Stage'
  }

  #access(keyId: string, plan: UsagePlanRecord, apiStage: ApiStageRecord): KeyAccess {
    const bucketsOfKey = `plan/${plan.id}/${keyId}`
    return {
      keyId,
      plan,
      usage: this.#ledger.of(plan.id, keyId),
      bucket: (method, now) => {
        const own = methodThrottle(apiStage, method)
        if (own) {
          const { apiId, stage } = apiStage
          const name = `${bucketsOfKey}/${apiId}/${stage}/${method.resourcePath}/${method.verb}`
          return this.#buckets.of(name, own, now)
        }
        return plan.throttle && this.#buckets.of(bucketsOfKey, plan.throttle, now)
      },
    }
  }
}
