/** Hours in one part of the day: 0–2, 3–5, … 21–23. */
export const HOURS_PER_PART = 3
export const DAY_PARTS = 24 / HOURS_PER_PART

/**
 * Flights that a prior weighs as much as. A place or route with this many flights of its own is half-way between its
 * own rate and the prior's; without smoothing, a route with three flights would have a rate of 0, 1/3, 2/3 or 1.
 */
export const PRIOR_FLIGHTS = { airport: 200, airportPart: 200, route: 150, routePart: 150 } as const

/** How often flights were late, in the training part of the data. Rates are smoothed and lie within 0 and 1. */
export interface LateHistory {
  readonly flightsPerDay: number
  readonly lateRate: number
  /** By part of the day of the departure: {@link DAY_PARTS} rates. */
  readonly lateRateByPart: readonly number[]
}

/** Flights and late flights, in all and by part of the day. */
export interface LateCounts {
  readonly flights: number
  readonly late: number
  readonly flightsByPart: readonly number[]
  readonly lateByPart: readonly number[]
}

/** Rates a history is drawn to where it has few flights of its own. */
export interface Prior {
  readonly lateRate: number
  readonly lateRateByPart: readonly number[]
}

/** The part of the day, 0 to 7, that an hour (0 to 23) belongs to. */
export const dayPart = (hour: number): number => Math.floor(hour / HOURS_PER_PART)

const logit = (rate: number): number => Math.log(rate / (1 - rate))
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

// Six decimals say more than any of these rates is worth, and keep the reference data small.
const round = (value: number): number => Math.round(value * 1e6) / 1e6

// Keeps logit() finite should all or no flights of the data be late.
const inside = (rate: number): number => Math.min(1 - 1e-6, Math.max(1e-6, rate))

const smooth = (late: number, flights: number, prior: number, priorFlights: number): number =>
  inside((late + prior * priorFlights) / (flights + priorFlights))

/** The rates of a whole network, unsmoothed but for parts of the day without a flight. */
export const priorOf = (counts: LateCounts): Prior => {
  const lateRate = inside(counts.late / Math.max(1, counts.flights))
  return {
    lateRate,
    lateRateByPart: counts.lateByPart.map((late, part) =>
      smooth(late, counts.flightsByPart[part] ?? 0, lateRate, 1),
    ),
  }
}

/**
 * A smoothed history. The rate of each part of the day is drawn to the prior's rate for that part, shifted (in
 * log-odds) by as much as the whole history differs from the prior.
 *
 * @param days length of the period that was counted
 */
export const historyOf = (
  counts: LateCounts,
  prior: Prior,
  days: number,
  kind: 'airport' | 'route',
): LateHistory => {
  const lateRate = smooth(counts.late, counts.flights, prior.lateRate, PRIOR_FLIGHTS[kind])
  const shift = logit(lateRate) - logit(inside(prior.lateRate))
  return {
    flightsPerDay: round(counts.flights / days),
    lateRate: round(lateRate),
    lateRateByPart: prior.lateRateByPart.map((rate, part) =>
      round(
        smooth(
          counts.lateByPart[part] ?? 0,
          counts.flightsByPart[part] ?? 0,
          sigmoid(logit(inside(rate)) + shift),
          PRIOR_FLIGHTS[`${kind}Part`],
        ),
      ),
    ),
  }
}

/** What to expect of a route before it has a history: the mean of leaving its origin and reaching its destination. */
export const routePrior = (departures: Prior, arrivals: Prior): Prior => ({
  lateRate: (departures.lateRate + arrivals.lateRate) / 2,
  lateRateByPart: departures.lateRateByPart.map(
    (rate, part) => (rate + (arrivals.lateRateByPart[part] ?? rate)) / 2,
  ),
})
