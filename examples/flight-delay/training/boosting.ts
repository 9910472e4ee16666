/** Gradient boosting of trees on the log loss of weighted binary outcomes. */
import { binFeatures } from './binning.ts'
import type { Examples } from './examples.ts'
import { growTree, type TreeOptions } from './grow-tree.ts'
import { seededRandom } from './random.ts'
import { evaluateTree, type Forest, sigmoid, type Tree } from './tree.ts'

export interface BoostingOptions extends TreeOptions {
  readonly rounds: number
  /** The share of rows that each tree learns from. */
  readonly subsample: number
  readonly seed: number
}

const total = (numbers: Float64Array): number => numbers.reduce((sum, value) => sum + value, 0)

/**
 * @param width features a row
 * @param onTree told of each tree as it is added, with its number from 1
 */
export const boost = (
  examples: Examples,
  width: number,
  options: BoostingOptions,
  onTree?: (tree: Tree, round: number) => void,
): Forest => {
  const { length, features, flights, late } = examples
  const data = binFeatures(features, width)
  const random = seededRandom(options.seed)
  const rate = total(late) / total(flights)
  const base = Math.fround(Math.log(rate / (1 - rate)))
  const logOdds = new Float64Array(length).fill(base)
  const gradients = new Float64Array(length)
  const hessians = new Float64Array(length)
  const sample = new Int32Array(length)
  const trees: Tree[] = []
  for (let round = 1; round <= options.rounds; round++) {
    let chosen = 0
    for (let row = 0; row < length; row++) {
      const probability = sigmoid(logOdds[row] as number)
      const weight = flights[row] as number
      gradients[row] = weight * probability - (late[row] as number)
      hessians[row] = weight * probability * (1 - probability)
      if (random() < options.subsample) sample[chosen++] = row
    }
    const tree = growTree(data, sample.slice(0, chosen), gradients, hessians, options)
    for (let row = 0; row < length; row++) {
      logOdds[row] = (logOdds[row] as number) + evaluateTree(tree, features, row * width)
    }
    trees.push(tree)
    onTree?.(tree, round)
  }
  return { base, trees }
}
