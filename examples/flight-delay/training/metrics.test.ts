import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logLossOf, scoresOf } from './metrics.ts'
import { chooseThreshold, scoreThreshold } from './threshold.ts'

const rows = (...values: ReadonlyArray<readonly [probability: number, flights: number, late: number]>) =>
  [
    Float64Array.from(values, ([probability]) => probability),
    {
      flights: Float64Array.from(values, ([, flights]) => flights),
      late: Float64Array.from(values, ([, , late]) => late),
    },
  ] as const

describe('scoresOf', () => {
  it('gives 1 to a perfect order, 0 to its reverse and 0.5 to none', () => {
    expect(scoresOf(...rows([0.1, 3, 0], [0.9, 2, 2])).auc).toBe(1)
    expect(scoresOf(...rows([0.9, 3, 0], [0.1, 2, 2])).auc).toBe(0)
    expect(scoresOf(...rows([0.4, 3, 0], [0.4, 2, 2])).auc).toBe(0.5)
  })

  it('computes the area under the curve by hand', () => {
    // Late flights at .8 and .4, others at .6 and .2: three of four pairs are in order.
    expect(scoresOf(...rows([0.8, 1, 1], [0.6, 1, 0], [0.4, 1, 1], [0.2, 1, 0])).auc).toBe(0.75)
  })

  it('computes log loss, Brier score and rates by hand', () => {
    const scores = scoresOf(...rows([0.25, 4, 1], [0.5, 2, 2]))
    expect(scores.baseRate).toBe(0.5)
    expect(scores.meanPrediction).toBeCloseTo((4 * 0.25 + 2 * 0.5) / 6)
    expect(scores.logLoss).toBeCloseTo(-(Math.log(0.25) + 3 * Math.log(0.75) + 2 * Math.log(0.5)) / 6)
    expect(scores.brier).toBeCloseTo((0.75 ** 2 + 3 * 0.25 ** 2 + 2 * 0.5 ** 2) / 6)
  })

  it('finds no calibration error in rates that come true', () => {
    const tenths = Array.from({ length: 9 }, (_, i) => [(i + 1) / 10, 10, i + 1] as const)
    expect(scoresOf(...rows(...tenths)).calibrationError).toBeCloseTo(0)
    expect(scoresOf(...rows([0.1, 10, 5])).calibrationError).toBeCloseTo(0.4)
  })

  it('counts a group of flights as that many single ones', () => {
    const group = fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.nat(5), fc.nat(5))
      .map(([percent, late, other]) => [percent / 100, late + other, late] as const)
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 20 }), groups => {
        const single = groups.flatMap(([probability, flights, late]) =>
          Array.from({ length: flights }, (_, i) => [probability, 1, i < late ? 1 : 0] as const),
        )
        const [grouped, singly] = [scoresOf(...rows(...groups)), scoresOf(...rows(...single))]
        expect(grouped.auc).toEqual(singly.auc)
        // A mean over no flights is no number.
        if (grouped.flights === 0) return
        expect(grouped.brier).toBeCloseTo(singly.brier)
        expect(logLossOf(...rows(...groups))).toBeCloseTo(logLossOf(...rows(...single)))
      }),
    )
  })
})

describe('the threshold', () => {
  it('is where the verdicts are worth most', () => {
    const [probabilities, outcomes] = rows([0.9, 10, 9], [0.5, 10, 6], [0.2, 100, 2])
    expect(scoreThreshold(probabilities, outcomes, 0.5)).toEqual({
      threshold: 0.5,
      precision: 15 / 20,
      recall: 15 / 17,
      f1: 30 / 37,
    })
    expect(chooseThreshold(probabilities, outcomes)).toEqual({
      threshold: 0.21,
      precision: 15 / 20,
      recall: 15 / 17,
      f1: 30 / 37,
    })
  })
})
