import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLocalTime } from './local-time.ts'

describe('parseLocalTime', () => {
  it.each([
    ['2001-06-15T17:30', { year: 2001, month: 6, day: 15, hour: 17, minute: 30, dayOfWeek: 5 }],
    ['2001-06-15T17:30:59', { year: 2001, month: 6, day: 15, hour: 17, minute: 30, dayOfWeek: 5 }],
    ['2000-02-29T00:00', { year: 2000, month: 2, day: 29, hour: 0, minute: 0, dayOfWeek: 2 }],
    ['2026-11-22T23:59', { year: 2026, month: 11, day: 22, hour: 23, minute: 59, dayOfWeek: 0 }],
    ['0099-12-31T12:00', { year: 99, month: 12, day: 31, hour: 12, minute: 0, dayOfWeek: 4 }],
  ])('reads %s', (text, expected) => {
    expect(parseLocalTime(text)).toEqual(expected)
  })

  it.each([
    '',
    '2001-06-15',
    '2001-06-15 17:30',
    '2001-06-15T17:30Z',
    '2001-06-15T17:30+02:00',
    '2001-06-15T24:00',
    '2001-06-15T17:60',
    '2001-06-15T17:30:60',
    '2001-13-01T00:00',
    '2001-00-01T00:00',
    '2001-06-00T00:00',
    '2001-06-31T00:00',
    '2001-02-29T00:00',
    '2001-6-15T17:30',
    ' 2001-06-15T17:30',
    '2001-06-15T17:30\n',
  ])('refuses %j', text => {
    expect(parseLocalTime(text)).toBeUndefined()
  })

  it('reads every time that exists, and its day of the week', () => {
    const dates = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:00Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, date => {
        const time = parseLocalTime(date.toISOString().slice(0, 16))
        expect(time?.dayOfWeek).toBe(date.getUTCDay())
        expect(time?.hour).toBe(date.getUTCHours())
      }),
    )
  })
})
