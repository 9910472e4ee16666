import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  nextOccurrence,
  parseScheduleExpression,
  rateOrigin,
  type ScheduleGrammar,
} from './schedule-expression.ts'
import { timeZone } from './time-zone.ts'

const NEW_YEAR = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().slice(0, 16)

const occurrences = (
  text: string,
  count: number,
  after: string | number = NEW_YEAR,
  zone = 'UTC',
): Array<string | undefined> => {
  const expression = parseScheduleExpression(text, 'scheduler')
  if (!expression) throw new Error(`${text} cannot be read`)
  let time: number | undefined = typeof after === 'number' ? after : Date.parse(`${after}Z`)
  const found: Array<string | undefined> = []
  while (found.length < count && time !== undefined) {
    time = nextOccurrence(expression, time, { first: NEW_YEAR, zone: timeZone(zone) ?? fail(zone) })
    found.push(iso(time))
  }
  return found
}
const fail = (zone: string): never => {
  throw new Error(`no zone ${zone}`)
}

describe('an expression', () => {
  it.each<[text: string, grammars: readonly ScheduleGrammar[]]>([
    ['rate(1 minute)', ['rule', 'scheduler']],
    ['rate(5 minutes)', ['rule', 'scheduler']],
    ['rate(7 days)', ['rule', 'scheduler']],
    ['rate(1 minutes)', ['scheduler']],
    ['rate(5 minute)', ['scheduler']],
    ['rate(0 minutes)', []],
    ['rate(-1 minutes)', []],
    ['rate(1.5 hours)', []],
    ['rate(10 seconds)', []],
    ['rate(10 weeks)', []],
    ['rate(10 Minutes)', []],
    ['rate(10)', []],
    ['rate()', []],
    ['rate( 10 minutes )', []],
    [' rate(10 minutes)', []],
    ['rate(10 minutess)', []],
    ['rate(foo minutes)', []],
    ['cron(0 10 * * ? *)', ['rule', 'scheduler']],
    ['cron(0 18 ? * MON-FRI *)', ['rule', 'scheduler']],
    ['cron(0/5 8-17 ? * MON-FRI *)', ['rule', 'scheduler']],
    ['cron(5,35 14 * * ? *)', ['rule', 'scheduler']],
    ['cron(15 10 ? * 6L 2002-2005)', ['rule', 'scheduler']],
    ['cron(0 2 ? * SAT#3 *)', ['rule', 'scheduler']],
    ['cron(* * ? * SAT#3 *)', ['rule', 'scheduler']],
    ['cron(0/5 5 ? JAN 1-5 2022)', ['rule', 'scheduler']],
    ['cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)', ['rule', 'scheduler']],
    ['cron(1-31/30 1-1 ? * 1,7 *)', ['rule', 'scheduler']],
    ['cron(*/15 * * * ? *)', ['rule', 'scheduler']],
    ['cron(0-59/10 0-23/2 ? * * *)', ['rule', 'scheduler']],
    ['cron(0 0 15W * ? *)', ['rule', 'scheduler']],
    ['cron(0 0 L * ? *)', ['rule', 'scheduler']],
    ['cron(INVALID)', []],
    ['cron()', []],
    ['cron(0 dummy ? * MON-FRI *)', []],
    ['cron(7 20 * * NOT *)', []],
    ['cron(71 8 1 * ? *)', []],
    ['cron(0 1 * * * *)', []],
    ['cron(0 1 ? * ? *)', []],
    ['cron(0 1 * * ?)', []],
    ['cron(0 1 * * ? * *)', []],
    ['cron(0 1 0 * ? *)', []],
    ['cron(0 1 ? * 8 *)', []],
    ['cron(0 1 ? * 2#6 *)', []],
    ['cron(0 1 ? * 2/2 *)', []],
    ['cron(0 1 L-3 * ? *)', []],
    ['cron(0 1 1 * ? 2200)', []],
    ['cron(*/0 1 1 * ? *)', []],
    ['cron(1/2/3 1 1 * ? *)', []],
    ['cron(? 1 1 * ? *)', []],
    ['at(2026-11-23T10:00:00)', ['scheduler']],
    ['at(2021-12-31T23:59:59Z)', []],
    ['at(2021-12-31)', []],
    ['at(2026-02-30T10:00:00)', []],
    ['at(2026-02-28T24:00:00)', []],
    ['', []],
  ])('%s is taken by %j', (text, grammars) => {
    const taken = (['rule', 'scheduler'] as const).filter(grammar => parseScheduleExpression(text, grammar))
    expect(taken).toEqual(grammars)
  })

  it('of any text is read or refused', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(cron|rate|at)\([-0-9A-Z*?#/,LW :T]{0,30}\)$/), text => {
        const expression = parseScheduleExpression(text, 'scheduler')
        if (!expression) return
        const next = nextOccurrence(expression, NEW_YEAR, { first: NEW_YEAR })
        expect(next === undefined || next > NEW_YEAR).toBe(true)
      }),
    )
  })
})

