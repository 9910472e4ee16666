/** Shares of values, such as latencies in ms: `[[90, 0.9], [300, 0.1]]`. */
export type Distribution = ReadonlyArray<readonly [value: number, share: number]>

/** What a service does in a minute, before anything is published about it. */
export interface ServiceMinute {
  readonly requests: number
  /** Shares of the requests. */
  readonly failed: number
  readonly refused: number
  /** ms */
  readonly latency: Distribution
  readonly function: {
    /** Share of the invocations. */
    readonly errors: number
    readonly throttles: number
    /** ms */
    readonly duration: Distribution
    readonly concurrency: number
  }
  readonly table: {
    readonly throttledReads: number
    readonly systemErrors: number
    /** ms */
    readonly latency: Distribution
  }
  readonly model: {
    /** Of all instances, this service's and others'. */
    readonly invocations: number
    /** Share of the invocations. */
    readonly errors: number
    /** ms */
    readonly latency: Distribution
    /** ms */
    readonly overhead: Distribution
  }
  readonly instances: {
    readonly count: number
    /** Per cent, summed over the cores. */
    readonly cpu: number
    /** Per cent. */
    readonly memory: number
    /** Per cent. */
    readonly disk: number
  }
  /** What the check of that minute found; `undefined` where none ran. */
  readonly check: { readonly succeeded: boolean; readonly latency: number } | undefined
  /** Per cent, as the daily report finds it; `undefined` where no report is made. */
  readonly usedPercent: number | undefined
  /** Pages that could not be delivered. */
  readonly failedNotifications: number
}

const MINUTE = 60_000
const DAY = 1_440

/** Requests a minute, as an average of the day. */
const AVERAGE = 1_200
/** How far the busiest and the quietest hour are from it. */
const SWING = 0.25
const NOISE = 0.03

/** Noise without chance: the same minute is the same in every run. From -1 to 1. */
const noise = (minute: number): number => {
  const mixed = Math.imul(minute ^ (minute >>> 15), 0x2c_1b_3c_6d)
  return ((mixed ^ (mixed >>> 12)) >>> 0) / 2 ** 31 - 1
}

/** A minute in which all is well: traffic follows the hour of the day, one response in a hundred is slow. */
export const healthyMinute = (time: number): ServiceMinute => {
  const minute = Math.floor(time / MINUTE)
  const rhythm = 1 + SWING * Math.sin((2 * Math.PI * (minute % DAY)) / DAY) + NOISE * noise(minute)
  const requests = Math.round(AVERAGE * rhythm)
  return {
    requests,
    failed: 0,
    refused: 0.005,
    latency: latencies(0.01),
    function: { errors: 0, throttles: 0, duration: around(100), concurrency: 8 },
    table: { throttledReads: 0, systemErrors: 0, latency: around(5) },
    model: { invocations: requests, errors: 0, latency: around(50), overhead: around(5) },
    instances: { count: 2, cpu: 60, memory: 45, disk: 20 },
    check: { succeeded: true, latency: 110 },
    usedPercent: 40,
    failedNotifications: 0,
  }
}

/** Latencies of which a share is above 200 ms. */
export const latencies = (slow: number): Distribution => [
  [70, 0.55 * (1 - slow)],
  [110, 0.45 * (1 - slow)],
  [320, slow],
]

/** Values whose 90th percentile is `p90`. */
export const around = (p90: number): Distribution => [
  [0.6 * p90, 0.5],
  [0.8 * p90, 0.35],
  [p90, 0.13],
  [1.2 * p90, 0.02],
]
