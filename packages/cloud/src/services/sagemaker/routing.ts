/**
 * Which variant takes a request: weight over the sum of weights.
 *
 * @param random in [0, 1)
 * @returns an index into `weights`, or `undefined` where all of them are 0
 */
export const chooseByWeight = (weights: readonly number[], random: number): number | undefined => {
  let total = 0
  for (const weight of weights) total += weight
  if (total <= 0) return undefined
  let mark = random * total
  let last: number | undefined
  for (let index = 0; index < weights.length; index++) {
    const weight = weights[index] ?? 0
    if (weight <= 0) continue
    last = index
    mark -= weight
    if (mark < 0) return index
  }
  // Rounding can leave a remainder above the last weight.
  return last
}
