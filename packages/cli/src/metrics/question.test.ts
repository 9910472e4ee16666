import { describe, expect, it } from 'vitest'
import { readQuestion, usualPeriod, usualStatistic } from './question.ts'

describe('the operands of sonde metrics', () => {
  it.each([
    [[], { kind: 'namespaces' }],
    [['AWS/Lambda'], { kind: 'metrics', namespace: 'AWS/Lambda', dimensions: [] }],
    [
      ['AWS/Lambda', 'Duration'],
      { kind: 'metrics', namespace: 'AWS/Lambda', name: 'Duration', dimensions: [] },
    ],
    [
      ['AWS/Lambda', 'Duration', 'FunctionName=a=b'],
      {
        kind: 'metrics',
        namespace: 'AWS/Lambda',
        name: 'Duration',
        dimensions: [{ Name: 'FunctionName', Value: 'a=b' }],
      },
    ],
    [
      ['AWS/Lambda', 'FunctionName=f'],
      { kind: 'metrics', namespace: 'AWS/Lambda', dimensions: [{ Name: 'FunctionName', Value: 'f' }] },
    ],
    [
      ['SELECT MAX(Duration) FROM "AWS/Lambda"'],
      { kind: 'expression', expression: 'SELECT MAX(Duration) FROM "AWS/Lambda"' },
    ],
    [["SEARCH('{a} b', 'Sum')"], { kind: 'expression', expression: "SEARCH('{a} b', 'Sum')" }],
  ])('%j ask for %j', (operands, question) => {
    expect(readQuestion(operands)).toEqual(question)
  })

  it.each([
    [['a', 'b', 'c'], 'A dimension is written Name=Value, not c.'],
    [['SUM(METRICS())', 'b'], 'An expression is one operand: put it in quotes.'],
  ])('%j are refused in one line', (operands, message) => {
    expect(() => readQuestion(operands)).toThrow(message)
  })
})

describe('the usual statistic', () => {
  it.each([
    ['5XXError', 'Sum'],
    ['Invocations', 'Sum'],
    ['Count', 'Sum'],
    ['Latency', 'Average'],
    ['CPUUtilization', 'Average'],
  ])('of %s is %s', (name, statistic) => {
    expect(usualStatistic(name)).toBe(statistic)
  })
})

it('the usual period keeps a line short', () => {
  expect(usualPeriod(3_600_000)).toBe(60)
  expect(usualPeriod(24 * 3_600_000)).toBe(720)
  // Data of more than 15 days ago are kept by five minutes, of more than 63 by the hour.
  expect(usualPeriod(16 * 86_400_000) % 300).toBe(0)
  expect(usualPeriod(70 * 86_400_000) % 3_600).toBe(0)
})
