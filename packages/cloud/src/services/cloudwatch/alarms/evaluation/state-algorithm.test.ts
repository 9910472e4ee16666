import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TreatMissingData } from '../alarm.ts'
import { type Breach, decideState, evaluationRange } from './state-algorithm.ts'

/** `0` is a point that does not breach, `X` one that does, `-` a missing one; the newest is on the right. */
const read = (text: string): Breach[] =>
  text.split(' ').map(symbol => (symbol === '-' ? undefined : symbol === 'X'))

const TREATMENTS: readonly TreatMissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching']

const states = (text: string, needed: number, toAlarm: number) =>
  TREATMENTS.map(treatment => decideState(read(text), needed, toAlarm, treatment).state ?? 'keep')

describe("AWS's tables of missing data", () => {
  it.each([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', 'keep', 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', ['ALARM', 'keep', 'ALARM', 'OK']],
  ])('3 out of 3 over %s is %j for missing, ignore, breaching, notBreaching', (text, expected) => {
    expect(states(text, 3, 3)).toEqual(expected)
  })

  it.each([
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', 'keep', 'ALARM', 'OK']],
  ])('2 out of 3 over %s is %j for missing, ignore, breaching, notBreaching', (text, expected) => {
    expect(states(text, 3, 2)).toEqual(expected)
  })

  it.each(['- - - - X', '- - - X -'])('3 out of 3 over %s is not yet ALARM', text => {
    expect(states(text, 3, 3).slice(0, 2)).toEqual(['OK', 'OK'])
  })

  it('raises a silent breaching alarm on the evaluation at which the last point has left the range', () => {
    const silence = ['0 0 0 0 0', '0 0 0 0 -', '0 0 0 - -', '0 0 - - -', '0 - - - -', '- - - - -']
    expect(silence.map(text => decideState(read(text), 3, 3, 'breaching').state)).toEqual([
      'OK',
      'OK',
      'OK',
      'OK',
      'OK',
      'ALARM',
    ])
  })

  it('looks at 5 buckets for 3 periods', () => {
    expect([1, 2, 3, 5, 6, 10].map(evaluationRange)).toEqual([3, 4, 5, 7, 8, 13])
  })
})

/** The published rules read literally, one sentence at a time, without sharing anything with the implementation. */
const literally = (range: readonly Breach[], n: number, m: number, treatment: TreatMissingData): string => {
  const real = range.map((breach, place) => ({ breach, place })).filter(({ breach }) => breach !== undefined)
  const evaluated = real.slice(-n)
  const yes = evaluated.filter(({ breach }) => breach).length
  if (real.length >= n) return yes >= m ? 'ALARM' : 'OK'
  if (real.length === 0) {
    return { missing: 'INSUFFICIENT_DATA', ignore: 'keep', breaching: 'ALARM', notBreaching: 'OK' }[treatment]
  }
  const filler = Array.from({ length: n - real.length }, () => treatment === 'breaching')
  const all = [...evaluated.map(({ breach }) => breach), ...filler]
  if (all.filter(Boolean).length >= m) return 'ALARM'
  if (treatment === 'breaching' || treatment === 'notBreaching') return 'OK'
  const first = range.findIndex(breach => breach !== undefined)
  const premature = real.every(({ breach }) => breach) && range.length - first >= m
  if (premature) return treatment === 'missing' ? 'ALARM' : 'keep'
  return 'OK'
}

describe('the state algorithm', () => {
  const cases = fc.integer({ min: 1, max: 12 }).chain(needed =>
    fc.record({
      needed: fc.constant(needed),
      toAlarm: fc.integer({ min: 1, max: needed }),
      treatment: fc.constantFrom(...TREATMENTS),
      range: fc.array(fc.constantFrom<Breach>(true, false, undefined), {
        minLength: evaluationRange(needed),
        maxLength: evaluationRange(needed),
      }),
    }),
  )

  it('agrees with a literal reading of the published rules', () => {
    fc.assert(
      fc.property(cases, ({ range, needed, toAlarm, treatment }) => {
        const { state } = decideState(range, needed, toAlarm, treatment)
        expect(state ?? 'keep').toBe(literally(range, needed, toAlarm, treatment))
      }),
      { numRuns: 2_000 },
    )
  })

  it('counts N points at most, and fills in no more than are missing', () => {
    fc.assert(
      fc.property(cases, ({ range, needed, toAlarm, treatment }) => {
        const { counted, filled } = decideState(range, needed, toAlarm, treatment)
        expect(counted.length).toBe(Math.min(needed, range.filter(breach => breach !== undefined).length))
        expect(counted).toEqual([...counted].sort((a, b) => a - b))
        expect(counted.length + filled).toBeLessThanOrEqual(needed)
      }),
    )
  })
})
