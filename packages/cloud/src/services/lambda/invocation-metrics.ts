import type { Clock } from '../../kernel/clock.ts'
import type { MetricRecorder, MetricSample } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Concurrency } from './concurrency.ts'

const NAMESPACE = 'AWS/Lambda'

type Dimensions = Readonly<Record<string, string>>

const REGION: Dimensions = {}
const isRegion = (dimensions: Dimensions): boolean => dimensions === REGION

/** What the samples of one function, version or alias carry. Made once a target, shared by all of its samples. */
export interface MetricTarget {
  readonly scope: Scope
  /** The function as it was named, without the version behind an alias. */
  readonly resource: Dimensions
  readonly dimensions: readonly Dimensions[]
}

/**
 * The dimension sets of an invocation: the region, the function, the function as it was named, and where an alias was
 * named the version behind it.
 */
export const metricTarget = (
  scope: Scope,
  functionName: string,
  qualifier: string | undefined,
  executedVersion: string | undefined,
): MetricTarget => {
  const resource: Dimensions = {
    FunctionName: functionName,
    Resource: qualifier === undefined ? functionName : `${functionName}:${qualifier}`,
  }
  const sets: Dimensions[] = [REGION, { FunctionName: functionName }, resource]
  if (executedVersion !== undefined) sets.push({ ...resource, ExecutedVersion: executedVersion })
  return { scope, resource, dimensions: sets }
}

/** How an invocation found the provisioned concurrency of the version or alias that was named. */
export interface ProvisionedUse {
  /** Whether it took an on-demand environment. */
  readonly isSpilled: boolean
  /** Provisioned environments that are busy, its own included. */
  readonly busy: number
  readonly requested: number
}

/**
 * Collects what Lambda publishes about invocations in a turn of the event loop, and hands it to the metrics service in
 * the next. A stepped clock waits for that: an alarm must see what happened before it looks.
 */
export class InvocationMetrics {
  readonly #recorder: MetricRecorder
  readonly #samples = new Map<Scope, MetricSample[]>()
  readonly #clock: Clock
  #immediate: NodeJS.Immediate | undefined

  constructor(recorder: MetricRecorder, clock: Clock) {
    this.#recorder = recorder
    this.#clock = clock
  }

  /**
   * @param timestamp of the invocation, ms since the epoch
   * @param duration ms
   */
  invoked(
    target: MetricTarget,
    timestamp: number,
    duration: number,
    failed: boolean,
    concurrency: Concurrency,
  ): void {
    const samples = this.#samplesOf(target.scope)
    for (const dimensions of target.dimensions) {
      samples.push(
        { namespace: NAMESPACE, name: 'Invocations', dimensions, value: 1, unit: 'Count', timestamp },
        { namespace: NAMESPACE, name: 'Errors', dimensions, value: failed ? 1 : 0, unit: 'Count', timestamp },
        { namespace: NAMESPACE, name: 'Throttles', dimensions, value: 0, unit: 'Count', timestamp },
        {
          namespace: NAMESPACE,
          name: 'Duration',
          dimensions,
          value: duration,
          unit: 'Milliseconds',
          timestamp,
        },
        {
          namespace: NAMESPACE,
          name: 'ConcurrentExecutions',
          dimensions,
          value: isRegion(dimensions) ? concurrency.account : concurrency.running,
          unit: 'Count',
          timestamp,
        },
      )
    }
    const ofRegion = (name: string, value: number): MetricSample => ({
      namespace: NAMESPACE,
      name,
      dimensions: REGION,
      value,
      unit: 'Count',
      timestamp,
    })
    samples.push(
      ofRegion('UnreservedConcurrentExecutions', concurrency.unreserved),
      ofRegion('ClaimedAccountConcurrency', concurrency.claimed),
    )
  }

  /** An invocation of a version or alias that has provisioned concurrency. */
  provisioned(target: MetricTarget, timestamp: number, { isSpilled, busy, requested }: ProvisionedUse): void {
    const sample = (name: string, value: number, unit = 'Count'): MetricSample => ({
      namespace: NAMESPACE,
      name,
      dimensions: target.resource,
      value,
      unit,
      timestamp,
    })
    this.#samplesOf(target.scope).push(
      sample(
        isSpilled ? 'ProvisionedConcurrencySpilloverInvocations' : 'ProvisionedConcurrencyInvocations',
        1,
      ),
      sample('ProvisionedConcurrentExecutions', busy),
      // More may be busy for a moment after the configuration has been made smaller.
      sample('ProvisionedConcurrencyUtilization', Math.min(1, busy / requested), 'None'),
    )
  }

  /** One value under one name, such as `Throttles` or `AsyncEventsDropped`. */
  count(target: MetricTarget, name: string, timestamp: number, value = 1, unit = 'Count'): void {
    const samples = this.#samplesOf(target.scope)
    for (const dimensions of target.dimensions) {
      samples.push({ namespace: NAMESPACE, name, dimensions, value, unit, timestamp })
    }
  }

  flush(): void {
    for (const [scope, samples] of this.#samples) this.#recorder.record(scope, samples)
    this.#samples.clear()
  }

  /** Forgets what was not handed on. */
  clear(): void {
    this.#samples.clear()
  }

  #samplesOf(scope: Scope): MetricSample[] {
    if (!this.#immediate) {
      this.#clock.hold(
        new Promise<void>(resolve => {
          this.#immediate = setImmediate(() => {
            this.#immediate = undefined
            this.flush()
            resolve()
          })
        }),
      )
    }
    let samples = this.#samples.get(scope)
    if (!samples) {
      samples = []
      this.#samples.set(scope, samples)
    }
    return samples
  }
}
