/** Who decides whether a request is recorded. */

/** What rules match. A part that a request does not have matches every rule. */
export interface SamplingRequest {
  /** The segment's name. */
  readonly service?: string | undefined
  /** The segment's origin. */
  readonly type?: string | undefined
  readonly host?: string | undefined
  readonly method?: string | undefined
  /** Without the query. */
  readonly path?: string | undefined
}

export interface SamplingDecision {
  readonly sampled: boolean
  /** The rule that decided, where it has a name. */
  readonly rule?: string | undefined
}

export interface Sampler {
  sample(request: SamplingRequest): SamplingDecision
}

/** Time and chance, for tests to set. */
export interface SamplingSources {
  /** Epoch milliseconds. */
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
}

export const REAL_SOURCES: SamplingSources = { now: Date.now, random: Math.random }
