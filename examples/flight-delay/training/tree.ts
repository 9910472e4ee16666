/** One regression tree, as parallel arrays; node 0 is the root. */
export interface Tree {
  /** The feature a node asks for; -1 for a leaf. */
  readonly feature: readonly number[]
  /** Left when the feature is at most this. Exactly a float32, as the features are. */
  readonly threshold: readonly number[]
  readonly left: readonly number[]
  readonly right: readonly number[]
  /** What a leaf adds to the log-odds. Exactly a float32. */
  readonly value: readonly number[]
}

/** A sum of trees in log-odds. */
export interface Forest {
  /** Log-odds before the first tree. Exactly a float32. */
  readonly base: number
  readonly trees: readonly Tree[]
}

/** The leaf value that a row ends in. `at` is the row's first feature. */
export const evaluateTree = (tree: Tree, features: ArrayLike<number>, at: number): number => {
  let node = 0
  let feature = tree.feature[node] ?? -1
  while (feature >= 0) {
    const left = (features[at + feature] ?? 0) <= (tree.threshold[node] ?? 0)
    node = (left ? tree.left[node] : tree.right[node]) ?? 0
    feature = tree.feature[node] ?? -1
  }
  return tree.value[node] ?? 0
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The probability for each row of a matrix with `width` features a row. */
export const predictForest = (forest: Forest, features: Float32Array, width: number): Float64Array => {
  const probabilities = new Float64Array(features.length / width)
  for (let row = 0; row < probabilities.length; row++) {
    let sum = forest.base
    for (const tree of forest.trees) sum += evaluateTree(tree, features, row * width)
    probabilities[row] = sigmoid(sum)
  }
  return probabilities
}
