import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import type { Collection, Store } from '../../../kernel/store.ts'
import { invalidApiKey, invalidUsagePlan } from '../errors.ts'
import type { ApiKeyRecord, UsagePlanKeyRecord, UsagePlanRecord } from '../records.ts'

/** API keys, usage plans, and which key is in which plan. */
export class Subscriptions {
  readonly #keys: Collection<ApiKeyRecord>
  readonly #plans: Collection<UsagePlanRecord>
  readonly #planKeys: Collection<UsagePlanKeyRecord>
  /** Key ids by scope and value: no two keys of a scope have one value. */
  readonly #values = new Map<string, string>()
  /** Plan ids by key id, in the order in which the key was added to them. */
  readonly #plansOfKey = new Map<string, Set<string>>()
  /** Told of each change: what a key may do can be another from now on. */
  onChange: () => void = () => {}

  constructor(store: Store) {
    this.#keys = store.collection('apigateway.apikeys')
    this.#plans = store.collection('apigateway.usageplans')
    this.#planKeys = store.collection('apigateway.usageplankeys')
    for (const { scope, value } of this.#keys.entries())
      this.#values.set(valueKey(scope, value.value), value.id)
    for (const { value } of this.#planKeys.entries()) this.#index(value)
  }

  keys(scope: Scope): ApiKeyRecord[] {
    return this.#keys.list(scope)
  }

  /** @throws ServiceError `NotFoundException` */
  key(scope: Scope, id: string | undefined): ApiKeyRecord {
    const key = this.#keys.get(scope, id ?? '')
    if (!key) throw invalidApiKey()
    return key
  }

  keyOfValue(scope: Scope, value: string): ApiKeyRecord | undefined {
    const id = this.#values.get(valueKey(scope, value))
    return id === undefined ? undefined : this.#keys.get(scope, id)
  }

  putKey(scope: Scope, key: ApiKeyRecord): void {
    const before = this.#keys.get(scope, key.id)
    this.#keys.put(scope, key.id, key)
    if (before) this.#values.delete(valueKey(scope, before.value))
    this.#values.set(valueKey(scope, key.value), key.id)
    this.onChange()
  }

  /** With its places in plans. */
  deleteKey(scope: Scope, key: ApiKeyRecord): void {
    for (const { id } of this.plansOf(scope, key.id)) this.removeKey(scope, id, key.id)
    this.#keys.delete(scope, key.id)
    this.#values.delete(valueKey(scope, key.value))
    this.onChange()
  }

  plans(scope: Scope): UsagePlanRecord[] {
    return this.#plans.list(scope)
  }

  /** @throws ServiceError `NotFoundException` */
  plan(scope: Scope, id: string | undefined): UsagePlanRecord {
    const plan = this.#plans.get(scope, id ?? '')
    if (!plan) throw invalidUsagePlan()
    return plan
  }

  /** Of every account and region. */
  planIds(): Set<string> {
    return new Set(Array.from(this.#plans.entries(), ({ key }) => key))
  }

  putPlan(scope: Scope, plan: UsagePlanRecord): void {
    this.#plans.put(scope, plan.id, plan)
    this.onChange()
  }

  /** With the places of keys in it. */
  deletePlan(scope: Scope, id: string): void {
    for (const { keyId } of this.#planKeys.list(scope).filter(({ usagePlanId }) => usagePlanId === id)) {
      this.removeKey(scope, id, keyId)
    }
    this.#plans.delete(scope, id)
    this.onChange()
  }

  /** The plans that a key is in. */
  plansOf(scope: Scope, keyId: string): UsagePlanRecord[] {
    const ids = this.#plansOfKey.get(keyId) ?? []
    return Array.from(ids, id => this.#plans.get(scope, id)).filter(plan => plan !== undefined)
  }

  keysOf(scope: Scope, planId: string): ApiKeyRecord[] {
    return this.#planKeys
      .list(scope)
      .filter(({ usagePlanId }) => usagePlanId === planId)
      .flatMap(({ keyId }) => this.#keys.get(scope, keyId) ?? [])
  }

  isIn(planId: string, keyId: string): boolean {
    return this.#plansOfKey.get(keyId)?.has(planId) ?? false
  }

  addKey(scope: Scope, usagePlanId: string, keyId: string): void {
    const record = { usagePlanId, keyId }
    this.#planKeys.put(scope, `${usagePlanId}/${keyId}`, record)
    this.#index(record)
    this.onChange()
  }

  removeKey(scope: Scope, planId: string, keyId: string): void {
    this.#planKeys.delete(scope, `${planId}/${keyId}`)
    this.#plansOfKey.get(keyId)?.delete(planId)
    this.onChange()
  }

  /** Takes a stage that is gone out of every plan. */
  forgetStage(scope: Scope, apiId: string, stageName: string | undefined): void {
    for (const plan of this.plans(scope)) {
      const apiStages = plan.apiStages.filter(
        each => each.apiId !== apiId || (stageName !== undefined && each.stage !== stageName),
      )
      if (apiStages.length < plan.apiStages.length) this.putPlan(scope, { ...plan, apiStages })
    }
  }

  /** Forgets what is kept besides the store, which the kernel clears. */
  reset(): void {
    this.#values.clear()
    this.#plansOfKey.clear()
    this.onChange()
  }

  #index({ usagePlanId, keyId }: UsagePlanKeyRecord): void {
    const plans = this.#plansOfKey.get(keyId)
    if (plans) plans.add(usagePlanId)
    else this.#plansOfKey.set(keyId, new Set([usagePlanId]))
  }
}

const valueKey = (scope: Scope, value: string): string => `${scopeKey(scope)}/${value}`
