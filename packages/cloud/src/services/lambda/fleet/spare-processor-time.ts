import { cpus } from 'node:os'

/** ms of real time over which idle time is measured. */
const WINDOW = 100
/**
 * The share of this machine's processor time that must be idle for another environment to be of use. At 50 parallel requests
 * to an echo on two cores: 0.15 made 48 environments and 3,960 requests a second, 0.4 made 13 and 5,600.
 */
const NEEDED = 0.4

interface Sample {
  readonly at: number
  readonly idle: number
  readonly total: number
}

const sample = (): Sample => {
  let idle = 0
  let total = 0
  for (const { times } of cpus()) {
    idle += times.idle
    total += times.idle + times.user + times.sys + times.nice + times.irq
  }
  return { at: performance.now(), idle, total }
}

/**
 * Tells whether this machine has processor time to spare. Where it has none, one more process cannot serve anything
 * sooner: it takes its start-up from those that are serving. Without this, a short stall at 100 requests a second grew into
 * 150 environments that spent all of two cores on starting, and never recovered.
 */
export const createSpareProcessorTime = (now: () => Sample = sample): (() => boolean) => {
  let before = now()
  let spare = true
  return () => {
    const present = now()
    if (present.at - before.at >= WINDOW) {
      const total = present.total - before.total
      spare = total <= 0 || (present.idle - before.idle) / total >= NEEDED
      before = present
    }
    return spare
  }
}
