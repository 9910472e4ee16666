/** Logistic regression, the simpler model that the trees have to beat. */
import type { Examples } from './examples.ts'
import { sigmoid } from './tree.ts'

export interface LogisticModel {
  predict(features: Float32Array): Float64Array
}

export interface LogisticOptions {
  /** Columns with few whole values, each of which gets a weight of its own, and how many there are: `[0, 24]`. */
  readonly categories: ReadonlyArray<readonly [column: number, values: number]>
  /** L2 penalty on standardized weights. */
  readonly lambda: number
}

// Newton's method on a convex loss: four steps are enough for six digits.
const ITERATIONS = 8

/** Solves the symmetric positive definite system in place (Cholesky). */
const solve = (matrix: Float64Array, vector: Float64Array): Float64Array => {
  const n = vector.length
  const at = (row: number, column: number): number => matrix[row * n + column] as number
  for (let column = 0; column < n; column++) {
    for (let row = column; row < n; row++) {
      let sum = at(row, column)
      for (let k = 0; k < column; k++) sum -= at(row, k) * at(column, k)
      matrix[row * n + column] = row === column ? Math.sqrt(sum) : sum / at(column, column)
    }
  }
  for (let row = 0; row < n; row++) {
    let sum = vector[row] as number
    for (let k = 0; k < row; k++) sum -= at(row, k) * (vector[k] as number)
    vector[row] = sum / at(row, row)
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = vector[row] as number
    for (let k = row + 1; k < n; k++) sum -= at(k, row) * (vector[k] as number)
    vector[row] = sum / at(row, row)
  }
  return vector
}

const momentsOf = (features: Float32Array, width: number, column: number) => {
  const rows = features.length / width
  let sum = 0
  let squares = 0
  for (let row = 0; row < rows; row++) {
    const value = features[row * width + column] as number
    sum += value
    squares += value ** 2
  }
  const mean = sum / rows
  return { mean, deviation: Math.sqrt(Math.max(1e-12, squares / rows - mean ** 2)) }
}

/** @param width features a row */
export const fitLogistic = (examples: Examples, width: number, options: LogisticOptions): LogisticModel => {
  const categories = new Map(options.categories)
  const moments = Array.from({ length: width }, (_, column) => momentsOf(examples.features, width, column))
  const inputs =
    1 + Array.from({ length: width }, (_, column) => categories.get(column) ?? 1).reduce((a, b) => a + b, 0)
  const active = new Int32Array(width + 1)
  const values = new Float64Array(width + 1)

  /** A row is 1, one 1 per category and the standardized rest: all other inputs are 0 and need no work. */
  const expand = (features: Float32Array, row: number): void => {
    let next = 1
    active[0] = 0
    values[0] = 1
    for (let column = 0; column < width; column++) {
      const value = features[row * width + column] as number
      const count = categories.get(column)
      const { mean, deviation } = moments[column] ?? { mean: 0, deviation: 1 }
      active[column + 1] = count === undefined ? next : next + value
      values[column + 1] = count === undefined ? (value - mean) / deviation : 1
      next += count ?? 1
    }
  }

  const weights = new Float64Array(inputs)
  const logOdds = (): number => {
    let sum = 0
    for (let i = 0; i <= width; i++) sum += (weights[active[i] as number] as number) * (values[i] as number)
    return sum
  }

  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const hessian = new Float64Array(inputs * inputs)
    const gradient = weights.map(weight => -options.lambda * weight)
    for (let i = 0; i < inputs; i++) hessian[i * inputs + i] = options.lambda
    for (let row = 0; row < examples.length; row++) {
      expand(examples.features, row)
      const probability = sigmoid(logOdds())
      const flights = examples.flights[row] as number
      const residual = (examples.late[row] as number) - flights * probability
      const weight = flights * probability * (1 - probability)
      for (let i = 0; i <= width; i++) {
        const first = active[i] as number
        const scaled = weight * (values[i] as number)
        gradient[first] = (gradient[first] as number) + residual * (values[i] as number)
        // Inputs ascend, so this fills the lower triangle, which is all that solve() reads.
        for (let j = 0; j <= i; j++) {
          const at = first * inputs + (active[j] as number)
          hessian[at] = (hessian[at] as number) + scaled * (values[j] as number)
        }
      }
    }
    const step = solve(hessian, gradient)
    for (let i = 0; i < inputs; i++) weights[i] = (weights[i] as number) + (step[i] as number)
  }

  return {
    predict: features => {
      const probabilities = new Float64Array(features.length / width)
      for (let row = 0; row < probabilities.length; row++) {
        expand(features, row)
        probabilities[row] = sigmoid(logOdds())
      }
      return probabilities
    },
  }
}
