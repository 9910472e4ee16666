import { DroppedConnection, ServiceError } from '@sonde/wire'
import type { FaultPoints } from './ports.ts'

/** Where faults can strike. */
export const FAULT_POINTS = [
  'apigateway.integration',
  'dynamodb.request',
  'lambda.invoke',
  'sagemaker.invoke',
] as const

/** A fault to strike at a point. */
export interface Fault {
  /** One of {@link FAULT_POINTS}. */
  readonly point: string
  /** Limits it to one function, endpoint or API; all where absent. */
  readonly target?: string
  /** Share of passes that it strikes, 0 to 1. Default 1. */
  readonly probability?: number
  /** Waits this long first, in real milliseconds. */
  readonly latency?: number
  /** Fails with this error. */
  readonly error?: { readonly code: string; readonly message: string; readonly status: number }
  /** Breaks the connection instead of answering. */
  readonly drop?: boolean
}

export interface FaultRegistry extends FaultPoints {
  /** Adds a fault and returns its id. */
  add(fault: Fault): string
  /** Whether there was one. */
  remove(id: string): boolean
  list(): ReadonlyArray<Fault & { readonly id: string }>
  clear(): void
}

const strike = async (fault: Fault): Promise<void> => {
  if (fault.latency) await new Promise(resolve => setTimeout(resolve, fault.latency))
  if (fault.drop) throw new DroppedConnection(`fault at ${fault.point}`)
  if (fault.error) {
    throw new ServiceError(fault.error.code, fault.error.message, { status: fault.error.status })
  }
}

/** @param random uniform in [0, 1); replaced where a run must repeat */
export const createFaults = (random: () => number = Math.random): FaultRegistry => {
  const faults = new Map<string, Fault>()
  const points = new Map<string, number>()
  let sequence = 0
  const count = (): void => {
    points.clear()
    for (const { point } of faults.values()) points.set(point, (points.get(point) ?? 0) + 1)
  }
  const passThrough = async (point: string, target: string): Promise<void> => {
    for (const fault of faults.values()) {
      if (fault.point !== point || (fault.target !== undefined && fault.target !== target)) continue
      if (random() < (fault.probability ?? 1)) await strike(fault)
    }
  }
  return {
    pass: (point, target) => (points.has(point) ? passThrough(point, target) : undefined),
    add: fault => {
      const id = `fault-${++sequence}`
      faults.set(id, fault)
      count()
      return id
    },
    remove: id => {
      const removed = faults.delete(id)
      count()
      return removed
    },
    list: () => Array.from(faults, ([id, fault]) => ({ id, ...fault })),
    clear: () => {
      faults.clear()
      count()
    },
  }
}
