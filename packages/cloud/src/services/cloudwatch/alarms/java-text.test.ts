import { describe, expect, it } from 'vitest'
import { javaDouble, javaTimestamp, jsonDouble, longTimestamp, reasonTimestamp } from './java-text.ts'

describe('the texts of a Java service', () => {
  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [21, '21.0'],
    [99.50160229693434, '99.50160229693434'],
    [0.001, '0.001'],
    [0.00012, '1.2E-4'],
    [9_999_999, '9999999.0'],
    [1e10, '1.0E10'],
    [-12_345_678, '-1.2345678E7'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('prints the double %d as %s', (value, text) => {
    expect(javaDouble(value)).toBe(text)
  })

  it('prints doubles within JSON', () => {
    expect(JSON.stringify({ threshold: jsonDouble(21), none: jsonDouble(Number.NaN) })).toBe(
      '{"threshold":21.0,"none":"NaN"}',
    )
  })

  it('prints times in the three forms of alarms', () => {
    const time = Date.UTC(2022, 6, 22, 15, 57, 45, 394)
    expect(javaTimestamp(time)).toBe('2022-07-22T15:57:45.394+0000')
    expect(reasonTimestamp(time)).toBe('22/07/22 15:57:45')
    expect(longTimestamp(time)).toBe('Friday 22 July, 2022 15:57:45 UTC')
  })
})
