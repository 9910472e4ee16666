import { describe, expect, it } from 'vitest'
import { boost } from './boosting.ts'
import type { Examples } from './examples.ts'
import { fitLogistic } from './logistic.ts'
import { logLossOf, scoresOf } from './metrics.ts'
import { seededRandom } from './random.ts'
import { type Forest, predictForest } from './tree.ts'

const OPTIONS = {
  rounds: 40,
  leaves: 8,
  lambda: 1,
  minHessian: 1,
  learningRate: 0.3,
  subsample: 0.7,
  seed: 1,
}

/** Rows of two features in [0, 1) with ten flights each, late at the given rate. */
const examplesOf = (length: number, rate: (x: number, y: number) => number, seed: number): Examples => {
  const random = seededRandom(seed)
  const features = Float32Array.from({ length: length * 2 }, random)
  const late = Float64Array.from({ length }, (_, row) => {
    const probability = rate(features[row * 2] ?? 0, features[row * 2 + 1] ?? 0)
    return Array.from({ length: 10 }, random).filter(value => value < probability).length
  })
  return { length, features, flights: new Float64Array(length).fill(10), late }
}

const corners = (x: number, y: number): number => (x > 0.5 === y > 0.5 ? 0.8 : 0.1)

describe('boost', () => {
  it('learns what no sum of single features can tell', () => {
    const forest = boost(examplesOf(4000, corners, 1), 2, OPTIONS)
    const fresh = examplesOf(1000, corners, 2)
    const trees = scoresOf(predictForest(forest, fresh.features, 2), fresh)
    const logistic = fitLogistic(examplesOf(4000, corners, 1), 2, { categories: [], lambda: 1 })
    expect(trees.auc).toBeGreaterThan(0.84)
    expect(trees.calibrationError).toBeLessThan(0.03)
    expect(scoresOf(logistic.predict(fresh.features), fresh).auc).toBeLessThan(0.55)
  })

  it('fits the training data better with every ten trees', () => {
    const examples = examplesOf(2000, corners, 3)
    const losses = [1, 10, 20, 30].map(rounds =>
      logLossOf(predictForest(boost(examples, 2, { ...OPTIONS, rounds }), examples.features, 2), examples),
    )
    expect(losses).toEqual(losses.toSorted((a, b) => b - a))
  })

  it('is the same for the same seed and another for another', () => {
    const examples = examplesOf(1000, corners, 4)
    const first = boost(examples, 2, OPTIONS)
    expect(boost(examples, 2, OPTIONS)).toEqual(first)
    expect(boost(examples, 2, { ...OPTIONS, seed: 2 })).not.toEqual(first)
  })

  it('keeps thresholds and values exactly as float32, within the limits on leaves', () => {
    const { trees, base }: Forest = boost(examplesOf(1000, corners, 5), 2, OPTIONS)
    expect(Math.fround(base)).toBe(base)
    for (const { feature, threshold, value } of trees) {
      expect(feature.filter(id => id < 0).length).toBeLessThanOrEqual(OPTIONS.leaves)
      expect(threshold.map(Math.fround)).toEqual(threshold)
      expect(value.map(Math.fround)).toEqual(value)
    }
  })

  it('stays at the base rate where nothing can be learned', () => {
    const examples = { ...examplesOf(50, () => 0.5, 6), features: new Float32Array(100) }
    const { trees } = boost(examples, 2, { ...OPTIONS, subsample: 1 })
    expect(trees.every(({ feature }) => feature.length === 1)).toBe(true)
  })
})

describe('fitLogistic', () => {
  it('finds the weights that the outcomes were made with', () => {
    const rate = (x: number, y: number): number => 1 / (1 + Math.exp(-(-1 + 2 * x - 3 * y)))
    const model = fitLogistic(examplesOf(50_000, rate, 7), 2, { categories: [], lambda: 1 })
    const predicted = model.predict(Float32Array.of(0, 0, 1, 0, 0, 1, 0.5, 0.5))
    for (const [i, expected] of [rate(0, 0), rate(1, 0), rate(0, 1), rate(0.5, 0.5)].entries()) {
      expect(predicted[i]).toBeCloseTo(expected, 2)
    }
  })

  it('gives each category a weight of its own', () => {
    const rates = [0.9, 0.1, 0.5]
    const features = Float32Array.from({ length: 300 }, (_, row) => row % 3)
    const flights = new Float64Array(300).fill(100)
    const late = Float64Array.from(features, category => (rates[category] ?? 0) * 100)
    const model = fitLogistic({ length: 300, features, flights, late }, 1, {
      categories: [[0, 3]],
      lambda: 1,
    })
    for (const [i, probability] of model.predict(Float32Array.of(0, 1, 2)).entries()) {
      expect(probability).toBeCloseTo(rates[i] ?? 0, 2)
    }
  })
})
