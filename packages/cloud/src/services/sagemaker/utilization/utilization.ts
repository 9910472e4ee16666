import { statfs } from 'node:fs/promises'
import type { Clock, ClockTimer } from '../../../kernel/clock.ts'
import type { MetricRecorder, MetricSample } from '../../../kernel/ports.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memoryOfInstance } from './instance-types.ts'
import { readTrees, type TreeUsage } from './process-tree.ts'

const NAMESPACE = '/aws/sagemaker/Endpoints'
const MINUTE = 60_000
/**
 * ms of real time that a measurement must lie behind the last one: processor time is counted in hundredths of a second.
 * A clock that is stepped faster than that repeats the last measurement.
 */
const SHORTEST_INTERVAL = 200

/** An instance whose process runs. */
export interface RunningInstance {
  readonly scope: Scope
  readonly endpointName: string
  readonly variantName: string
  readonly instanceType: string | undefined
  readonly pid: number
  /** On the disk that is measured. */
  readonly directory: string
}

/** What there is to measure. */
export interface Hosts {
  /** Whether there are instances at all, be they well or not. */
  readonly hosting: boolean
  running(): readonly RunningInstance[]
}

/** In percent. */
interface Measurement {
  readonly usage: TreeUsage
  /** Of `performance.now()`. */
  readonly at: number
  readonly cpu: number
  readonly memory: number
  /** `undefined` where it cannot be told. */
  readonly disk: number | undefined
}

/** Percent of one core, summed over all processes and cores, between two readings. */
export const cpuBetween = (before: TreeUsage | undefined, after: TreeUsage, elapsed: number): number => {
  if (!(elapsed > 0)) return 0
  let spent = 0
  for (const [pid, cpu] of after.cpu) spent += Math.max(0, cpu - (before?.cpu.get(pid) ?? 0))
  return (spent / elapsed) * 100
}

const diskOf = async (directory: string): Promise<number | undefined> => {
  try {
    const { blocks, bfree } = await statfs(directory)
    return blocks > 0 ? ((blocks - bfree) / blocks) * 100 : undefined
  } catch {
    // The folder is gone, as it may be while its processes run.
    return undefined
  }
}

/**
 * Publishes processor, memory and disk utilization of each running instance, for each minute of the clock, measured
 * from the real processes:
 *
 * - `CPUUtilization`: of all its processes, 100 for each core of this machine, over the real time since the last
 *   measurement;
 * - `MemoryUtilization`: what its processes hold of the memory that its instance type has;
 * - `DiskUtilization`: of the disk that its folder is on.
 *
 * There is no timer while no endpoint has instances.
 */
export class Utilization {
  readonly #clock: Clock
  readonly #metrics: MetricRecorder
  readonly #hosts: Hosts
  /** By pid. */
  #last = new Map<number, Measurement>()
  #timer: ClockTimer | undefined

  constructor(clock: Clock, metrics: MetricRecorder, hosts: Hosts) {
    this.#clock = clock
    this.#metrics = metrics
    this.#hosts = hosts
  }

  /** To be called when an instance may have started. */
  begin(): void {
    if (this.#timer || !this.#hosts.hosting) return
    void this.#measureNew()
    this.#await()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#last.clear()
  }

  #await(): void {
    const minute = Math.floor(this.#clock.now() / MINUTE) * MINUTE
    const timer = this.#clock.at(minute + MINUTE, async () => {
      if (this.#timer !== timer) return
      await this.#publish(minute)
      if (this.#timer !== timer) return
      this.#timer = undefined
      if (this.#hosts.hosting) this.#await()
      else this.#last.clear()
    })
    this.#timer = timer
  }

  /** A first reading, so that the first minute's load is not taken for that of the process's whole life. */
  async #measureNew(): Promise<void> {
    try {
      await this.#measure(this.#hosts.running())
    } catch {
      // The next minute tries again.
    }
  }

  async #publish(minute: number): Promise<void> {
    const instances = this.#hosts.running()
    await this.#measure(instances)
    for (const instance of instances) {
      const measured = this.#last.get(instance.pid)
      if (!measured) continue
      const dimensions = { EndpointName: instance.endpointName, VariantName: instance.variantName }
      const sample = (name: string, value: number): MetricSample => ({
        namespace: NAMESPACE,
        name,
        dimensions,
        value,
        unit: 'Percent',
        timestamp: minute,
      })
      this.#metrics.record(instance.scope, [
        sample('CPUUtilization', measured.cpu),
        sample('MemoryUtilization', measured.memory),
        ...(measured.disk === undefined ? [] : [sample('DiskUtilization', measured.disk)]),
      ])
    }
  }

  async #measure(instances: readonly RunningInstance[]): Promise<void> {
    const now = performance.now()
    const due = instances.filter(({ pid }) => {
      const last = this.#last.get(pid)
      return !last || now - last.at >= SHORTEST_INTERVAL
    })
    const kept = new Map(
      instances.flatMap(({ pid }) => {
        const last = this.#last.get(pid)
        return last ? [[pid, last] as const] : []
      }),
    )
    const [usages, disks] = await Promise.all([
      readTrees(due.map(({ pid }) => pid)),
      Promise.all(due.map(({ directory }) => diskOf(directory))),
    ])
    for (const [index, { pid, instanceType }] of due.entries()) {
      const usage = usages[index]
      if (!usage || usage.cpu.size === 0) continue
      const last = kept.get(pid)
      kept.set(pid, {
        usage,
        at: now,
        // A process that was not seen before: its life so far is not this interval's.
        cpu: last ? cpuBetween(last.usage, usage, now - last.at) : 0,
        memory: (usage.memory / memoryOfInstance(instanceType)) * 100,
        disk: disks[index],
      })
    }
    this.#last = kept
  }
}
