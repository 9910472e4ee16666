import { solveSymmetric } from './linear-system.ts'
import type { Model, Spike } from './model.ts'
import { type Clip, clippedSigma, median, roughSigma } from './robust.ts'
import { DAY, DAYS, HOURS, type Season, seasons } from './seasons.ts'
import { findSpikes } from './spikes.ts'
import { zoneOffset } from './time-zone.ts'

export interface FitOptions {
  /** Of the series, in ms. */
  readonly period: number
  readonly timeZone: string
  readonly adaptation: 'FAST' | 'NORMAL' | 'SLOW'
  readonly outlierFiltering: 'MINIMAL' | 'MODERATE' | 'STRICT'
  /** Whether spikes that come back at the same time of the day are expected. */
  readonly periodicSpikes: boolean
}

/** Fewer points say nothing about what is normal. */
export const MIN_POINTS = 12
/** What must have been seen before a season or a trend is believed. */
const HOURLY_AFTER = DAY
const TREND_AFTER = 3 * DAY
const WEEKLY_AFTER = 9 * DAY

/** After how long a value counts half. */
const HALF_LIFE = { FAST: 1.5 * DAY, NORMAL: 7 * DAY, SLOW: Number.POSITIVE_INFINITY } as const
const CLIPS: Readonly<Record<FitOptions['outlierFiltering'], Clip>> = {
  MINIMAL: 5,
  MODERATE: 3.5,
  STRICT: 2.5,
}

/** Rounds by absolute residuals find a start that outliers do not pull; those by Tukey's weights end precise. */
const ABSOLUTE_ROUNDS = 5
const TUKEY_ROUNDS = 4
const TUKEY = 4.685

/** Penalties, as shares of the data: they decide where there are no data, and are not felt where there are. */
const SMOOTHNESS = 1e-3
const DAY_SHRINKAGE = 0.01
const TREND_SHRINKAGE = 0.1

/** An hour needs this many values for a spread of its own; the spread of all counts as so many more. */
const MIN_HOUR_POINTS = 24
const SHARED_POINTS = 10
/** A band is never narrower than this share of the level: rounding is no anomaly. */
const LEAST_DEVIATION = 1e-3

/** Which terms the model has; each has its place in the vector of coefficients. */
interface Shape {
  readonly hourly: boolean
  readonly weekly: boolean
  readonly trending: boolean
  readonly size: number
  readonly firstDay: number
  readonly trend: number
}

const shapeFor = (span: number): Shape => {
  const [hourly, weekly, trending] = [span >= HOURLY_AFTER, span >= WEEKLY_AFTER, span >= TREND_AFTER]
  const firstDay = hourly ? HOURS : 1
  const trend = firstDay + (weekly ? DAYS : 0)
  return { hourly, weekly, trending, firstDay, trend, size: trend + (trending ? 1 : 0) }
}

/** Up to four coefficients take part in a value: two neighbouring hours, a day and the trend. */
const TERMS = 4

interface Design {
  readonly indexes: Uint8Array
  readonly factors: Float64Array
}

const designOf = (times: Float64Array, shape: Shape, seasonOf: (time: number) => Season): Design => {
  const indexes = new Uint8Array(times.length * TERMS)
  const factors = new Float64Array(times.length * TERMS)
  const to = times.at(-1) ?? 0
  times.forEach((time, row) => {
    const { hour, between, day } = seasonOf(time)
    const set = (term: number, index: number, factor: number): void => {
      indexes[row * TERMS + term] = index
      factors[row * TERMS + term] = factor
    }
    set(0, shape.hourly ? hour : 0, shape.hourly ? 1 - between : 1)
    if (shape.hourly) set(1, (hour + 1) % HOURS, between)
    if (shape.weekly) set(2, shape.firstDay + day, 1)
    if (shape.trending) set(3, shape.trend, (time - to) / DAY)
  })
  return { indexes, factors }
}

/** Adds what is believed of hours, days and trend where the data say little. */
const addPenalties = (matrix: Float64Array, shape: Shape, total: number): void => {
  const { size, hourly, weekly, trending, firstDay, trend } = shape
  const add = (row: number, column: number, value: number): void => {
    matrix[row * size + column] = (matrix[row * size + column] ?? 0) + value
  }
  if (hourly) {
    // An hour without data lies on the curve of its neighbours.
    const curve = [
      [0, 1],
      [1, -2],
      [2, 1],
    ] as const
    for (let hour = 0; hour < HOURS; hour++) {
      for (const [a, first] of curve) {
        for (const [b, second] of curve) {
          add((hour + a) % HOURS, (hour + b) % HOURS, (SMOOTHNESS * total * first * second) / HOURS)
        }
      }
    }
  }
  if (weekly)
    for (let day = 0; day < DAYS; day++) add(firstDay + day, firstDay + day, (DAY_SHRINKAGE * total) / DAYS)
  if (trending) add(trend, trend, TREND_SHRINKAGE * total)
  for (let index = 0; index < size; index++) add(index, index, 1e-9 * total)
}

