import type { Clock } from '../../../kernel/clock.ts'
import { hex } from '../../../kernel/ids.ts'
import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import { REPORT_INTERVAL, type Reservoirs } from './allotment.ts'
import { matchesRule, type SampleRequest } from './match.ts'
import { DEFAULT_RULE_NAME, defaultRule, type Rule, type RuleRecord } from './rule.ts'
import type { SamplingRules } from './rules.ts'
import type { SamplingStatistics } from './statistics.ts'

export interface SamplingDecision {
  readonly sampled: boolean
  /** The rule that decided, for the segment's `aws.xray.sampling_rule_name`. */
  readonly ruleName: string
}

/** Decides for the cloud's own services whether a request is traced. */
export interface Sampler {
  decide(scope: Scope, request: SampleRequest): SamplingDecision
}

export interface SamplerDependencies {
  readonly rules: SamplingRules
  readonly reservoirs: Reservoirs
  readonly statistics: SamplingStatistics
  readonly clock: Clock
  /** Uniform in [0, 1). */
  readonly random?: () => number
}

/** The share of a rule's reservoir that is ours, and what of it this second has used. */
interface Share {
  readonly reservoirSize: number
  readonly quota: number
  /** ms since the epoch. */
  readonly allottedAt: number
  requestCount: number
  second: number
  taken: number
}

const CLIENT_ID_DIGITS = 24

/**
 * Samples as an SDK does with the rules of the account, but reads them at each decision, so that a change takes effect at
 * once. It shares each rule's reservoir with the SDKs that report to GetSamplingTargets.
 */
export class RuleSampler implements Sampler {
  readonly #dependencies: Required<SamplerDependencies>
  readonly #clientId = hex(CLIENT_ID_DIGITS)
  readonly #shares = new Map<string, Share>()

  constructor(dependencies: SamplerDependencies) {
    this.#dependencies = { random: Math.random, ...dependencies }
  }

  decide(scope: Scope, request: SampleRequest): SamplingDecision {
    const { clock, random, statistics } = this.#dependencies
    const record = this.#match(scope, request)
    const { RuleName, FixedRate } = record.rule
    const now = clock.now()
    const sampled = this.#takes(scope, record.rule, now) || random() < FixedRate
    statistics.add(scope, RuleName, now, { requestCount: 1, sampledCount: sampled ? 1 : 0, borrowCount: 0 })
    return { sampled, ruleName: RuleName }
  }

  forget(scope: Scope, ruleName: string): void {
    this.#shares.delete(`${scopeKey(scope)}/${ruleName}`)
  }

  clear(): void {
    this.#shares.clear()
  }

  /** The default rule is for all that no other rule is for. */
  #match(scope: Scope, request: SampleRequest): RuleRecord {
    const { rules } = this.#dependencies
    const isFor = ({ rule }: RuleRecord): boolean =>
      rule.RuleName === DEFAULT_RULE_NAME || matchesRule(rule, request)
    return rules.list(scope).find(isFor) ?? defaultRule(scope)
  }

  /** Whether the reservoir has room for a request in this second. */
  #takes(scope: Scope, rule: Rule, now: number): boolean {
    const share = this.#share(scope, rule, now)
    const second = Math.floor(now / 1000)
    if (share.second !== second) {
      share.second = second
      share.taken = 0
    }
    share.requestCount++
    if (share.taken >= share.quota) return false
    share.taken++
    return true
  }

  #share(scope: Scope, rule: Rule, now: number): Share {
    const key = `${scopeKey(scope)}/${rule.RuleName}`
    const share = this.#shares.get(key)
    const isFresh =
      share?.reservoirSize === rule.ReservoirSize && now - share.allottedAt < REPORT_INTERVAL * 1000
    if (share && isFresh) return share
    const client = { id: this.#clientId, requestCount: share?.requestCount ?? 1 }
    const quota = this.#dependencies.reservoirs.quota(scope, rule, client, now)
    const renewed = {
      reservoirSize: rule.ReservoirSize,
      quota,
      allottedAt: now,
      requestCount: 0,
      second: share?.second ?? 0,
      taken: share?.taken ?? 0,
    }
    this.#shares.set(key, renewed)
    return renewed
  }
}
