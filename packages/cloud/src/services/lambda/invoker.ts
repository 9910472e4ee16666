import type { Clock } from '../../kernel/clock.ts'
import type { FaultPoints, Identity, InvokeRequest } from '../../kernel/ports.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import type { Catalogue } from './catalogue.ts'
import {
  type Concurrency,
  ConcurrencyLimits,
  concurrencyOf,
  enter,
  type FunctionLoad,
} from './concurrency.ts'
import type { InvocationOutcome } from './environment/plan.ts'
import { accessDenied, interrupted, notStarted, payloadTooLarge } from './errors.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Pool } from './fleet/pool.ts'
import type { ProvisionedPool } from './fleet/provisioned-pool.ts'
import {
  type InvocationMetrics,
  type MetricTarget,
  metricTarget,
  type ProvisionedUse,
} from './invocation-metrics.ts'
import { type AsyncAttempt, InvocationObserver, type InvocationRecord } from './invocation-record.ts'
import { decideTrace, InvocationSampler, type TraceDecision } from './invocation-trace.ts'
import { MAXIMUM_SYNC_PAYLOAD_BYTES } from './limits.ts'
import { functionArn, parseFunctionName } from './names.ts'
import { type Planner, type PreparedFunction, planOf } from './planner.ts'
import { allows, allowsIdentity } from './policy.ts'
import { claimedConcurrency, provisionedConcurrency } from './provisioned/claims.ts'
import type { ProvisionedCapacity, Provisioner } from './provisioned/provisioner.ts'
import type { PolicyStatement } from './records.ts'

export interface InvokerDependencies {
  readonly catalogue: Catalogue
  readonly planner: Planner
  readonly provisioner: Provisioner
  readonly fleet: Fleet
  readonly metrics: InvocationMetrics
  readonly clock: Clock
  readonly faults: FaultPoints
  /** Told of each traced invocation, off the caller's path. Nothing is traced without it. */
  readonly onInvocation: ((record: InvocationRecord) => void) | undefined
  /** Whether a role may write to X-Ray; where it may not, Lambda drops what it would record. */
  readonly mayWriteTraces: (roleArn: string) => boolean
}

/** All that an invocation by one ARN needs, looked up once. */
export interface Target {
  readonly functionArn: string
  readonly functionName: string
  readonly scope: Scope
  readonly qualifier: string | undefined
  readonly executedVersion: string
  readonly tracingMode: 'Active' | 'PassThrough'
  readonly role: string
  readonly deadLetterTarget: string | undefined
  readonly pool: Pool
  /** Where the qualifier has provisioned concurrency. */
  readonly provisioned: ProvisionedCapacity | undefined
  readonly load: FunctionLoad
  readonly metricTarget: MetricTarget
  readonly statements: readonly PolicyStatement[]
  /** Callers that the policy has let pass. */
  readonly allowed: Set<string>
}

export interface RunOptions {
  readonly requestId: string
  readonly payload: Uint8Array
  readonly trace: TraceDecision
  readonly asyncAttempt?: AsyncAttempt
  readonly clientContext: string | undefined
  readonly wantsTail: boolean
}

/** Where an admitted invocation goes. */
interface Admission {
  readonly pool: Pool | ProvisionedPool
  readonly concurrency: Concurrency
  readonly provisioned: ProvisionedUse | undefined
  /** Counts it out again. */
  readonly leave: () => void
}

/** Sources that a target remembers as allowed: an API has one for each method and stage. */
const REMEMBERED_CALLERS = 1000

/** Runs functions: finds the version, checks policy and concurrency, and gives the event to a pool. */
export class Invoker {
  readonly #dependencies: InvokerDependencies
  readonly #targets = new Map<string, Target>()
  /** The pool of each version, with the revision that it serves. */
  readonly #pools = new Map<
    string,
    { readonly pool: Pool; readonly revisionId: string; readonly scope: Scope }
  >()
  readonly #limits = new ConcurrencyLimits()
  readonly #sampler = new InvocationSampler()

  constructor(dependencies: InvokerDependencies) {
    this.#dependencies = dependencies
  }

