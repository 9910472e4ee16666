import type { EdgeStatistics, HistogramEntry } from '@aws-sdk/client-xray'
import { ERROR, FAULT, THROTTLE } from './visits.ts'

/** How a request counts. A fault outweighs an error, and a throttled request is an error. */
export type Status = 'ok' | 'error' | 'throttle' | 'fault'

export const statusOfFlags = (flags: number): Status => {
  if (flags & FAULT) return 'fault'
  if (flags & THROTTLE) return 'throttle'
  return flags & ERROR ? 'error' : 'ok'
}

/** Requests of one outcome and one response time. */
export interface Requests {
  readonly status: Status
  /** Response time in whole milliseconds: the service's histograms have three decimals of a second. */
  readonly milliseconds: number
  readonly count: number
  /** Of their exact response times, in seconds. */
  readonly total: number
}

/** Counts of requests by outcome, their time and its histogram. In-progress requests have neither and stay out. */
export interface Tally {
  readonly counts: Record<Status, number>
  total: number
  readonly histogram: Map<number, number>
}

export const emptyTally = (): Tally => ({
  counts: { ok: 0, error: 0, throttle: 0, fault: 0 },
  total: 0,
  histogram: new Map(),
})

export const addToHistogram = (histogram: Map<number, number>, milliseconds: number, count: number): void => {
  histogram.set(milliseconds, (histogram.get(milliseconds) ?? 0) + count)
}

export const addRequests = (tally: Tally, { status, milliseconds, count, total }: Requests): void => {
  tally.counts[status] += count
  tally.total += total
  addToHistogram(tally.histogram, milliseconds, count)
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000

/** The statistics of a service or an edge, as the graphs and time series give them. */
export const summaryStatistics = ({ counts, total }: Tally) => {
  const { ok, error, throttle, fault } = counts
  return {
    OkCount: ok,
    ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: throttle + error },
    FaultStatistics: { OtherCount: fault, TotalCount: fault },
    TotalCount: ok + error + throttle + fault,
    TotalResponseTime: round(total),
  } satisfies EdgeStatistics
}

/** A histogram of more values is thinned. Ours: how AWS merges values at scale is not published. */
const MAX_VALUES = 250
/** Digits that values keep when they are too many: within 0.5 % of the measured time, else within 5 %. */
const THINNING = [3, 2]

const thin = (histogram: ReadonlyMap<number, number>, digits: number): Map<number, number> => {
  const thinned = new Map<number, number>()
  for (const [milliseconds, count] of histogram) {
    addToHistogram(thinned, Number(milliseconds.toPrecision(digits)), count)
  }
  return thinned
}

/** Response times in seconds with how often they were seen, from short to long. Counts add up to all requests. */
export const histogramEntries = (histogram: ReadonlyMap<number, number>): HistogramEntry[] => {
  let values = histogram
  for (const digits of THINNING) {
    if (values.size > MAX_VALUES) values = thin(histogram, digits)
  }
  return Array.from(values)
    .sort(([a], [b]) => a - b)
    .map(([milliseconds, Count]) => ({ Value: milliseconds / 1_000, Count }))
}
