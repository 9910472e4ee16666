import { describe, expect, it } from 'vitest'
import { sparkline, valueText } from './sparkline.ts'

describe('a sparkline', () => {
  it.each([
    ['rises from the floor', [0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█'],
    ['shows a missing datapoint as a gap', [1, undefined, 1], '█·█'],
    ['lies on the floor where all is zero', [0, 0], '▁▁'],
    ['counts from zero, so that small changes look small', [80, 100], '▇█'],
    ['goes below zero', [-1, 0, 1], '▁▅█'],
    ['is empty without datapoints', [], ''],
  ])('%s', (_, values, line) => {
    expect(sparkline(values)).toBe(line)
  })

  it('draws the largest of the values that share a cell', () => {
    expect(sparkline([0, 7, 0, 0, undefined, undefined], 3)).toBe('█▁·')
  })
})

describe('a value', () => {
  it.each([
    [1234.5678, '1,234.6'],
    [0.0123456, '0.012346'],
    [5.6e9, '5.60e+9'],
    [0, '0'],
    [12, '12'],
  ])('%d is printed as %s', (value, text) => {
    expect(valueText(value)).toBe(text)
  })
})
