import type { Clock } from '../../../kernel/clock.ts'
import type { ResourceTypes } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Store } from '../../../kernel/store.ts'
import { Reservoirs } from './allotment.ts'
import { type RuleTags, type SamplingOperations, samplingOperations } from './operations.ts'
import { samplingResources } from './resources.ts'
import { SamplingRules } from './rules.ts'
import { RuleSampler, type Sampler } from './sampler.ts'
import { SamplingStatistics } from './statistics.ts'

export interface SamplingDependencies {
  readonly store: Store
  readonly clock: Clock
  /** Where tags of rules are kept. Without it, creating a rule with tags answers 501. */
  readonly tags?: RuleTags
  /** Uniform in [0, 1); replaced where a run must repeat. */
  readonly random?: () => number
  /** The machine's time in ms since the epoch. */
  readonly machineTime?: () => number
}

export interface Sampling {
  /** To be spread into the service's handlers. */
  readonly operations: SamplingOperations
  /** To be spread into the service's resource types. */
  readonly resources: ResourceTypes
  /** For the cloud's own API Gateway stages. */
  readonly sampler: Sampler
  readonly rules: SamplingRules
  /** Whether the ARN is that of a rule: what TagResource needs to know. */
  hasRule(scope: Scope, arn: string): boolean
  /** Forgets reservoirs and statistics; rules are the store's to clear. */
  reset(): void
}

/** X-Ray's sampling rules, the reservoirs that clients share, and decisions by them. */
export const createSampling = (dependencies: SamplingDependencies): Sampling => {
  const { store, clock, tags, random, machineTime = Date.now } = dependencies
  const rules = new SamplingRules({
    records: store.collection('xray.sampling-rules'),
    state: store.collection('xray.sampling-state'),
    clock,
  })
  const reservoirs = new Reservoirs()
  const statistics = new SamplingStatistics()
  const sampler = new RuleSampler({ rules, reservoirs, statistics, clock, ...(random && { random }) })
  const forget = (scope: Scope, ruleName: string): void => {
    reservoirs.forget(scope, ruleName)
    statistics.forget(scope, ruleName)
    sampler.forget(scope, ruleName)
  }
  return {
    operations: samplingOperations({ rules, reservoirs, statistics, clock, machineTime, tags, forget }),
    resources: samplingResources({ rules, tags, forget }),
    sampler,
    rules,
    hasRule: (scope, arn) => rules.list(scope).some(({ rule }) => rule.RuleARN === arn),
    reset: () => {
      reservoirs.clear()
      statistics.clear()
      sampler.clear()
    },
  }
}
