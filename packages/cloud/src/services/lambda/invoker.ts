import type { Clock } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import type {
  FaultPoints,
  FunctionInvoker,
  Identity,
  InvokeRequest,
  InvokeResult,
} from '../../kernel/ports.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import type { Catalogue, ResolvedFunction } from './catalogue.ts'
import { ConcurrencyLimits, enter, type FunctionLoad } from './concurrency.ts'
import { findLayer } from './descriptions.ts'
import type { FunctionPlan, InvocationOutcome } from './environment/plan.ts'
import {
  accessDenied,
  functionNotFound,
  interrupted,
  invalidParameter,
  notStarted,
  payloadTooLarge,
} from './errors.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Pool } from './fleet/pool.ts'
import { type InvocationMetrics, type MetricTarget, metricTarget } from './invocation-metrics.ts'
import { type AsyncAttempt, InvocationObserver, type InvocationRecord } from './invocation-record.ts'
import { decideTrace, InvocationSampler, type TraceDecision } from './invocation-trace.ts'
import { MAXIMUM_SYNC_PAYLOAD_BYTES } from './limits.ts'
import { functionArn, parseFunctionName } from './names.ts'
import type { PackageStore } from './package/package-store.ts'
import { allows, allowsIdentity } from './policy.ts'
import type { PolicyStatement } from './records.ts'

export interface InvokerDependencies {
  readonly catalogue: Catalogue
  readonly packages: PackageStore
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
    let leave: () => void
    try {
      leave = enter(target.load)
    } catch (error) {
      metrics.count(target.metricTarget, 'Throttles', timestamp)
      throw error
    }
    const { account, running } = target.load
    const concurrency = { running, account: account.running, unreserved: account.unreserved }
    const { promise: ended, resolve: onEnded } = Promise.withResolvers<void>()
    try {
      const outcome = await new Promise<InvocationOutcome>((resolve, reject) =>
        target.pool.dispatch({
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
      return outcome
    } finally {
      leave()
    }
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
    const { catalogue } = this.#dependencies
    const reference = parseFunctionName(scope, name, qualifier)
    const resolved = catalogue.resolve(reference)
    const arn = functionArn(reference.scope, reference.name, reference.qualifier)
    const folders = await this.#folders(resolved)
    // Unpacking may have taken a while: the function may be another by now.
    const current = catalogue.resolve(reference)
    if (current.version.revisionId !== resolved.version.revisionId)
      return this.#lookUp(key, scope, name, qualifier)
    const { version, record, alias } = current
    const reserved = catalogue.functions
      .list(reference.scope)
      .reduce((sum, item) => sum + (item.reservedConcurrency ?? 0), 0)
    const target: Target = {
      functionArn: arn,
      functionName: version.functionName,
      scope: reference.scope,
      qualifier: reference.qualifier,
      executedVersion: version.version,
      tracingMode: version.tracingMode,
      role: version.role,
      deadLetterTarget: version.deadLetterTarget,
      pool: this.#pool(current, folders),
      load: this.#limits.load(reference.scope, version.functionName, record.reservedConcurrency, reserved),
      metricTarget: metricTarget(
        reference.scope,
        version.functionName,
        reference.qualifier,
        alias ? version.version : undefined,
      ),
      statements:
        catalogue.policy(reference.scope, version.functionName, reference.qualifier)?.statements ?? [],
      allowed: new Set(),
    }
    this.#targets.set(key, target)
    return target
  }

  async #folders({
    version,
    scope,
  }: ResolvedFunction): Promise<{ code: string; layers: string | undefined }> {
    const { packages, catalogue } = this.#dependencies
    const layers = version.layers.map(layer => {
      const found = findLayer(catalogue, layer)
      if (!found) throw invalidParameter(`Layer version ${layer} does not exist.`)
      return found.codeHash
    })
    if (!packages.has(version.codeHash)) throw functionNotFound(functionArn(scope, version.functionName))
    return {
      code: await packages.unpack([version.codeHash]),
      layers: layers.length === 0 ? undefined : await packages.unpack(layers),
    }
  }

  #pool({ scope, version }: ResolvedFunction, folders: { code: string; layers: string | undefined }): Pool {
    const key = `${scopeKey(scope)}/${version.functionName}:${version.version}`
    const existing = this.#pools.get(key)
    if (existing?.revisionId === version.revisionId) return existing.pool
    const plan: FunctionPlan = {
      scope,
      functionName: version.functionName,
      functionArn: functionArn(scope, version.functionName),
      version: version.version,
      runtime: version.runtime,
      handler: version.handler,
      memorySize: version.memorySize,
      timeout: version.timeout * 1000,
      role: version.role,
      codeFolder: folders.code,
      layersFolder: folders.layers,
      variables: version.variables ?? {},
      logGroup: version.logging.LogGroup,
      logFormat: version.logging.LogFormat,
      applicationLogLevel: version.logging.ApplicationLogLevel,
    }
    const pool = this.#dependencies.fleet.createPool(plan)
    this.#pools.set(key, { pool, revisionId: version.revisionId, scope })
    return pool
  }
}

/** The scope of callers that name functions by ARN: never used, as the ARN has its own. */
const NOWHERE: Scope = { account: '', region: '' }

/**
 * The port by which other services call functions.
 *
 * @param accept takes an asynchronous invocation
 */
export const createFunctionInvoker = (
  invoker: Invoker,
  accept: (target: Target, options: RunOptions) => void,
): FunctionInvoker => ({
  invoke: async request => {
    const found = invoker.target(NOWHERE, request.functionArn)
    const target = found instanceof Promise ? await found : found
    if (request.caller) invoker.authorize(target, request.caller)
    const options: RunOptions = {
      requestId: uuid(),
      payload: request.payload,
      trace: invoker.trace(target, request.traceHeader),
      clientContext: undefined,
      wantsTail: false,
    }
    if (request.invocationType === 'Event') {
      accept(target, options)
      return { status: 202, payload: new Uint8Array(), executedVersion: target.executedVersion }
    }
    return toResult(target, await invoker.run(target, options))
  },
})

export const toResult = (target: Target, outcome: InvocationOutcome): InvokeResult => ({
  status: 200,
  payload: outcome.payload,
  executedVersion: target.executedVersion,
  ...(outcome.errorType === undefined ? {} : { functionError: 'Unhandled' }),
  ...(outcome.logTail === undefined ? {} : { logTail: outcome.logTail }),
})
