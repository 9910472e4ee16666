import type { Clock } from '../../../kernel/clock.ts'
import { scopeKey } from '../../../kernel/scope.ts'
import type { CompiledMethod, CompiledStage } from '../data-plane/compiled.ts'
import type { Exchange } from '../data-plane/exchange.ts'
import type { GatewayFailure } from '../data-plane/gateway-failure.ts'
import { ACCOUNT_BURST_LIMIT, ACCOUNT_RATE_LIMIT } from '../limits.ts'
import type { Buckets } from './buckets.ts'
import type { KeyAccess, KeyAccesses } from './key-access.ts'
import { dayOf } from './quota.ts'
import type { TokenBucket } from './token-bucket.ts'
import type { UsageLedger } from './usage-ledger.ts'
import type { UsageReports } from './usage-reports.ts'

export interface AdmissionParts {
  readonly clock: Clock
  readonly accesses: KeyAccesses
  readonly buckets: Buckets
  readonly ledger: UsageLedger
  readonly usageReports: UsageReports
}

const ACCOUNT_LIMITS = { rateLimit: ACCOUNT_RATE_LIMIT, burstLimit: ACCOUNT_BURST_LIMIT }

const FORBIDDEN: GatewayFailure = { type: 'INVALID_API_KEY' }
const THROTTLED: GatewayFailure = { type: 'THROTTLED' }
const EXCEEDED: GatewayFailure = { type: 'QUOTA_EXCEEDED' }
/** Where a count cannot be written, nothing may pass: a quota would admit more than its limit. */
const UNCOUNTED: GatewayFailure = { type: 'DEFAULT_5XX', status: 500 }

const API_KEY_HEADER = 'x-api-key'

/**
 * Decides whether a routed request may go on: its API key first, then the throttles of usage plan, stage method and
 * account, then the quota. A request that one of them refuses takes nothing of the others.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export class Admission {
  readonly #parts: AdmissionParts
  readonly #accounts = new WeakMap<CompiledStage, TokenBucket>()
  readonly #methods = new WeakMap<CompiledMethod, TokenBucket>()

  constructor(parts: AdmissionParts) {
    this.#parts = parts
  }

  /** `undefined` where it may go on; a promise where its count is to be written first. */
  check(exchange: Exchange): GatewayFailure | undefined | Promise<GatewayFailure | undefined> {
    const { clock, ledger, usageReports } = this.#parts
    const { method } = exchange
    if (!method) return undefined
    const access = method.apiKeyRequired ? this.#accessOf(exchange, method) : undefined
    if (access === 'refused') return FORBIDDEN
    const now = clock.now()
    const ofPlan = access?.bucket(method, now)
    if (ofPlan && !ofPlan.has(now)) return throttled(exchange, method, ofPlan, access)
    const ofMethod = this.#methodBucket(exchange.stage, method, now)
    if (ofMethod && !ofMethod.has(now)) return throttled(exchange, method, ofMethod, undefined)
    const ofAccount = this.#accountBucket(exchange.stage, now)
    if (!ofAccount.has(now)) return accountThrottled(exchange)
    const day = dayOf(now)
    if (access && isExhausted(access, day)) return exceeded(exchange, access)
    ofPlan?.take()
    ofMethod?.take()
    ofAccount.take()
    if (!access) return undefined
    exchange.log?.usagePlanChecked(exchange)
    usageReports.counted(access.usage, day)
    return ledger.count(access.usage, day)?.then(
      () => undefined,
      () => UNCOUNTED,
    )
  }

  #accessOf(exchange: Exchange, method: CompiledMethod): KeyAccess | 'refused' {
    const { stage } = exchange
    exchange.apiKey = exchange.header(API_KEY_HEADER) ?? ''
    exchange.log?.verifyingUsagePlan(exchange)
    const access = this.#parts.accesses.of(stage, exchange.apiKey)
    if (typeof access === 'string') {
      exchange.log?.keyRefused(
        exchange,
        `not authorized because method '${exchange.httpMethod} ${method.resourcePath}' requires API Key and API Key is not associated with a Usage Plan for API Stage ${stage.apiId}/${stage.stageName}: ${access}`,
      )
      return 'refused'
    }
    exchange.apiKeyId = access.keyId
    return access
  }

  /** Settings for all methods hold for each of them on its own. */
  #methodBucket(stage: CompiledStage, method: CompiledMethod, now: number): TokenBucket | undefined {
    if (!method.throttle) return undefined
    let bucket = this.#methods.get(method)
    if (!bucket) {
      const name = `stage/${stage.apiId}/${stage.stageName}/${method.resourcePath}/${method.verb}`
      bucket = this.#parts.buckets.of(name, method.throttle, now)
      this.#methods.set(method, bucket)
    }
    return bucket
  }

  #accountBucket(stage: CompiledStage, now: number): TokenBucket {
    let bucket = this.#accounts.get(stage)
    if (!bucket) {
      bucket = this.#parts.buckets.of(`account/${scopeKey(stage.scope)}`, ACCOUNT_LIMITS, now)
      this.#accounts.set(stage, bucket)
    }
    return bucket
  }
}

const isExhausted = ({ plan, usage }: KeyAccess, day: number): boolean =>
  plan.quota !== undefined && usage.remaining(plan.quota, dayOf(plan.createdDate), day) < 1

/** As AWS writes them: a rate has two decimals. */
const limitsText = ({ limits }: TokenBucket): string =>
  `Limit: ${limits.rateLimit.toFixed(2)} Burst: ${limits.burstLimit}`

const throttled = (
  exchange: Exchange,
  method: CompiledMethod,
  bucket: TokenBucket,
  access: KeyAccess | undefined,
): GatewayFailure => {
  const { stage, log } = exchange
  const place = `RestApi ${stage.apiId}, Stage ${stage.stageName}, Resource ${method.resourceId}, HttpMethod ${method.verb}. ${limitsText(bucket)}`
  if (access) {
    const plan = `Key throttle limit exceeded for Usage Plan ID ${access.plan.id}, ${place}`
    log?.keyRefused(
      exchange,
      `exceeded throttle limit for API Stage ${stage.apiId}/${stage.stageName}: ${plan}`,
    )
  } else {
    log?.error(`Key throttle limit exceeded for ${place}`)
  }
  return THROTTLED
}

const accountThrottled = ({ stage, log }: Exchange): GatewayFailure => {
  log?.error(
    `Account throttle limit exceeded for Account ${stage.scope.account}. Limit: ${ACCOUNT_RATE_LIMIT.toFixed(2)} Burst: ${ACCOUNT_BURST_LIMIT}`,
  )
  return THROTTLED
}

const exceeded = (exchange: Exchange, { plan }: KeyAccess): GatewayFailure => {
  const { stage, log } = exchange
  log?.keyRefused(
    exchange,
    `exceeded quota limit for API Stage ${stage.apiId}/${stage.stageName}: Key quota exhausted for Usage Plan ID ${plan.id}. Limit: ${plan.quota?.limit} Period: ${plan.quota?.period}`,
  )
  return EXCEEDED
}
