import { describe, expect, it } from 'vitest'
import { dayBefore, usageFigures } from './usage-figures.ts'

describe('a usage report', () => {
  it('tells how near the nearest key is to its quota', () => {
    const usage = [
      { keyId: 'a', used: 10, remaining: 90 },
      { keyId: 'b', used: 40, remaining: 5 },
    ]
    expect(usageFigures({ limit: 100, period: 'MONTH' }, usage)).toEqual({
      used: 50,
      limit: 100,
      usedPercent: 95,
      keys: [
        { keyId: 'a', used: 10, usedPercent: 10 },
        { keyId: 'b', used: 40, usedPercent: 95 },
      ],
    })
  })

  it('of a plan without a quota has no percentage', () => {
    expect(usageFigures(undefined, [{ keyId: 'a', used: 7, remaining: 0 }])).toEqual({
      used: 7,
      keys: [{ keyId: 'a', used: 7 }],
    })
  })

  it('of a plan that nobody used says zero', () => {
    expect(usageFigures({ limit: 100, period: 'DAY' }, [])).toMatchObject({ used: 0, usedPercent: 0 })
  })

  it('is of the day before, over the end of a month too', () => {
    expect(dayBefore(new Date('2030-03-01T00:10:00Z'))).toBe('2030-02-28')
  })
})