/** Weighted least squares over a design that is mostly zeros. */
const leastSquares = (
  design: Design,
  values: Float64Array,
  weights: Float64Array,
  shape: Shape,
): Float64Array => {
  const { size } = shape
  const matrix = new Float64Array(size * size)
  const right = new Float64Array(size)
  const { indexes, factors } = design
  let total = 0
  for (let row = 0; row < values.length; row++) {
    const weight = weights[row] ?? 0
    total += weight
    for (let a = row * TERMS; a < (row + 1) * TERMS; a++) {
      const scaled = weight * (factors[a] ?? 0)
      if (scaled === 0) continue
      const index = indexes[a] ?? 0
      right[index] = (right[index] ?? 0) + scaled * (values[row] ?? 0)
      for (let b = row * TERMS; b < (row + 1) * TERMS; b++) {
        const cell = index * size + (indexes[b] ?? 0)
        matrix[cell] = (matrix[cell] ?? 0) + scaled * (factors[b] ?? 0)
      }
    }
  }
  addPenalties(matrix, shape, total)
  solveSymmetric(matrix, right)
  return right
}

const residualsOf = (design: Design, values: Float64Array, coefficients: Float64Array): Float64Array => {
  const { indexes, factors } = design
  return values.map((value, row) => {
    let expected = 0
    for (let term = row * TERMS; term < (row + 1) * TERMS; term++) {
      expected += (factors[term] ?? 0) * (coefficients[indexes[term] ?? 0] ?? 0)
    }
    return value - expected
  })
}

/** Least squares, again and again, with less weight for what lies far off. */
const robustFit = (design: Design, values: Float64Array, ages: Float64Array, shape: Shape) => {
  let coefficients = new Float64Array(shape.size)
  let residuals = values
  for (let round = 0; round < ABSOLUTE_ROUNDS + TUKEY_ROUNDS; round++) {
    const sigma = roughSigma(residuals)
    if (sigma === 0) break
    const weights = residuals.map((residual, row) => {
      const distance = Math.abs(residual) / sigma
      const age = ages[row] ?? 1
      if (round < ABSOLUTE_ROUNDS) return age / Math.max(distance, 0.05)
      return distance < TUKEY ? age * (1 - (distance / TUKEY) ** 2) ** 2 : 0
    })
    coefficients = Float64Array.from(leastSquares(design, values, weights, shape))
    residuals = residualsOf(design, values, coefficients)
  }
  return { coefficients, residuals }
}

/** The spread of each hour of the day, drawn towards that of all where an hour has few values. */
const hourlyDeviations = (
  residuals: Float64Array,
  hours: Uint8Array,
  clip: Clip,
  hourly: boolean,
): number[] => {
  const overall = clippedSigma(residuals, clip)
  return Array.from({ length: HOURS }, (_, hour) => {
    if (!hourly) return overall
    const own = residuals.filter((_residual, row) => hours[row] === hour)
    if (own.length < MIN_HOUR_POINTS) return overall
    const sigma = clippedSigma(own, clip)
    return (own.length * sigma + SHARED_POINTS * overall) / (own.length + SHARED_POINTS)
  })
}

/**
 * How much wider a band is for being learned from few points (as Student's distribution is), and up to twice as wide
 * until a whole day has been seen.
 */
const uncertainty = (points: number, size: number, span: number): number => {
  const free = Math.max(points - size, 2)
  const day = span < DAY ? 2 - span / DAY : 1
  return (1 + 1.5 / free) * Math.sqrt(1 + size / points) * day
}

/**
 * Learns what is normal from a series.
 *
 * @param times starts of the periods, in ms since the epoch, ascending
 * @param values finite, one for each time
 * @returns `undefined` for fewer than {@link MIN_POINTS}
 */
export const fit = (times: Float64Array, values: Float64Array, options: FitOptions): Model | undefined => {
  const { period, timeZone, adaptation, outlierFiltering, periodicSpikes } = options
  if (times.length < MIN_POINTS) return undefined
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 0]
  const shape = shapeFor(to + period - from)
  const seasonOf = seasons(zoneOffset(timeZone), period)
  const design = designOf(times, shape, seasonOf)
  const ages = times.map(time => 2 ** ((time - to) / HALF_LIFE[adaptation]))

  // Of order 1 around 0, so that the penalties mean the same for bytes and for shares.
  const centre = median(values)
  const scale = roughSigma(values.map(value => value - centre)) || 1
  const scaled = values.map(value => (value - centre) / scale)
  const { coefficients, residuals } = robustFit(design, scaled, ages, shape)

  const clip = CLIPS[outlierFiltering]
  const hours = Uint8Array.from(times, time => {
    const { hour, between } = seasonOf(time)
    return between < 0.5 ? hour : (hour + 1) % HOURS
  })
  const widening = uncertainty(times.length, shape.size, to + period - from)
  const least = Math.abs(centre) * LEAST_DEVIATION
  const deviations = hourlyDeviations(residuals, hours, clip, shape.hourly)
  const spikes: Spike[] = periodicSpikes
    ? findSpikes(times, residuals, row => clip * (deviations[hours[row] ?? 0] ?? 0), seasonOf)
    : []
  return {
    period,
    timeZone,
    from,
    to,
    points: times.length,
    hours: Array.from(
      { length: HOURS },
      (_, hour) => centre + scale * (coefficients[shape.hourly ? hour : 0] ?? 0),
    ),
    days: Array.from({ length: DAYS }, (_, day) =>
      shape.weekly ? scale * (coefficients[shape.firstDay + day] ?? 0) : 0,
    ),
    trend: shape.trending ? scale * (coefficients[shape.trend] ?? 0) : 0,
    deviations: deviations.map(deviation => Math.max(scale * deviation * widening, least)),
    nonNegative: values.every(value => value >= 0),
    spikes: spikes.map(({ ofDay, residual }) => ({ ofDay, residual: scale * residual })),
  }
}
