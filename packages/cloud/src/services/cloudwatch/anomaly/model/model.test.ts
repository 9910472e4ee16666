import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FitOptions, fit, MIN_POINTS } from './fit.ts'
import { bandOf, expectations, type Model } from './model.ts'
import { isTimeZone, zoneOffset } from './time-zone.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const PERIOD = 5 * MINUTE
/** A Monday. */
const START = Date.UTC(2030, 0, 7)

const OPTIONS: FitOptions = {
  period: PERIOD,
  timeZone: 'UTC',
  adaptation: 'NORMAL',
  outlierFiltering: 'MODERATE',
  periodicSpikes: false,
}

/** Uniform in [0, 1), the same in each run. */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}

const normal = (random: () => number) => () =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

const timesOf = (days: number, from = START) =>
  Float64Array.from({ length: (days * DAY) / PERIOD }, (_, index) => from + index * PERIOD)

const train = (
  times: Float64Array,
  value: (time: number) => number,
  options: Partial<FitOptions> = {},
): Model => {
  const model = fit(times, times.map(value), { ...OPTIONS, ...options })
  if (!model) throw new Error('no model')
  return model
}

const daily = (time: number) => 100 + 30 * Math.sin((2 * Math.PI * time) / DAY)

/** The share of a day after the training that lies within the band. */
const coverage = (model: Model, width: number, value: (time: number) => number, days = 7): number => {
  const times = [...timesOf(days, model.to + PERIOD)]
  const { lower, upper } = bandOf(model, times, width)
  const inside = times.filter((time, index) => {
    const at = value(time)
    return at >= (lower[index] ?? 0) && at <= (upper[index] ?? 0)
  })
  return inside.length / times.length
}

describe('what a model learns', () => {
  it('is the course of the day', () => {
    const noise = normal(seeded(1))
    const expected = expectations(train(timesOf(14), time => daily(time) + noise()))
    for (let hour = 0; hour < 24; hour++) {
      const time = START + 15 * DAY + hour * HOUR
      expect(Math.abs(expected(time).value - daily(time + PERIOD / 2))).toBeLessThan(0.7)
    }
  })

  it('is what the days of the week differ by', () => {
    const noise = normal(seeded(2))
    const isWeekend = (time: number) => [0, 6].includes(new Date(time).getUTCDay())
    const value = (time: number) => daily(time) - (isWeekend(time) ? 40 : 0)
    const expected = expectations(train(timesOf(14), time => value(time) + noise()))
    for (let day = 14; day < 21; day++) {
      const time = START + day * DAY + 12 * HOUR
      expect(Math.abs(expected(time).value - value(time + PERIOD / 2))).toBeLessThan(1.5)
    }
  })

  it('is a trend, which it does not believe for more than a day', () => {
    const noise = normal(seeded(3))
    const value = (time: number) => daily(time) + (10 * (time - START)) / DAY
    const expected = expectations(train(timesOf(14), time => value(time) + noise()))
    const tomorrow = START + 14.5 * DAY
    expect(Math.abs(expected(tomorrow).value - value(tomorrow + PERIOD / 2))).toBeLessThan(2)
    const [nextWeek, weekAfter] = [expected(START + 21 * DAY).value, expected(START + 28 * DAY).value]
    expect(nextWeek).toBe(weekAfter)
  })

  it('is the noise of each hour', () => {
    const noise = normal(seeded(4))
    const spread = (time: number) => (new Date(time).getUTCHours() < 12 ? 1 : 8)
    const expected = expectations(train(timesOf(14), time => 100 + spread(time) * noise()))
    expect(expected(START + 14 * DAY + 6 * HOUR).deviation).toBeLessThan(1.4)
    expect(expected(START + 14 * DAY + 18 * HOUR).deviation).toBeGreaterThan(7)
    expect(expected(START + 14 * DAY + 18 * HOUR).deviation).toBeLessThan(9)
  })

  it.each([
    ['a twentieth of all values', () => 0.05, 40],
    ['a twentieth, one-sided and huge', () => 0.05, 1e6],
  ])('is not moved by outliers: %s', (_name, share, size) => {
    const random = seeded(5)
    const noise = normal(random)
    const value = (time: number) => daily(time) + noise()
    const clean = train(timesOf(14), value)
    const dirty = train(timesOf(14), time => value(time) + (random() < share() ? size : 0))
    const at = START + 14.3 * DAY
    expect(Math.abs(expectations(dirty)(at).value - expectations(clean)(at).value)).toBeLessThan(1)
    expect(expectations(dirty)(at).deviation).toBeLessThan(1.4 * expectations(clean)(at).deviation)
  })

  it('is the day of the metric time zone, also after the clocks change', () => {
    // Europe/Berlin is at UTC+1 until 2030-03-31T01:00Z, then at UTC+2.
    const timeZone = 'Europe/Berlin'
    const offset = zoneOffset(timeZone)
    const isOpen = (time: number) => {
      const hour = new Date(time + offset(time)).getUTCHours()
      return hour >= 8 && hour < 18
    }
    const noise = normal(seeded(6))
    const value = (time: number) => (isOpen(time) ? 100 : 10) + noise()
    const from = Date.UTC(2030, 2, 17)
    const [local, utc] = [timeZone, 'UTC'].map(zone =>
      expectations(train(timesOf(14, from), value, { timeZone: zone })),
    )
    // A Monday, 08:30 to 08:55 by Berlin's clock, 06:30 in UTC, which was 07:30 a week before.
    const opened = Date.UTC(2030, 3, 1, 6, 45)
    expect(local?.(opened).value).toBeGreaterThan(85)
    expect(utc?.(opened).value).toBeLessThan(40)
  })
})