  /** After a change of the catalogue: what it concerns is looked up again, environments of old code are retired. */
  changed(scope: Scope, functionName: string): void {
    this.#targets.clear()
    const { functions, versions } = this.#dependencies.catalogue
    const record = functions.get(scope, functionName)
    const prefix = `${scopeKey(scope)}/${functionName}:`
    for (const [key, { pool, revisionId }] of this.#pools) {
      if (!key.startsWith(prefix)) continue
      const { version } = pool.plan
      const present =
        record?.latest.version === version ? record.latest : versions.get(scope, `${functionName}:${version}`)
      if (record && present?.revisionId === revisionId) continue
      this.#pools.delete(key)
      pool.retire()
    }
  }

  /** Forgets everything. The fleet is its owner's to end. */
  clear(): void {
    this.#targets.clear()
    this.#pools.clear()
    this.#limits.clear()
    this.#sampler.clear()
  }

  /**
   * What an ARN, or a name in a scope, leads to.
   *
   * @throws ServiceError `ResourceNotFoundException`, `ValidationException`
   */
  target(scope: Scope, name: string, qualifier?: string): Target | Promise<Target> {
    const key =
      qualifier === undefined && name.startsWith('arn:') ? name : `${scopeKey(scope)} ${name} ${qualifier}`
    return this.#targets.get(key) ?? this.#lookUp(key, scope, name, qualifier)
  }

  /**
   * Decides about an invocation's trace.
   *
   * @param incoming the caller's `X-Amzn-Trace-Id`
   */
  trace(target: Target, incoming: string | undefined): TraceDecision {
    const now = this.#dependencies.clock.now()
    const sample = () => this.#sampler.sample(`${scopeKey(target.scope)}/${target.functionName}`, now)
    return decideTrace(target.tracingMode, incoming, sample, now)
  }

  /**
   * Runs one invocation.
   *
   * @throws ServiceError `TooManyRequestsException`, `ServiceException`, `RequestTooLargeException`, or a fault's
   */
  async run(target: Target, options: RunOptions): Promise<InvocationOutcome> {
    if (options.payload.length > MAXIMUM_SYNC_PAYLOAD_BYTES) throw payloadTooLarge(options.payload.length)
    const observer = this.#observe(target, options)
    if (!observer) return this.#run(target, options, undefined)
    try {
      return await this.#run(target, options, observer)
    } catch (error) {
      observer.refused(error)
      throw error
    }
  }

