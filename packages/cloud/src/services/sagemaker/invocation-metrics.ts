import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder, MetricSample } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'

/** One finished request to a variant. */
export interface InvocationOutcome {
  readonly endpointName: string
  readonly variantName: string
  readonly instances: number
  /** What the container answered: 0 where it gave no answer. */
  readonly status: number
  /** ms, fractions included. */
  readonly modelLatency: number
  /** ms that the request spent here besides. */
  readonly overheadLatency: number
}

const MICROSECONDS = 1_000

/** The metrics of one invocation (`AWS/SageMaker`, by endpoint and variant). */
export const recordInvocation = (
  metrics: MetricRecorder,
  clock: Clock,
  scope: Scope,
  outcome: InvocationOutcome,
): void => {
  const dimensions = { EndpointName: outcome.endpointName, VariantName: outcome.variantName }
  const timestamp = clock.now()
  const sample = (name: string, value: number, unit = 'None'): MetricSample => ({
    namespace: 'AWS/SageMaker',
    name,
    dimensions,
    value,
    unit,
    timestamp,
  })
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
