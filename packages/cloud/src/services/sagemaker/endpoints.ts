import type { Tag } from '@aws-sdk/client-sagemaker'
import { uuid } from '../../kernel/ids.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import {
  Deployment,
  type DeploymentDependencies,
  DRAIN_TIMEOUT,
  failureReason,
  STOP_GRACE,
} from './deployment.ts'
import { alreadyExists, couldNotFind, updateInProgress, validationException } from './errors.ts'
import { endpointArn, nameKey } from './names.ts'
import type { EndpointRecord, EndpointVariant, HostingState } from './records.ts'
import type { RunningInstance } from './utilization/utilization.ts'

/** When the cloud stops, its processes get this long between SIGTERM and SIGKILL, in ms: somebody waits for it. */
const SHUTDOWN_GRACE = 2_000

/** An endpoint of which something runs. */
interface LiveEndpoint {
  readonly id: string
  readonly scope: Scope
  readonly name: string
  /** Takes the requests. */
  serving: Deployment | undefined
  /** Everything that has processes: the one in service, one that starts, those that drain. */
  readonly deployments: Set<Deployment>
  /** What is being done with it; settled when nothing is. */
  task: Promise<void>
  /** The cloud stops, or state was reset: what is under way must not write any more. */
  abandoned: boolean
}

export type EndpointsDependencies = DeploymentDependencies & {
  readonly state: HostingState
  /** Told of each change of a status, with the record as it is then; of a deleted endpoint never again. */
  readonly onStatus: (scope: Scope, record: EndpointRecord) => void
}

const RETRY_STATUSES: ReadonlySet<string> = new Set(['InService', 'SystemUpdating', 'OutOfService'])
const INTERRUPTED_UPDATES: ReadonlySet<string> = new Set(['Updating', 'RollingBack'])
const SETTLED_STATUSES: ReadonlySet<string> = new Set(['InService', 'OutOfService', 'Failed'])

/** The lifecycle of endpoints: their records, and the deployments that serve them. */
export class Endpoints {
  readonly #dependencies: EndpointsDependencies
  readonly #live = new Map<string, LiveEndpoint>()

  constructor(dependencies: EndpointsDependencies) {
    this.#dependencies = dependencies
  }

  /** @throws ServiceError `Could not find endpoint "…".` */
  get(scope: Scope, name: string): EndpointRecord {
    const record = this.#records.get(scope, nameKey(name))
    if (!record) throw couldNotFind('endpoint', endpointArn(scope, name))
    return record
  }

  list(scope: Scope): EndpointRecord[] {
    return this.#records.list(scope)
  }

  /** What serves the endpoint of exactly this name now; `undefined` where it is not in service. */
  serving(scope: Scope, name: string): Deployment | undefined {
    const live = this.#live.get(`${scopeKey(scope)}/${nameKey(name)}`)
    return live?.name === name ? live.serving : undefined
  }

  /** Whether any endpoint has instances, be they well or not. */
  get hosting(): boolean {
    return [...this.#live.values()].some(({ deployments }) =>
      [...deployments].some(({ variants }) => variants.some(({ fleet }) => fleet.size > 0)),
    )
  }

  /** The instances of all endpoints whose processes run. */
  running(): RunningInstance[] {
    return [...this.#live.values()].flatMap(({ scope, name, deployments }) =>
      [...deployments].flatMap(({ variants }) =>
        variants.flatMap(variant =>
          variant.fleet.instances.flatMap(({ pid }) =>
            pid === undefined
              ? []
              : [
                  {
                    scope,
                    endpointName: name,
                    variantName: variant.name,
                    instanceType: variant.instanceType,
                    directory: variant.directory,
                    pid,
                  },
                ],
          ),
        ),
      ),
    )
  }

  /** Resolves when nothing is under way for the endpoint, with its record then. */
  async settled(scope: Scope, name: string): Promise<EndpointRecord | undefined> {
    for (;;) {
      const live = this.#live.get(`${scopeKey(scope)}/${nameKey(name)}`)
      const task = live?.task
      await task
      if (live?.task === task) return this.#records.get(scope, nameKey(name))
    }
  }

