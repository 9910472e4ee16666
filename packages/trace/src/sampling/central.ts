/** Sampling by the account's rules. Pure but for its state: the poller brings rules and targets. */
import { matches, type RulePatterns, RuleState } from './rule.ts'
import {
  REAL_SOURCES,
  type Sampler,
  type SamplingDecision,
  type SamplingRequest,
  type SamplingSources,
} from './sampler.ts'

/** Rules older than this are not used. Source: AWS's SDKs. */
const RULES_TTL_SECONDS = 3600

/** At most as many statistics in one call. Source: GetSamplingTargets. */
const MAX_DOCUMENTS = 25

/** Seconds between reports of one rule, where the service says nothing else. */
const DEFAULT_INTERVAL = 10

/** A rule as GetSamplingRules has it, as far as it is read. */
export interface SamplingRule {
  readonly RuleName?: unknown
  readonly ResourceARN?: unknown
  readonly Priority?: unknown
  readonly FixedRate?: unknown
  readonly ReservoirSize?: unknown
  readonly ServiceName?: unknown
  readonly ServiceType?: unknown
  readonly Host?: unknown
  readonly HTTPMethod?: unknown
  readonly URLPath?: unknown
  readonly Version?: unknown
  readonly Attributes?: unknown
}

/** A target as GetSamplingTargets has it. Times are epoch seconds. */
export interface SamplingTarget {
  readonly RuleName?: unknown
  readonly FixedRate?: unknown
  readonly ReservoirQuota?: unknown
  readonly ReservoirQuotaTTL?: unknown
  readonly Interval?: unknown
}

/** A statistics document of GetSamplingTargets. */
export interface SamplingStatistics {
  readonly RuleName: string
  readonly ClientID: string
  readonly Timestamp: number
  readonly RequestCount: number
  readonly SampledCount: number
  readonly BorrowCount: number
}

interface ActiveRule {
  readonly name: string
  readonly priority: number
  readonly patterns: RulePatterns
  readonly reservoirSize: number
  readonly state: RuleState
  interval: number
  reportedAt: number
}

const pattern = (value: unknown): string => (typeof value === 'string' ? value : '*')

/** Rules that a server cannot match are left out, as AWS's SDKs do: with attributes, or for one resource. */
const usable = (rule: SamplingRule): boolean =>
  typeof rule.RuleName === 'string' &&
  typeof rule.Priority === 'number' &&
  typeof rule.FixedRate === 'number' &&
  rule.Version === 1 &&
  (rule.ResourceARN === undefined || rule.ResourceARN === '*') &&
  Object.keys(rule.Attributes ?? {}).length === 0

const byPriority = (a: ActiveRule, b: ActiveRule): number =>
  a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** Samples by the account's rules while those are fresh, by `fallback` otherwise. */
export class CentralSampler implements Sampler {
  readonly #fallback: Sampler
  readonly #sources: SamplingSources
  readonly #clientId: () => string
  #rules: ActiveRule[] = []
  #fetchedAt = Number.NEGATIVE_INFINITY

  constructor(fallback: Sampler, clientId: () => string, sources: SamplingSources = REAL_SOURCES) {
    this.#fallback = fallback
    this.#clientId = clientId
    this.#sources = sources
  }

  #seconds(): number {
    return Math.floor(this.#sources.now() / 1000)
  }

  /** Epoch seconds at which rules last came. */
  get fetchedAt(): number {
    return this.#fetchedAt
  }

  sample(request: SamplingRequest): SamplingDecision {
    if (this.#seconds() - this.#fetchedAt <= RULES_TTL_SECONDS) {
      const rule = this.#rules.find(({ patterns }) => matches(patterns, request))
      if (rule) return { sampled: rule.state.decide(), rule: rule.name }
    }
    return this.#fallback.sample(request)
  }

  /** Takes the rules of GetSamplingRules. Counts and quotas of rules that stay are kept. */
  setRules(rules: readonly SamplingRule[]): void {
    const known = new Map(this.#rules.map(rule => [rule.name, rule]))
    this.#rules = rules
      .filter(usable)
      .map(rule => this.#activate(rule, known.get(String(rule.RuleName))))
      .sort(byPriority)
    this.#fetchedAt = this.#seconds()
  }

  #activate(rule: SamplingRule, known: ActiveRule | undefined): ActiveRule {
    const rate = Number(rule.FixedRate)
    const size = Number(rule.ReservoirSize ?? 0)
    const state =
      known && known.reservoirSize === size ? known.state : new RuleState(rate, size, this.#sources)
    state.fixedRate = rate
    return {
      name: String(rule.RuleName),
      priority: Number(rule.Priority),
      patterns: {
        service: pattern(rule.ServiceName),
        type: pattern(rule.ServiceType),
        host: pattern(rule.Host),
        method: pattern(rule.HTTPMethod),
        path: pattern(rule.URLPath),
      },
      reservoirSize: size,
      state,
      interval: known?.interval ?? DEFAULT_INTERVAL,
      reportedAt: known?.reportedAt ?? Number.NEGATIVE_INFINITY,
    }
  }

  /** Takes the statistics that are due: of rules with requests whose interval is over. */
  takeStatistics(): SamplingStatistics[] {
    const now = this.#seconds()
    const due: SamplingStatistics[] = []
    for (const rule of this.#rules) {
      if (due.length === MAX_DOCUMENTS) break
      if (now - rule.reportedAt < rule.interval || !rule.state.hasRequests) continue
      const { requests, sampled, borrowed } = rule.state.takeCounts()
      rule.reportedAt = now
      due.push({
        RuleName: rule.name,
        ClientID: this.#clientId(),
        Timestamp: now,
        RequestCount: requests,
        SampledCount: sampled,
        BorrowCount: borrowed,
      })
    }
    return due
  }

  /** Takes the targets of GetSamplingTargets; a quota of 0 is one. */
  setTargets(targets: readonly SamplingTarget[]): void {
    for (const target of targets) {
      const rule = this.#rules.find(({ name }) => name === target.RuleName)
      if (!rule) continue
      if (typeof target.FixedRate === 'number') rule.state.fixedRate = target.FixedRate
      if (typeof target.Interval === 'number' && target.Interval > 0) rule.interval = target.Interval
      if (typeof target.ReservoirQuota === 'number' && typeof target.ReservoirQuotaTTL === 'number') {
        rule.state.quota = { perSecond: target.ReservoirQuota, ttl: target.ReservoirQuotaTTL }
      }
    }
  }
}
