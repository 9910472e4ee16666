import { describe, expect, it } from 'vitest'
import { checkExpectation, whyUnsatisfied } from './expectation.ts'

const PREDICTION = { status: 200, body: '{"probability":0.27,"labels":["late"],"model":{"version":"v3"}}' }

describe('an answer', () => {
  it.each([
    [{}],
    [{ json: { probability: { atLeast: 0, atMost: 1 } } }],
    [{ json: { 'labels.0': { equals: 'late' }, 'model.version': { matches: '^v\\d' } } }],
    [{ json: { labels: { type: 'array' as const } } }],
    [{ contains: '"late"' }],
  ])('satisfies %j', expectation => {
    expect(whyUnsatisfied(PREDICTION, expectation)).toBeUndefined()
  })

  it.each([
    [
      { status: 201 },
      'status is 200, not 201: {"probability":0.27,"labels":["late"],"model":{"version":"v3"}}',
    ],
    [{ json: { probability: { atMost: 0.2 } } }, 'probability is 0.27, not at most 0.2'],
    [{ json: { probability: { type: 'string' as const } } }, 'probability is 0.27, not of type string'],
    [{ json: { 'model.name': {} } }, 'model.name is missing'],
    [{ json: { 'labels.1': { equals: 'late' } } }, 'labels.1 is missing'],
    [{ json: { __proto__: {}, toString: {} } }, 'toString is missing'],
    [{ contains: 'never' }, 'the body does not contain "never"'],
  ])('does not satisfy %j', (expectation, why) => {
    expect(whyUnsatisfied(PREDICTION, expectation)).toBe(why)
  })

  it('that is no JSON satisfies nothing about its members', () => {
    expect(whyUnsatisfied({ status: 200, body: '<html>' }, { json: { a: {} } })).toBe(
      'the body is not JSON: <html>',
    )
  })
})

describe('an expectation', () => {
  it.each([
    [{ status: 20 }, 'must be an HTTP status'],
    [{ json: { p: { atLeast: 2, atMost: 1 } } }, 'can be no number'],
    [{ json: { p: { matches: '(' } } }, 'expect.json["p"].matches'],
  ])('%j is refused before it is deployed', (expectation, message) => {
    expect(() => checkExpectation(expectation)).toThrow(message)
  })
})