describe('a band', () => {
  it.each([
    [2, 0.9545],
    [3, 0.9973],
  ])('of %d standard deviations holds %d of normal noise', (width, share) => {
    const noise = normal(seeded(7))
    const value = (time: number) => daily(time) + 5 * noise()
    expect(Math.abs(coverage(train(timesOf(14), value), width, value) - share)).toBeLessThan(0.01)
  })

  it.each(['MINIMAL', 'MODERATE', 'STRICT'] as const)(
    'is as wide for normal noise with %s filtering',
    filter => {
      const noise = normal(seeded(8))
      const value = (time: number) => daily(time) + 5 * noise()
      const model = train(timesOf(14), value, { outlierFiltering: filter })
      expect(Math.abs(coverage(model, 2, value) - 0.9545)).toBeLessThan(0.012)
    },
  )

  it('is a line, but for rounding, around a metric that never changes', () => {
    const { lower, upper } = bandOf(
      train(timesOf(14), () => 42),
      [START + 14 * DAY],
      2,
    )
    expect(lower[0]).toBeCloseTo(42 - 0.084, 6)
    expect(upper[0]).toBeCloseTo(42 + 0.084, 6)
    const zero = bandOf(
      train(timesOf(14), () => 0),
      [START + 14 * DAY],
      2,
    )
    expect(zero).toEqual({ lower: [0], upper: [0] })
  })

  it('does not go below 0 where the metric never did', () => {
    const noise = normal(seeded(9))
    const model = train(timesOf(2), () => Math.abs(noise()))
    expect(bandOf(model, [START + 3 * DAY], 5).lower[0]).toBe(0)
    const signed = train(timesOf(2), () => noise())
    expect(bandOf(signed, [START + 3 * DAY], 2).lower[0]).toBeLessThan(-1)
  })

  it('is wider the fewer points it was learned from', () => {
    const widthOf = (points: number) => {
      const noise = normal(seeded(10))
      const times = timesOf(14).slice(0, points)
      const model = train(times, () => 100 + noise())
      return expectations(model)(model.to).deviation
    }
    expect(widthOf(MIN_POINTS)).toBeGreaterThan(1.3 * widthOf(14 * 288))
  })

  it('does not exist for fewer points than a model needs', () => {
    const times = timesOf(1).slice(0, MIN_POINTS - 1)
    expect(fit(times, times.map(daily), OPTIONS)).toBeUndefined()
  })

  it('follows a lasting change sooner with FAST adaptation than with SLOW', () => {
    const noise = normal(seeded(11))
    const value = (time: number) => (time < START + 11 * DAY ? 100 : 160) + noise()
    const [fast = 0, slow = 0] = (['FAST', 'SLOW'] as const).map(
      adaptation => expectations(train(timesOf(14), value, { adaptation }))(START + 14 * DAY).value,
    )
    expect(Math.abs(fast - 160)).toBeLessThan(Math.abs(slow - 160))
  })

  it('holds spikes that come back each day where they were said to be normal', () => {
    const noise = normal(seeded(12))
    const value = (time: number) => 100 + noise() + (time % DAY === 2 * HOUR ? 500 : 0)
    const at = [START + 14 * DAY + 2 * HOUR, START + 14 * DAY + 3 * HOUR]
    const told = bandOf(train(timesOf(14), value, { periodicSpikes: true }), at, 3)
    const untold = bandOf(train(timesOf(14), value), at, 3)
    expect(told.upper[0]).toBeGreaterThan(600)
    expect(told.upper[1]).toBeLessThan(110)
    expect(untold.upper[0]).toBeLessThan(110)
  })

  it('is finite and in order for any series', () => {
    const series = fc.array(
      fc.record({
        gap: fc.integer({ min: 1, max: 500 }),
        value: fc.double({ noNaN: true, min: -1e300, max: 1e300 }),
      }),
      { minLength: MIN_POINTS, maxLength: 80 },
    )
    fc.assert(
      fc.property(series, points => {
        let time = START
        const times = Float64Array.from(points, ({ gap }) => {
          time += gap * PERIOD
          return time
        })
        const model = fit(
          times,
          Float64Array.from(points, ({ value }) => value),
          OPTIONS,
        )
        const { lower, upper } = bandOf(model as Model, [time - DAY, time, time + 400 * DAY], 2)
        expect([...lower, ...upper].every(Number.isFinite)).toBe(true)
        expect(lower.every((low, index) => low <= (upper[index] ?? 0))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe('time zones', () => {
  it.each([
    ['UTC', START, 0],
    ['Asia/Kolkata', START, 5.5 * HOUR],
    ['America/St_Johns', START, -3.5 * HOUR],
    ['Europe/Berlin', Date.UTC(2030, 2, 31, 0, 59), HOUR],
    ['Europe/Berlin', Date.UTC(2030, 2, 31, 1, 0), 2 * HOUR],
  ])('%s is known to the minute', (name, time, offset) => {
    expect(zoneOffset(name)(time)).toBe(offset)
  })

  it('are those of the tz database alone', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true)
    expect(isTimeZone('Europe/Atlantis')).toBe(false)
    expect(isTimeZone('')).toBe(false)
  })
})