  /** Returns at once, with the endpoint `Creating`. */
  create(
    scope: Scope,
    endpoint: { name: string; configName: string; variants: EndpointVariant[]; tags: Tag[] },
  ): void {
    if (this.#records.get(scope, nameKey(endpoint.name))) {
      throw alreadyExists('endpoint', endpointArn(scope, endpoint.name))
    }
    const now = this.#dependencies.clock.now()
    const record: EndpointRecord = {
      ...endpoint,
      id: uuid(),
      status: 'Creating',
      failureReason: undefined,
      creationTime: now,
      lastModifiedTime: now,
    }
    this.#records.put(scope, nameKey(record.name), record)
    this.#dependencies.onStatus(scope, record)
    const live = this.#enliven(scope, record)
    live.task = this.#create(live, record.variants)
  }

  /** Starts a deployment of `variants` beside the present one, which it then replaces. Returns at once. */
  update(scope: Scope, name: string, configName: string, variants: readonly EndpointVariant[]): void {
    const { live } = this.#updatable(scope, name)
    this.#patch(live, { status: 'Updating' })
    live.task = this.#replace(live, configName, variants)
  }

  /** Weights take effect at once, instance counts when the new instances are healthy. */
  updateVariants(scope: Scope, name: string, variants: readonly EndpointVariant[]): void {
    const { live, record } = this.#updatable(scope, name)
    this.#patch(live, { status: 'Updating' })
    live.task = this.#resize(live, record, variants)
  }

  /** Returns at once, with the endpoint `Deleting`. */
  delete(scope: Scope, name: string): void {
    const record = this.get(scope, name)
    if (!SETTLED_STATUSES.has(record.status)) throw updateInProgress(endpointArn(scope, name))
    const live = this.#enliven(scope, record)
    this.#patch(live, { status: 'Deleting' })
    live.task = this.#remove(live)
  }

  setTags(scope: Scope, name: string, tags: readonly Tag[]): void {
    this.#records.put(scope, nameKey(name), { ...this.get(scope, name), tags })
  }

  /**
   * Brings back what ran when the cloud ended. Requests wait for the instances, as after a crash.
   *
   * @returns resolves when every endpoint is in service, or its first attempt has failed
   */
  resume(): Promise<unknown> {
    for (const { scope, value: record } of [...this.#records.entries()]) {
      if (record.status === 'Deleting') this.#records.delete(scope, nameKey(record.name))
      else if (record.status === 'Creating') {
        const live = this.#enliven(scope, record)
        live.task = this.#create(live, record.variants)
      } else if (RETRY_STATUSES.has(record.status) || INTERRUPTED_UPDATES.has(record.status)) {
        const live = this.#enliven(scope, record)
        const reason = INTERRUPTED_UPDATES.has(record.status)
          ? 'The update was interrupted by a restart of the local cloud, and rolled back.'
          : undefined
        this.#patch(live, { status: 'SystemUpdating', failureReason: reason })
        live.task = this.#resume(live, record.variants, reason)
      }
    }
    return Promise.all([...this.#live.values()].map(({ task }) => task))
  }

  /** Ends all processes; the records stay as they are, for {@link resume}. */
  async stop(): Promise<void> {
    await Promise.all(this.#abandon(SHUTDOWN_GRACE))
  }

  /** Ends all processes without waiting for it. */
  reset(): void {
    void Promise.all(this.#abandon(0))
  }

  get #records() {
    return this.#dependencies.state.endpoints
  }

  async #create(live: LiveEndpoint, variants: readonly EndpointVariant[]): Promise<void> {
    const deployment = this.#deployment(live)
    try {
      await deployment.start(variants, false)
      if (!live.abandoned) live.serving = deployment
      this.#patch(live, { status: 'InService' })
    } catch (error) {
      live.deployments.delete(deployment)
      this.#patch(live, { status: 'Failed', failureReason: failureReason(error) })
    }
  }

  async #resume(live: LiveEndpoint, variants: readonly EndpointVariant[], reason?: string): Promise<void> {
    const deployment = this.#deployment(live)
    live.serving = deployment
    try {
      await deployment.start(variants, true)
      this.#patch(live, { status: 'InService', failureReason: reason })
    } catch (error) {
      this.#patch(live, { status: 'OutOfService', failureReason: failureReason(error) })
      if (deployment.variants.length === 0) return
      void deployment.everHealthy().then(() => {
        const record = this.#records.get(live.scope, nameKey(live.name))
        if (record?.status === 'OutOfService')
          this.#patch(live, { status: 'InService', failureReason: reason })
      })
    }
  }

  async #replace(
    live: LiveEndpoint,
    configName: string,
    variants: readonly EndpointVariant[],
  ): Promise<void> {
    const deployment = this.#deployment(live)
    try {
      await deployment.start(variants, false)
    } catch (error) {
      live.deployments.delete(deployment)
      this.#patch(live, { status: 'InService', failureReason: failureReason(error) })
      return
    }
    if (live.abandoned) return
    const previous = live.serving
    live.serving = deployment
    this.#patch(live, { status: 'InService', failureReason: undefined, configName, variants })
    if (previous) void this.#retire(live, previous)
  }

  async #resize(
    live: LiveEndpoint,
    record: EndpointRecord,
    variants: readonly EndpointVariant[],
  ): Promise<void> {
    for (const { name, desiredWeight } of variants) {
      const serving = live.serving?.variant(name)
      if (serving) serving.weight = desiredWeight
    }
    const reasons: string[] = []
    const reached = await Promise.all(
      variants.map(async (variant): Promise<EndpointVariant> => {
        const weighed = { ...variant, currentWeight: variant.desiredWeight }
        const before = record.variants.find(({ name }) => name === variant.name)
        if (before?.currentInstanceCount === variant.desiredInstanceCount) return weighed
        try {
          await live.serving?.resize(variant.name, variant.desiredInstanceCount)
          return { ...weighed, currentInstanceCount: variant.desiredInstanceCount }
        } catch (error) {
          reasons.push(failureReason(error))
          const count = before?.currentInstanceCount ?? variant.currentInstanceCount
          return { ...weighed, currentInstanceCount: count, desiredInstanceCount: count }
        }
      }),
    )
    this.#patch(live, { status: 'InService', failureReason: reasons[0], variants: reached })
  }

