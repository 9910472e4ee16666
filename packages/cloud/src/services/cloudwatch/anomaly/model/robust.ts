/** Location and spread that a few wild values do not move. */

/** The value of a rank (from 0) by Hoare's selection, in linear time; the array is reordered so that it is in place. */
const select = (values: Float64Array, rank: number): number => {
  const at = (index: number): number => values[index] ?? Number.NaN
  let [low, high] = [0, values.length - 1]
  while (low < high) {
    const pivot = at((low + high) >> 1)
    let [left, right] = [low, high]
    while (left <= right) {
      while (at(left) < pivot) left++
      while (at(right) > pivot) right--
      if (left > right) break
      const swapped = at(left)
      values[left++] = at(right)
      values[right--] = swapped
    }
    if (rank <= right) high = right
    else if (rank >= left) low = left
    else break
  }
  return at(rank)
}

/** The middle of the values, none of them NaN; `NaN` without any. */
export const median = (values: Float64Array): number => {
  const copy = values.slice()
  const half = copy.length >> 1
  const upper = select(copy, half)
  if (copy.length % 2 === 1) return upper
  // What is left of the rank is no greater: the greatest of it is the other middle.
  let lower = Number.NEGATIVE_INFINITY
  for (let index = 0; index < half; index++) lower = Math.max(lower, copy[index] ?? lower)
  return copy.length === 0 ? Number.NaN : (lower + upper) / 2
}

/** The median absolute deviation of a normal distribution is its standard deviation divided by this. */
const MAD_TO_SIGMA = 1.4826
/** Likewise the mean absolute deviation: sqrt(pi / 2). */
const MEAN_DEVIATION_TO_SIGMA = 1.2533
const CLIPPING_ROUNDS = 6

/** The variance that a standard normal distribution has left between -c and c: 1 - 2 c φ(c) / (2 Φ(c) - 1). */
const clippedVariance: Readonly<Record<Clip, number>> = { 2.5: 0.91125, 3.5: 0.99389, 5: 0.999985 }

/** Beyond how many standard deviations a residual is an outlier. */
export type Clip = 2.5 | 3.5 | 5

/**
 * A first guess at the spread of residuals around 0: from their median size, or from their mean size where more than
 * half of them are 0, as in counts of rare things.
 */
export const roughSigma = (residuals: Float64Array): number => {
  const sizes = residuals.map(Math.abs)
  const middle = median(sizes)
  if (middle > 0) return middle * MAD_TO_SIGMA
  return sizes.length === 0
    ? 0
    : (sizes.reduce((sum, size) => sum + size, 0) / sizes.length) * MEAN_DEVIATION_TO_SIGMA
}

/** The standard deviation around 0 of what is no outlier, right for normal noise. */
export const clippedSigma = (residuals: Float64Array, clip: Clip): number => {
  let sigma = roughSigma(residuals)
  for (let round = 0; round < CLIPPING_ROUNDS && sigma > 0; round++) {
    const limit = clip * sigma
    let [sum, count] = [0, 0]
    for (const residual of residuals) {
      if (Math.abs(residual) > limit) continue
      sum += residual * residual
      count++
    }
    if (count === 0) break
    sigma = Math.sqrt(sum / count / clippedVariance[clip])
  }
  return sigma
}
