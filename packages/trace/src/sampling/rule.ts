/** A sampling rule with its reservoir, as AWS's SDKs run it. */
import type { SamplingRequest, SamplingSources } from './sampler.ts'
import { wildcardMatch } from './wildcard.ts'

/** What a rule matches; an absent pattern matches all. */
export interface RulePatterns {
  readonly service?: string
  readonly type?: string
  readonly host?: string
  readonly method?: string
  readonly path?: string
}

const FIELDS = ['service', 'type', 'host', 'method', 'path'] as const

/** Whether a rule is for a request. */
export const matches = (patterns: RulePatterns, request: SamplingRequest): boolean =>
  FIELDS.every(field => {
    const pattern = patterns[field]
    const value = request[field]
    return pattern === undefined || value === undefined || wildcardMatch(pattern, value)
  })

/** A quota of the service: requests per second that this process may record until `ttl`. */
export interface Quota {
  readonly perSecond: number
  /** Epoch seconds. */
  readonly ttl: number
}

/** Counts since they were last reported. */
export interface RuleCounts {
  readonly requests: number
  /** Borrowed ones included, as in the guide's example. */
  readonly sampled: number
  readonly borrowed: number
}

/** Without a quota a process may borrow one request a second. Source: AWS's SDKs. */
const BORROW_PER_SECOND = 1

/** One rule's decisions in this process. */
export class RuleState {
  fixedRate: number
  quota: Quota | undefined
  readonly #reservoirSize: number
  readonly #sources: SamplingSources
  #requests = 0
  #sampled = 0
  #borrowed = 0
  #second = -1
  #takenThisSecond = 0

  constructor(fixedRate: number, reservoirSize: number, sources: SamplingSources) {
    this.fixedRate = fixedRate
    this.#reservoirSize = reservoirSize
    this.#sources = sources
  }

  /** Decides on one request: first the reservoir, then the rate. */
  decide(): boolean {
    this.#requests++
    const second = Math.floor(this.#sources.now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#takenThisSecond = 0
    }
    const { quota } = this
    if (quota && quota.ttl >= second) {
      if (this.#takenThisSecond < quota.perSecond) {
        this.#takenThisSecond++
        this.#sampled++
        return true
      }
    } else if (this.#reservoirSize > 0 && this.#takenThisSecond < BORROW_PER_SECOND) {
      this.#takenThisSecond++
      this.#borrowed++
      this.#sampled++
      return true
    }
    const sampled = this.#sources.random() < this.fixedRate
    if (sampled) this.#sampled++
    return sampled
  }

  /** Whether there is anything to report. */
  get hasRequests(): boolean {
    return this.#requests > 0
  }

  /** Takes the counts and starts new ones. */
  takeCounts(): RuleCounts {
    const counts = { requests: this.#requests, sampled: this.#sampled, borrowed: this.#borrowed }
    this.#requests = 0
    this.#sampled = 0
    this.#borrowed = 0
    return counts
  }
}
