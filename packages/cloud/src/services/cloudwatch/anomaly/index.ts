import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import type { Clock } from '../../../kernel/clock.ts'
import type { ResourceTypes } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Store } from '../../../kernel/store.ts'
import type { QueryEvaluator } from '../queries/query-evaluator.ts'
import type { BandProvider } from './band-provider.ts'
import { createDetectors } from './detectors.ts'
import { type AnomalyOperations, createAnomalyOperations } from './operations.ts'
import { createAnomalyResource } from './resources.ts'

export interface AnomalyDependencies {
  readonly store: Store
  readonly clock: Clock
  /** What evaluates the series that models learn from. Bands are among the things it evaluates: pass closures. */
  readonly queries: QueryEvaluator
  /** Receives what a training throws that is not the caller's fault. */
  readonly onDefect?: (error: unknown) => void
}

/** Anomaly detection: what CloudWatch sees of the room. */
export interface Anomaly {
  readonly operations: AnomalyOperations
  readonly resources: ResourceTypes
  readonly bands: BandProvider
  /** To be called with the queries of each alarm that is put: makes the detectors of their bands where missing. */
  ensureBands(scope: Scope, queries: readonly MetricDataQuery[]): void
  start(): void
  stop(): Promise<void>
  reset(): void
}

export const createAnomaly = ({
  store,
  clock,
  queries,
  onDefect = () => {},
}: AnomalyDependencies): Anomaly => {
  const detectors = createDetectors({
    store,
    clock,
    evaluate: (scope, data, range) => queries.evaluate(scope, data, range),
    onDefect,
  })
  const check = (data: readonly MetricDataQuery[]): void => queries.check(data)
  return {
    operations: createAnomalyOperations(detectors, check),
    resources: { 'AWS::CloudWatch::AnomalyDetector': createAnomalyResource(detectors, check) },
    bands: { band: detectors.band },
    ensureBands: detectors.ensureBands,
    start: detectors.start,
    stop: detectors.stop,
    reset: detectors.reset,
  }
}