describe('a rate', () => {
  it('counts from its first occurrence, however late it is asked', () => {
    expect(occurrences('rate(5 minutes)', 2, NEW_YEAR - 1)).toEqual(['2026-01-01T00:00', '2026-01-01T00:05'])
    expect(occurrences('rate(7 days)', 1, '2036-01-01T00:00')).toEqual(['2036-01-03T00:00'])
  })
})

describe('a rate that was put at a time which the clock has gone back from', () => {
  const rate = parseScheduleExpression('rate(5 minutes)', 'rule')
  const now = Date.UTC(2026, 0, 1)

  it.each([
    ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    ['2025-12-31T23:00:00.000Z', '2025-12-31T23:00:00.000Z'],
    ['2026-01-01T00:05:00.000Z', '2026-01-01T00:00:00.000Z'],
    ['2030-01-01T00:02:00.000Z', '2025-12-31T23:57:00.000Z'],
  ])('put at %s, begins at %s', (since, origin) => {
    if (!rate) throw new Error('no rate')
    expect(new Date(rateOrigin(rate, Date.parse(since), now)).toISOString()).toBe(origin)
  })
})

describe('a cron expression', () => {
  it.each<[text: string, after: string, expected: Array<string | undefined>]>([
    ['cron(0 10 * * ? *)', '2026-01-01T10:00', ['2026-01-02T10:00', '2026-01-03T10:00']],
    [
      'cron(0/20 22-1 * * ? *)',
      '2026-01-01T01:00',
      ['2026-01-01T01:20', '2026-01-01T01:40', '2026-01-01T22:00'],
    ],
    ['cron(0 9 ? * FRI-MON *)', '2026-01-05T09:00', ['2026-01-09T09:00', '2026-01-10T09:00']],
    ['cron(0 0 L * ? *)', '2028-02-01T00:00', ['2028-02-29T00:00', '2028-03-31T00:00']],
    ['cron(0 0 31 * ? *)', '2026-01-31T00:00', ['2026-03-31T00:00', '2026-05-31T00:00']],
    // The 15th of August 2026 is a Saturday, of November a Sunday.
    ['cron(0 0 15W 8,11 ? 2026)', '2026-01-01T00:00', ['2026-08-14T00:00', '2026-11-16T00:00', undefined]],
    // The 1st of August 2026 is a Saturday: the nearest weekday in the month is the 3rd. The 31st of May is a Sunday.
    ['cron(0 0 1W 8 ? 2026)', '2026-01-01T00:00', ['2026-08-03T00:00']],
    ['cron(0 0 31W 5 ? 2026)', '2026-01-01T00:00', ['2026-05-29T00:00']],
    ['cron(0 0 LW 1,5 ? 2026)', '2026-01-01T00:00', ['2026-01-30T00:00', '2026-05-29T00:00']],
    ['cron(15 10 ? * 6L 2002-2005)', '2002-01-01T00:00', ['2002-01-25T10:15', '2002-02-22T10:15']],
    ['cron(0 2 ? * SAT#3 *)', '2026-01-01T00:00', ['2026-01-17T02:00', '2026-02-21T02:00']],
    ['cron(0 2 ? 2 5#5 *)', '2026-01-01T00:00', ['2052-02-29T02:00']],
    ['cron(0 0 ? * L *)', '2026-01-01T00:00', ['2026-01-03T00:00', '2026-01-10T00:00']],
    ['cron(0 0 29 2 ? *)', '2096-03-01T00:00', ['2104-02-29T00:00']],
    ['cron(0 0 30 2 ? *)', '2026-01-01T00:00', [undefined]],
    ['cron(0 12 1 1 ? 1970/50)', '2021-01-01T00:00', ['2070-01-01T12:00']],
  ])('%s after %s occurs at %j', (text, after, expected) => {
    expect(occurrences(text, expected.length, after)).toEqual(expected)
  })

  it.each<[zone: string, text: string, after: string, expected: string[]]>([
    // Clocks went from 2:00 to 3:00 on the 8th of March and from 2:00 back to 1:00 on the 1st of November.
    ['America/New_York', 'cron(30 2 * * ? *)', '2026-03-07T00:00', ['2026-03-07T07:30', '2026-03-09T06:30']],
    ['America/New_York', 'cron(30 1 * * ? *)', '2026-10-31T06:00', ['2026-11-01T05:30', '2026-11-02T06:30']],
    ['America/New_York', 'cron(0 9 * * ? *)', '2026-03-07T00:00', ['2026-03-07T14:00', '2026-03-08T13:00']],
    ['Asia/Kolkata', 'cron(0 0 1 * ? *)', '2026-01-02T00:00', ['2026-01-31T18:30']],
    [
      'Australia/Lord_Howe',
      'cron(0 12 * * ? *)',
      '2026-04-03T10:00',
      ['2026-04-04T01:00', '2026-04-05T01:30'],
    ],
    ['Pacific/Kiritimati', 'cron(0 0 * * ? *)', '2026-01-01T00:00', ['2026-01-01T10:00']],
  ])('in %s follows the clocks there: %s', (zone, text, after, expected) => {
    expect(occurrences(text, expected.length, after, zone)).toEqual(expected)
  })

  it('that asks for every minute leaves out what clocks leave out, and the hour that they show again', () => {
    const expression = parseScheduleExpression('cron(* * * * ? *)', 'scheduler')
    const zone = timeZone('Europe/Berlin')
    if (!expression || !zone) throw new Error('unreadable')
    let count = 0
    let time: number | undefined = NEW_YEAR - 1
    const end = Date.UTC(2027, 0, 1)
    const cpu = process.cpuUsage()
    for (;;) {
      time = nextOccurrence(expression, time, { first: 0, zone })
      if (time === undefined || time >= end) break
      count++
    }
    // The hour that spring leaves out is not an hour of UTC; the one that autumn repeats is.
    expect(count).toBe(365 * 24 * 60 - 60)
    expect(process.cpuUsage(cpu).user).toBeLessThan(5_000_000)
  })

  it('agrees with a search minute by minute', () => {
    const list = (low: number, high: number) =>
      fc
        .array(fc.tuple(fc.integer({ min: low, max: high }), fc.integer({ min: low, max: high })), {
          minLength: 1,
          maxLength: 2,
        })
        .map(ranges => ({
          text: ranges.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(','),
          has: (value: number) =>
            ranges.some(([a, b]) => (a <= b ? value >= a && value <= b : value >= a || value <= b)),
        }))
    fc.assert(
      fc.property(
        list(0, 59),
        list(0, 23),
        list(1, 31),
        list(1, 7),
        fc.boolean(),
        fc.integer({ min: 0, max: 366 * 24 * 60 }),
        (minutes, hours, monthDays, weekdays, byWeek, start) => {
          const days = byWeek ? `? * ${weekdays.text}` : `${monthDays.text} * ?`
          const after = NEW_YEAR + start * MINUTE
          let naive = after
          const matches = (): boolean => {
            const date = new Date(naive)
            const day = byWeek ? weekdays.has(date.getUTCDay() + 1) : monthDays.has(date.getUTCDate())
            return day && hours.has(date.getUTCHours()) && minutes.has(date.getUTCMinutes())
          }
          do naive += MINUTE
          while (!matches())
          expect(occurrences(`cron(${minutes.text} ${hours.text} ${days} *)`, 1, after)).toEqual([iso(naive)])
        },
      ),
      { numRuns: 60 },
    )
  })

  it('agrees with a search minute by minute of what the clocks of a zone show', () => {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'America/New_York',
      hour: '2-digit',
      minute: '2-digit',
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 0, max: 59 }),
        fc.constantFrom(Date.UTC(2026, 2, 7, 12), Date.UTC(2026, 9, 31, 12), Date.UTC(2026, 5, 1)),
        (hour, minute, after) => {
          const wanted = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
          let naive = after
          do naive += MINUTE
          while (format.format(naive) !== wanted)
          expect(occurrences(`cron(${minute} ${hour} * * ? *)`, 1, after, 'America/New_York')).toEqual([
            iso(naive),
          ])
        },
      ),
      { numRuns: 25 },
    )
  })
})

describe('a one-time expression', () => {
  it('occurs once, in its time zone', () => {
    expect(occurrences('at(2026-07-01T09:00:30)', 2, NEW_YEAR, 'Europe/Berlin')).toEqual([
      '2026-07-01T07:00',
      undefined,
    ])
    expect(occurrences('at(2026-03-29T02:30:00)', 1, NEW_YEAR, 'Europe/Berlin')).toEqual([undefined])
    expect(occurrences('at(2026-10-25T02:30:00)', 1, NEW_YEAR, 'Europe/Berlin')).toEqual(['2026-10-25T00:30'])
  })
})

describe('a time zone', () => {
  it.each(['Mars/Olympus', '+01:00', '', 'a b'])('%j is none', name => {
    expect(timeZone(name)).toBeUndefined()
  })
})