  async #run(
    target: Target,
    options: RunOptions,
    observer: InvocationObserver | undefined,
  ): Promise<InvocationOutcome> {
    const { clock, metrics, faults } = this.#dependencies
    const fault = faults.pass('lambda.invoke', target.functionName)
    if (fault) await fault
    const timestamp = clock.now()
    const { pool, concurrency, provisioned, leave } = this.#admit(target, timestamp)
    const { promise: ended, resolve: onEnded } = Promise.withResolvers<void>()
    try {
      const outcome = await new Promise<InvocationOutcome>((resolve, reject) =>
        pool.dispatch({
          requestId: options.requestId,
          invokedFunctionArn: target.functionArn,
          payload: options.payload,
          traceHeader: options.trace.header,
          trace: options.trace.trace,
          clientContext: options.clientContext,
          wantsTail: options.wantsTail,
          done: resolve,
          ended: onEnded,
          observer,
          dropped: reason => reject(reason === undefined ? interrupted() : notStarted(reason)),
        }),
      )
      // The function's log follows its answer, with metrics in it.
      clock.hold(ended)
      const { errorType, duration } = outcome
      metrics.invoked(target.metricTarget, timestamp, duration, errorType !== undefined, concurrency)
      if (provisioned) metrics.provisioned(target.metricTarget, timestamp, provisioned)
      return outcome
    } finally {
      leave()
    }
  }

  /**
   * Counts an invocation in: provisioned environments first, on demand where none of them is free.
   *
   * @throws ServiceError `TooManyRequestsException`
   */
  #admit({ provisioned, pool, load, metricTarget }: Target, timestamp: number): Admission {
    const ready = provisioned?.pool?.hasIdle ? provisioned.pool : undefined
    let leave: () => void
    try {
      leave = enter(load, ready !== undefined)
    } catch (error) {
      this.#dependencies.metrics.count(metricTarget, 'Throttles', timestamp)
      throw error
    }
    const isSpilled = ready === undefined
    const use = provisioned && {
      isSpilled,
      busy: (provisioned.pool?.busy ?? 0) + (isSpilled ? 0 : 1),
      requested: provisioned.record.requested,
    }
    return { pool: ready ?? pool, concurrency: concurrencyOf(load), provisioned: use, leave }
  }

  /** @throws ServiceError `AccessDeniedException` where the policy does not name the caller */
  authorize(target: Target, caller: NonNullable<InvokeRequest['caller']>): void {
    const key = `${caller.service} ${caller.sourceArn}`
    if (target.allowed.has(key)) return
    if (!allows(target.statements, caller)) throw accessDenied(caller.service, target.functionArn)
    if (target.allowed.size >= REMEMBERED_CALLERS) target.allowed.clear()
    target.allowed.add(key)
  }

  /** @throws ServiceError `AccessDeniedException` where the caller is of another account and the policy names him not */
  authorizeIdentity(target: Target, identity: Identity): void {
    if (identity.account === target.scope.account) return
    if (!allowsIdentity(target.statements, identity, target.functionArn)) {
      throw accessDenied(identity.arn, target.functionArn)
    }
  }

  /** Watches a traced invocation, and tells what became of it. */
  #observe(target: Target, options: RunOptions): InvocationObserver | undefined {
    const { onInvocation, mayWriteTraces } = this.#dependencies
    const { trace } = options.trace
    if (!trace || !onInvocation) return undefined
    return new InvocationObserver(
      {
        scope: target.scope,
        functionName: target.functionName,
        functionArn: functionArn(target.scope, target.functionName),
        invokedFunctionArn: target.functionArn,
        requestId: options.requestId,
        trace,
        asyncAttempt: options.asyncAttempt,
      },
      record => {
        if (mayWriteTraces(target.role)) onInvocation(record)
      },
    )
  }

  async #lookUp(key: string, scope: Scope, name: string, qualifier: string | undefined): Promise<Target> {
    const { catalogue, planner, provisioner } = this.#dependencies
    const reference = parseFunctionName(scope, name, qualifier)
    const { folders, version: planned } = await planner.prepare(reference)
    const prepared = { ...catalogue.resolve(reference), folders }
    const { version, record, alias } = prepared
    if (version.revisionId !== planned.revisionId) return this.#lookUp(key, scope, name, qualifier)
    const { name: functionName, qualifier: found } = reference
    const target: Target = {
      functionArn: functionArn(reference.scope, functionName, found),
      functionName,
      scope: reference.scope,
      qualifier: found,
      executedVersion: version.version,
      tracingMode: version.tracingMode,
      role: version.role,
      deadLetterTarget: version.deadLetterTarget,
      pool: this.#pool(prepared),
      provisioned: provisioner.capacityOf(reference.scope, functionName, found),
      load: this.#limits.load(reference.scope, functionName, {
        reserved: record.reservedConcurrency,
        provisioned: provisionedConcurrency(catalogue, reference.scope, functionName),
        claimed: claimedConcurrency(catalogue, reference.scope),
      }),
      metricTarget: metricTarget(reference.scope, functionName, found, alias ? version.version : undefined),
      statements: catalogue.policy(reference.scope, functionName, found)?.statements ?? [],
      allowed: new Set(),
    }
    this.#targets.set(key, target)
    return target
  }

  #pool(prepared: PreparedFunction): Pool {
    const { scope, version } = prepared
    const key = `${scopeKey(scope)}/${version.functionName}:${version.version}`
    const existing = this.#pools.get(key)
    if (existing?.revisionId === version.revisionId) return existing.pool
    const pool = this.#dependencies.fleet.createPool(planOf(prepared, 'on-demand'))
    this.#pools.set(key, { pool, revisionId: version.revisionId, scope })
    return pool
  }
}
