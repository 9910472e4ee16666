import { describe, expect, it } from 'vitest'
import { timeZone, UTC } from '../../../../kernel/time-zone.ts'
import { type MuteTimes, mutedUntil, muteStatus, parseMuteDuration, parseMuteExpression } from './schedule.ts'

const HOUR = 3_600_000
const at = (text: string): number => Date.parse(`${text}Z`)

const times = (expression: string, duration: string, zone = 'UTC'): MuteTimes => {
  const schedule = parseMuteExpression(expression)
  const length = parseMuteDuration(duration)
  if (!schedule || length === undefined) throw new Error('not valid')
  return { schedule, duration: length, zone: timeZone(zone) ?? UTC, start: undefined, expire: undefined }
}

/** Whether it mutes at the given times. */
const mutes = (rule: MuteTimes, ...moments: string[]): boolean[] =>
  moments.map(moment => mutedUntil(rule, at(moment)) !== undefined)

describe('the schedule of a mute rule', () => {
  it("mutes as the user guide's examples say", () => {
    const sundays = times('cron(0 2 * * SUN)', 'PT4H')
    expect(
      mutes(
        sundays,
        '2026-11-22T01:59:59',
        '2026-11-22T02:00',
        '2026-11-22T05:59:59',
        '2026-11-22T06:00',
        '2026-11-23T03:00',
      ),
    ).toEqual([false, true, true, false, false])
    const firsts = times('cron(0 1 1 * *)', 'PT6H')
    expect(mutes(firsts, '2026-12-01T06:59', '2026-12-01T07:00', '2026-12-02T02:00')).toEqual([
      true,
      false,
      false,
    ])
    const weekends = times('cron(0 18 * * FRI)', 'P2DT12H')
    expect(
      mutes(weekends, '2026-11-20T17:59', '2026-11-22T12:00', '2026-11-23T05:59', '2026-11-23T06:00'),
    ).toEqual([false, true, true, false])
    const nights = times('cron(0 23 * * *)', 'PT2H')
    expect(
      mutes(nights, '2026-11-23T22:59', '2026-11-23T23:30', '2026-11-24T00:59', '2026-11-24T01:00'),
    ).toEqual([false, true, true, false])
    const shutdown = times('at(2024-12-23T00:00)', 'P7D')
    expect(
      mutes(shutdown, '2024-12-22T23:59', '2024-12-23T00:00', '2024-12-29T23:59', '2024-12-30T00:00'),
    ).toEqual([false, true, true, false])
  })

  it('counts days of the week from Sunday, 0 or 7, and takes either day where both are given', () => {
    for (const sunday of ['0', '7', 'SUN', '0,7']) {
      expect(mutes(times(`cron(0 0 * * ${sunday})`, 'PT1H'), '2026-11-22T00:30', '2026-11-23T00:30')).toEqual(
        [true, false],
      )
    }
    expect(mutes(times('cron(0 0 * * 1-5)', 'PT1H'), '2026-11-22T00:30', '2026-11-23T00:30')).toEqual([
      false,
      true,
    ])
    const both = times('cron(0 0 1 * MON)', 'PT1H')
    expect(mutes(both, '2026-12-01T00:30', '2026-11-23T00:30', '2026-11-24T00:30')).toEqual([
      true,
      true,
      false,
    ])
  })

  it('is read in its time zone, also where the clocks change', () => {
    const berlin = times('cron(0 2 * * *)', 'PT1H', 'Europe/Berlin')
    expect(mutes(berlin, '2026-07-01T00:30', '2026-01-15T01:30', '2026-01-15T00:30')).toEqual([
      true,
      true,
      false,
    ])
    // On 29 March 2026 there is no 02:00 in Berlin.
    expect(mutes(berlin, '2026-03-29T01:30', '2026-03-30T00:30')).toEqual([false, true])
  })

  it('has effect from its start date to its expire date', () => {
    const rule = {
      ...times('cron(0 0 * * *)', 'PT12H'),
      start: at('2026-11-23T06:00'),
      expire: at('2026-11-24T03:00'),
    }
    expect(
      mutes(rule, '2026-11-23T05:59', '2026-11-23T06:00', '2026-11-24T02:59', '2026-11-24T03:00'),
    ).toEqual([false, true, true, false])
    expect(mutedUntil(rule, at('2026-11-24T01:00'))).toBe(at('2026-11-24T03:00'))
    expect(muteStatus(rule, at('2026-11-23T01:00'))).toBe('SCHEDULED')
    expect(muteStatus(rule, at('2026-11-23T13:00'))).toBe('SCHEDULED')
    expect(muteStatus(rule, at('2026-11-24T03:00'))).toBe('EXPIRED')
  })

  it('is scheduled before, active during, and a single window expired after', () => {
    const rule = times('at(2026-11-23T10:00)', 'PT1H')
    expect(['09:00', '10:30', '11:00'].map(time => muteStatus(rule, at(`2026-11-23T${time}`)))).toEqual([
      'SCHEDULED',
      'ACTIVE',
      'EXPIRED',
    ])
    expect(mutedUntil(rule, at('2026-11-23T10:30'))).toBe(at('2026-11-23T11:00'))
  })

  it.each([
    'cron(0 2 * * ? *)',
    'cron(*/5 * * * *)',
    'cron(0 2 * *)',
    'cron(60 2 * * *)',
    'cron(0 2 * * 8)',
    'cron(0 2 L * *)',
    'at(2026-04-31T00:00)',
    'at(2026-04-30T00:00:00)',
    'rate(1 day)',
    '',
  ])('%j is no expression of a mute rule', text => {
    expect(parseMuteExpression(text)).toBeUndefined()
  })

  it.each([
    ['PT1M', 60_000],
    ['PT4H', 4 * HOUR],
    ['P2DT12H', 60 * HOUR],
    ['P15D', 360 * HOUR],
    ['PT90M', 1.5 * HOUR],
    ['P15DT1M', undefined],
    ['PT0M', undefined],
    ['P', undefined],
    ['PT', undefined],
    ['P1M', undefined],
    ['PT30S', undefined],
    ['4 hours', undefined],
  ])('%s lasts %d ms', (text, expected) => {
    expect(parseMuteDuration(text)).toBe(expected)
  })
})
