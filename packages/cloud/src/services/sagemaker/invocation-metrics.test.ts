import { expect, it } from 'vitest'
import { createClock } from '../../kernel/clock.ts'
import type { MetricSample } from '../../kernel/ports.ts'
import { recordInvocation, recordUnserved } from './invocation-metrics.ts'

const SCOPE = { account: '123456789012', region: 'eu-west-1' }
const VARIANT = { endpointName: 'e', variantName: 'v', instances: 2 }

const recorded = (
  record: (metrics: { record(scope: object, samples: readonly MetricSample[]): void }) => void,
) => {
  const samples: MetricSample[] = []
  record({ record: (_, more) => samples.push(...more) })
  return Object.fromEntries(samples.map(({ name, value }) => [name, value]))
}

it.each([
  [200, { '4': 0, '5': 0, model: 0 }],
  [404, { '4': 1, '5': 0, model: 1 }],
  [503, { '4': 0, '5': 1, model: 1 }],
  [0, { '4': 0, '5': 0, model: 1 }],
])('a request that the model answers with %i counts as %j', (status, counts) => {
  expect(
    recorded(metrics =>
      recordInvocation(metrics, createClock(), SCOPE, {
        ...VARIANT,
        status,
        modelLatency: 1.5,
        overheadLatency: 0.25,
      }),
    ),
  ).toEqual({
    Invocations: 1,
    InvocationsPerInstance: 0.5,
    Invocation4XXErrors: counts['4'],
    Invocation5XXErrors: counts['5'],
    InvocationModelErrors: counts.model,
    ModelLatency: 1500,
    OverheadLatency: 250,
  })
})

it('a request that finds no container counts as a failure of the model, without latencies', () => {
  expect(recorded(metrics => recordUnserved(metrics, createClock(), SCOPE, VARIANT))).toEqual({
    Invocations: 1,
    InvocationsPerInstance: 0.5,
    Invocation4XXErrors: 0,
    Invocation5XXErrors: 0,
    InvocationModelErrors: 1,
  })
})