  async #remove(live: LiveEndpoint): Promise<void> {
    live.serving = undefined
    await Promise.all([...live.deployments].map(deployment => deployment.close(DRAIN_TIMEOUT, STOP_GRACE)))
    const key = nameKey(live.name)
    if (live.abandoned || this.#records.get(live.scope, key)?.id !== live.id) return
    this.#records.delete(live.scope, key)
    this.#live.delete(`${scopeKey(live.scope)}/${key}`)
  }

  async #retire(live: LiveEndpoint, deployment: Deployment): Promise<void> {
    await deployment.close(DRAIN_TIMEOUT, STOP_GRACE)
    live.deployments.delete(deployment)
  }

  #deployment(live: LiveEndpoint): Deployment {
    const deployment = new Deployment(this.#dependencies, live.scope, live.name)
    live.deployments.add(deployment)
    return deployment
  }

  #updatable(scope: Scope, name: string): { live: LiveEndpoint; record: EndpointRecord } {
    const record = this.get(scope, name)
    if (!SETTLED_STATUSES.has(record.status)) throw updateInProgress(endpointArn(scope, name))
    if (record.status === 'Failed') {
      throw validationException(
        `Cannot update endpoint "${endpointArn(scope, name)}" with status "Failed". It can only be deleted.`,
      )
    }
    return { live: this.#enliven(scope, record), record }
  }

  #enliven(scope: Scope, record: EndpointRecord): LiveEndpoint {
    const key = `${scopeKey(scope)}/${nameKey(record.name)}`
    const present = this.#live.get(key)
    if (present?.id === record.id) return present
    const live: LiveEndpoint = {
      id: record.id,
      scope,
      name: record.name,
      serving: undefined,
      deployments: new Set(),
      task: Promise.resolve(),
      abandoned: false,
    }
    this.#live.set(key, live)
    return live
  }

  #patch(live: LiveEndpoint, change: Partial<EndpointRecord>): void {
    const key = nameKey(live.name)
    const record = this.#records.get(live.scope, key)
    if (live.abandoned || record?.id !== live.id) return
    const lastModifiedTime = this.#dependencies.clock.now()
    const changed = { ...record, ...change, lastModifiedTime }
    this.#records.put(live.scope, key, changed)
    if (change.status !== undefined) this.#dependencies.onStatus(live.scope, changed)
  }

  #abandon(grace: number): Promise<void>[] {
    const live = [...this.#live.values()]
    this.#live.clear()
    return live.flatMap(endpoint => {
      endpoint.abandoned = true
      endpoint.serving = undefined
      return [...endpoint.deployments].map(deployment => deployment.close(0, grace))
    })
  }
}
