import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder, MetricSample } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'

interface Variant {
  readonly endpointName: string
  readonly variantName: string
}

/** One finished request to a variant. */
export interface InvocationOutcome extends Variant {
  readonly instances: number
  /** What the container answered: 0 where it gave no answer. */
  readonly status: number
  /** ms, fractions included. */
  readonly modelLatency: number
  /** ms that the request spent here besides. */
  readonly overheadLatency: number
}

const MICROSECONDS = 1_000

/** What all metrics of a request to a variant have. */
const sampler = (clock: Clock, { endpointName, variantName }: Variant) => {
  const dimensions = { EndpointName: endpointName, VariantName: variantName }
  const timestamp = clock.now()
  return (name: string, value: number, unit = 'None'): MetricSample => ({
    namespace: 'AWS/SageMaker',
    name,
    dimensions,
    value,
    unit,
    timestamp,
  })
}

/** The metrics of a request that found no container to take it: the model has failed, and no latency of it is known. */
export const recordUnserved = (
  metrics: MetricRecorder,
  clock: Clock,
  scope: Scope,
  variant: Variant & { readonly instances: number },
): void => {
  const sample = sampler(clock, variant)
  metrics.record(scope, [
    sample('Invocations', 1),
    sample('InvocationsPerInstance', 1 / Math.max(1, variant.instances)),
    sample('Invocation4XXErrors', 0),
    sample('Invocation5XXErrors', 0),
    sample('InvocationModelErrors', 1),
  ])
}

/** The metrics of one invocation (`AWS/SageMaker`, by endpoint and variant). */
export const recordInvocation = (
  metrics: MetricRecorder,
  clock: Clock,
  scope: Scope,
  outcome: InvocationOutcome,
): void => {
  const sample = sampler(clock, outcome)
  const { status, instances } = outcome
  metrics.record(scope, [
    sample('Invocations', 1),
    sample('InvocationsPerInstance', 1 / Math.max(1, instances)),
    sample('Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0),
    sample('Invocation5XXErrors', status >= 500 ? 1 : 0),
    sample('InvocationModelErrors', status >= 200 && status < 300 ? 0 : 1),
    sample('ModelLatency', Math.round(outcome.modelLatency * MICROSECONDS), 'Microseconds'),
    sample(
      'OverheadLatency',
      Math.max(0, Math.round(outcome.overheadLatency * MICROSECONDS)),
      'Microseconds',
    ),
  ])
}
