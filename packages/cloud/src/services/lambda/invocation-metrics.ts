import type { MetricRecorder, MetricSample } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'

const NAMESPACE = 'AWS/Lambda'
/** ms of real time for which samples are collected, so that an invocation costs a handful of objects and no call. */
const FLUSH_INTERVAL = 50

type Dimensions = Readonly<Record<string, string>>

/** What the samples of one function, version or alias carry. Made once a target, shared by all of its samples. */
export interface MetricTarget {
  readonly scope: Scope
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
  const resource = qualifier === undefined ? functionName : `${functionName}:${qualifier}`
  const sets: Dimensions[] = [
    {},
    { FunctionName: functionName },
    { FunctionName: functionName, Resource: resource },
  ]
  if (executedVersion !== undefined) {
    sets.push({ FunctionName: functionName, Resource: resource, ExecutedVersion: executedVersion })
  }
  return { scope, dimensions: sets }
}

/** Collects what Lambda publishes about invocations and hands it to the metrics service off the request path. */
export class InvocationMetrics {
  readonly #recorder: MetricRecorder
  readonly #samples = new Map<Scope, MetricSample[]>()
  #timer: NodeJS.Timeout | undefined

  constructor(recorder: MetricRecorder) {
    this.#recorder = recorder
  }

  /**
   * @param timestamp of the invocation, ms since the epoch
   * @param duration ms
   * @param concurrency invocations of the function in progress, this one included
   */
  invoked(
    target: MetricTarget,
    timestamp: number,
    duration: number,
    failed: boolean,
    concurrency: number,
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
          value: concurrency,
          unit: 'Count',
          timestamp,
        },
      )
    }
  }

  /** One value under one name, such as `Throttles` or `AsyncEventsDropped`. */
  count(target: MetricTarget, name: string, timestamp: number, value = 1, unit = 'Count'): void {
    const samples = this.#samplesOf(target.scope)
    for (const dimensions of target.dimensions) {
      samples.push({ namespace: NAMESPACE, name, dimensions, value, unit, timestamp })
    }
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [scope, samples] of this.#samples) this.#recorder.record(scope, samples)
    this.#samples.clear()
  }

  /** Forgets what was not handed on. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#samples.clear()
  }

  #samplesOf(scope: Scope): MetricSample[] {
    this.#timer ??= setTimeout(() => this.flush(), FLUSH_INTERVAL).unref()
    let samples = this.#samples.get(scope)
    if (!samples) {
      samples = []
      this.#samples.set(scope, samples)
    }
    return samples
  }
}
