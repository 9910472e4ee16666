import type { Clock } from '../../kernel/clock.ts'
import type { LogWriter } from '../../kernel/ports.ts'
import type { Processes } from '../../kernel/processes.ts'
import type { Scope } from '../../kernel/scope.ts'
import { Fleet } from './fleet.ts'
import { Instance } from './instance.ts'
import { type LaunchDependencies, resolveLaunch } from './launch.ts'
import { type ContainerLaunch, StartFailure } from './model-process.ts'
import { instanceId, logGroupOf } from './names.ts'
import type { EndpointVariant } from './records.ts'
import { chooseByWeight } from './routing.ts'

/** AWS gives a container this long between SIGTERM and SIGKILL, in ms. */
export const STOP_GRACE = 30_000
/** As long as one invocation may take, in ms. */
export const DRAIN_TIMEOUT = 60_000
/** Characters of `FailureReason`. */
const FAILURE_REASON_LENGTH = 1024

export interface DeploymentDependencies extends LaunchDependencies {
  readonly clock: Clock
  readonly processes: Processes
  readonly logs: LogWriter
}

/** A variant that takes requests. */
export interface ServingVariant {
  readonly name: string
  readonly fleet: Fleet
  readonly instanceType: string | undefined
  /** Where its containers run. */
  readonly directory: string
  weight: number
}

/** Why a deployment did not come into service, as `FailureReason` tells it. */
export const failureReason = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  return message.length <= FAILURE_REASON_LENGTH ? message : `${message.slice(0, FAILURE_REASON_LENGTH - 1)}…`
}

/** The fleets of one endpoint, made from one endpoint configuration. An update makes another deployment. */
export class Deployment {
  readonly #dependencies: DeploymentDependencies
  readonly #scope: Scope
  readonly #endpointName: string
  readonly #variants: ServingVariant[] = []
  readonly #instances: Instance[] = []
  #closing: Promise<void> | undefined

  constructor(dependencies: DeploymentDependencies, scope: Scope, endpointName: string) {
    this.#dependencies = dependencies
    this.#scope = scope
    this.#endpointName = endpointName
  }

  get variants(): readonly ServingVariant[] {
    return this.#variants
  }

  /**
   * Starts all instances of all variants and waits until each is healthy.
   *
   * @param persistent see {@link InstanceOptions.persistent}
   * @throws StartFailure whose message is a `FailureReason`; without `persistent` nothing runs any more then
   */
  async start(variants: readonly EndpointVariant[], persistent: boolean): Promise<void> {
    try {
      const launches = await Promise.all(
        variants.map(({ launch }) => resolveLaunch(this.#dependencies, this.#scope, launch)),
      )
      if (this.#closing) throw new StartFailure('The endpoint was stopped while it started')
      const starts = variants.map((variant, index) => {
        const launch = launches[index] as ContainerLaunch
        const fleet = this.#fleet(variant, launch, persistent)
        this.#variants.push({
          name: variant.name,
          fleet,
          instanceType: variant.launch.instanceType,
          directory: launch.directory,
          weight: variant.currentWeight,
        })
        const count = variant.desiredInstanceCount
        return persistent ? fleet.start(count) : fleet.resize(count, 0)
      })
      const results = await Promise.allSettled(starts)
      const failed = results.findIndex(result => result.status === 'rejected')
      const failure = results[failed]
      if (failure?.status === 'rejected') throw this.#unhealthy(variants[failed]?.name ?? '', failure.reason)
    } catch (error) {
      if (!persistent) await this.close(0, 0)
      throw error
    }
  }

  /** Resolves when every instance has been healthy once; never rejects. */
  async everHealthy(): Promise<void> {
    await Promise.all(this.#instances.map(instance => instance.everHealthy))
  }

  /**
   * Scales one variant.
   *
   * @throws StartFailure as {@link start}
   */
  async resize(variantName: string, count: number): Promise<void> {
    try {
      await this.variant(variantName)?.fleet.resize(count, STOP_GRACE)
    } catch (error) {
      throw this.#unhealthy(variantName, error)
    }
  }

  variant(name: string): ServingVariant | undefined {
    return this.#variants.find(variant => variant.name === name)
  }

  /** The variant for one request, by weight. `undefined` where all weights are 0, or nothing is started yet. */
  choose(random: number): ServingVariant | undefined {
    const [only] = this.#variants
    if (this.#variants.length === 1 && only && only.weight > 0) return only
    const index = chooseByWeight(
      this.#variants.map(variant => variant.weight),
      random,
    )
    return index === undefined ? undefined : this.#variants[index]
  }

  /** See {@link Fleet.close}. */
  close(drain: number, grace: number): Promise<void> {
    this.#closing = Promise.all(this.#variants.map(({ fleet }) => fleet.close(drain, grace))).then(
      () => undefined,
    )
    return this.#closing
  }

  #fleet(variant: EndpointVariant, launch: ContainerLaunch, persistent: boolean): Fleet {
    const { clock, processes, logs } = this.#dependencies
    const group = logGroupOf(this.#endpointName)
    return new Fleet({
      routing: variant.launch.routing,
      launch: onChange => {
        const id = instanceId()
        const stream = `${variant.name}/${id}`
        const instance = new Instance({
          id,
          processes,
          launch,
          persistent,
          startupTimeout: variant.launch.startupTimeoutInSeconds * 1000,
          onChange,
          onLines: lines => {
            const timestamp = clock.now()
            logs.write(
              this.#scope,
              group,
              stream,
              lines.map(message => ({ timestamp, message })),
            )
          },
        })
        this.#instances.push(instance)
        return instance
      },
    })
  }

  #unhealthy(variantName: string, error: unknown): unknown {
    if (!(error instanceof StartFailure)) return error
    return new StartFailure(
      `The primary container for production variant ${variantName} did not pass the ping health check. Please check ` +
        `CloudWatch logs for this endpoint. ${error.message}.`,
      { cause: error },
    )
  }
}
