import { describe, expect, it } from 'vitest'
import { allowedIn, dateOf, dayOf, parseDate, periodStart, type QuotaPeriod } from './quota.ts'

const day = (text: string): number => parseDate(text) ?? Number.NaN

describe('periods of quotas', () => {
  it.each<[QuotaPeriod, string, string]>([
    ['DAY', '2030-03-15', '2030-03-15'],
    // 2030-03-15 is a Friday.
    ['WEEK', '2030-03-15', '2030-03-10'],
    ['WEEK', '2030-03-10', '2030-03-10'],
    ['WEEK', '2030-03-16', '2030-03-10'],
    ['MONTH', '2030-03-15', '2030-03-01'],
    ['MONTH', '2028-02-29', '2028-02-01'],
    ['MONTH', '2030-01-01', '2030-01-01'],
  ])('%s of %s begins on %s', (period, date, start) => {
    expect(dateOf(periodStart(period, day(date)))).toBe(start)
  })

  it('take the offset off the first one alone', () => {
    const quota = { limit: 100, offset: 6, period: 'WEEK' } as const
    const since = day('2030-03-15')
    expect(allowedIn(quota, day('2030-03-10'), since)).toBe(94)
    expect(allowedIn(quota, day('2030-03-17'), since)).toBe(100)
    expect(allowedIn({ ...quota, limit: 2 }, day('2030-03-10'), since)).toBe(0)
  })

  it('begin at midnight, UTC', () => {
    expect(dateOf(dayOf(Date.UTC(2030, 0, 2) - 1))).toBe('2030-01-01')
    expect(dateOf(dayOf(Date.UTC(2030, 0, 2)))).toBe('2030-01-02')
  })

  it.each(['2030-02-30', '2030-1-01', '20300101', '', '2030-01-01T00:00:00Z'])('%j is no date', text => {
    expect(parseDate(text)).toBeUndefined()
  })
})
