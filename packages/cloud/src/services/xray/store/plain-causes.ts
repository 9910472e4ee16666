import { explains, MAX_PATH } from '../summaries/root-causes.ts'
import type { PlainTrace } from './plain-trace.ts'

/** Kept; then begun anew. */
const MAX_STEPS = 100_000
/** What a step of a path is, with which it becomes one number. */
const KINDS = 4
const SEGMENT = 0
const SUBSEGMENT = 1
const INFERRED_SERVICE = 2
/** Of services and entities; far more than there ever are, and so few that a place and a step are one safe integer. */
const MAX_NUMBER = 2 ** 34

/** Which of two candidates `slowest` of root causes comes upon first: children before segments that were called. */
const comesFirst = (trace: PlainTrace, a: number, b: number): boolean => {
  const isSegment = trace.top[a] === a
  return isSegment === (trace.top[b] === b) ? trace.isBefore(a, b) : !isSegment
}

const slowestBelow = (trace: PlainTrace, above: number): number => {
  let most = -1
  for (let index = 0; index < trace.count; index++) {
    if (trace.parent[index] !== above) continue
    const difference = most < 0 ? 1 : trace.responseTime(index) - trace.responseTime(most)
    if (difference > 0 || (difference === 0 && comesFirst(trace, index, most))) most = index
  }
  return most
}

/**
 * Knows the paths of root causes of plain traces: the same paths lead to the same causes, so that these are told once for
 * each different path.
 */
export class PlainCauses {
  /** By where a path has led to so far, and its next step. */
  readonly #steps = new Map<number, number>()
  /** By where a path has led to at its end, the number of the causes. */
  readonly #causes = new Map<number, number>()
  readonly #seen = new Uint8Array(256)

  /**
   * The number of the causes of a trace without faults and errors.
   *
   * @param serviceOf the number of the service of a segment, or of the one that was inferred from a call
   * @param find tells it where the path is new
   */
  number(trace: PlainTrace, root: number, serviceOf: (index: number) => number, find: () => number): number {
    if (this.#steps.size > MAX_STEPS) {
      this.#steps.clear()
      this.#causes.clear()
    }
    const whole = trace.responseTime(root)
    let place = 0
    if (whole > 0) {
      this.#seen.fill(0, 0, trace.count)
      let node = root
      for (let length = 1; ; length++) {
        if (length > MAX_PATH) return find()
        this.#seen[node] = 1
        const isSegment = trace.top[node] === node
        place = isSegment
          ? this.#step(place, SEGMENT, serviceOf(node))
          : this.#step(place, SUBSEGMENT, trace.entities[node]?.number ?? 0)
        const next = slowestBelow(trace, node)
        if (
          next < 0 ||
          this.#seen[next] === 1 ||
          !explains(trace.responseTime(next), trace.responseTime(node), whole)
        ) {
          break
        }
        node = next
      }
      if (trace.top[node] !== node && trace.entities[node]?.isCall && !trace.isCaller(node)) {
        place = this.#step(place, INFERRED_SERVICE, serviceOf(node))
      }
    }
    let causes = this.#causes.get(place)
    if (causes === undefined) {
      causes = find()
      this.#causes.set(place, causes)
    }
    return causes
  }

  #step(place: number, kind: number, number: number): number {
    const key = (place * MAX_NUMBER + number) * KINDS + kind
    let next = this.#steps.get(key)
    if (next === undefined) {
      next = this.#steps.size + 1
      this.#steps.set(key, next)
    }
    return next
  }
}
