/** Grows one tree, best split first (as LightGBM does), from histograms of gradients. */
import { type BinnedFeatures, MAX_BINS } from './binning.ts'
import type { Tree } from './tree.ts'

export interface TreeOptions {
  readonly leaves: number
  /** L2 penalty on leaf values, in units of the second derivative. */
  readonly lambda: number
  /** Least sum of second derivatives in a leaf: about a sixth of its flights at these rates of lateness. */
  readonly minHessian: number
  /** Shrinks every leaf. */
  readonly learningRate: number
}

interface Split {
  readonly gain: number
  readonly feature: number
  readonly bin: number
}

interface Leaf {
  readonly node: number
  /** Its rows are `order[from..to)`. */
  readonly from: number
  readonly to: number
  readonly gradient: number
  readonly hessian: number
  /** Sums of gradient and hessian, in turn, per feature and bin. */
  readonly histogram: Float64Array
  readonly split: Split | undefined
}

/** Sums up the rows' derivatives per feature and bin. The inner loop of training. */
const histogramOf = (
  data: BinnedFeatures,
  rows: Int32Array,
  gradients: Float64Array,
  hessians: Float64Array,
): Float64Array => {
  const { width, bins } = data
  const histogram = new Float64Array(width * MAX_BINS * 2)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const gradient = gradients[row] as number
    const hessian = hessians[row] as number
    const first = row * width
    for (let feature = 0; feature < width; feature++) {
      const at = (feature * MAX_BINS + (bins[first + feature] as number)) * 2
      histogram[at] = (histogram[at] as number) + gradient
      histogram[at + 1] = (histogram[at + 1] as number) + hessian
    }
  }
  return histogram
}

const subtract = (from: Float64Array, other: Float64Array): Float64Array =>
  from.map((sum, i) => sum - (other[i] as number))

const bestSplit = (
  data: BinnedFeatures,
  histogram: Float64Array,
  gradient: number,
  hessian: number,
  { lambda, minHessian }: TreeOptions,
): Split | undefined => {
  const whole = gradient ** 2 / (hessian + lambda)
  let best: Split | undefined
  for (let feature = 0; feature < data.width; feature++) {
    let leftGradient = 0
    let leftHessian = 0
    const edges = data.edges[feature]?.length ?? 0
    for (let bin = 0; bin < edges; bin++) {
      const at = (feature * MAX_BINS + bin) * 2
      leftGradient += histogram[at] as number
      leftHessian += histogram[at + 1] as number
      if (leftHessian < minHessian) continue
      const rightHessian = hessian - leftHessian
      if (rightHessian < minHessian) break
      const gain =
        leftGradient ** 2 / (leftHessian + lambda) +
        (gradient - leftGradient) ** 2 / (rightHessian + lambda) -
        whole
      if (gain > (best?.gain ?? 1e-9)) best = { gain, feature, bin }
    }
  }
  return best
}

/**
 * @param order the rows to learn from; reordered
 * @param gradients first derivatives of the loss by the log-odds, per row
 * @param hessians second derivatives
 */
export const growTree = (
  data: BinnedFeatures,
  order: Int32Array,
  gradients: Float64Array,
  hessians: Float64Array,
  options: TreeOptions,
): Tree => {
  const tree = { feature: [-1], threshold: [0], left: [0], right: [0], value: [0] }
  const scratch = new Int32Array(order.length)

  const makeLeaf = (node: number, from: number, to: number, histogram: Float64Array): Leaf => {
    let gradient = 0
    let hessian = 0
    // Every feature's bins hold all rows: those of the first are enough.
    for (let at = 0; at < MAX_BINS * 2; at += 2) {
      gradient += histogram[at] as number
      hessian += histogram[at + 1] as number
    }
    const split = bestSplit(data, histogram, gradient, hessian, options)
    return { node, from, to, gradient, hessian, histogram, split }
  }

  /** Puts the rows that go left first, both sides in their old order. */
  const partition = ({ from, to }: Leaf, { feature, bin }: Split): number => {
    let left = from
    let right = 0
    for (let i = from; i < to; i++) {
      const row = order[i] as number
      if ((data.bins[row * data.width + feature] as number) <= bin) order[left++] = row
      else scratch[right++] = row
    }
    order.set(scratch.subarray(0, right), left)
    return left
  }

  const addNode = (): number => {
    for (const column of [tree.threshold, tree.left, tree.right, tree.value]) column.push(0)
    return tree.feature.push(-1) - 1
  }

  const leaves = [makeLeaf(0, 0, order.length, histogramOf(data, order, gradients, hessians))]
  while (leaves.length < options.leaves) {
    let chosen = -1
    for (const [i, leaf] of leaves.entries()) {
      if (leaf.split && leaf.split.gain > (leaves[chosen]?.split?.gain ?? 0)) chosen = i
    }
    const leaf = leaves[chosen]
    if (!leaf?.split) break
    const middle = partition(leaf, leaf.split)
    const left = addNode()
    const right = addNode()
    tree.feature[leaf.node] = leaf.split.feature
    tree.threshold[leaf.node] = data.edges[leaf.split.feature]?.[leaf.split.bin] ?? 0
    tree.left[leaf.node] = left
    tree.right[leaf.node] = right
    // The smaller side is counted, the larger is what remains of the parent.
    const leftIsSmaller = middle - leaf.from <= leaf.to - middle
    const smaller = leftIsSmaller ? order.subarray(leaf.from, middle) : order.subarray(middle, leaf.to)
    const counted = histogramOf(data, smaller, gradients, hessians)
    const remaining = subtract(leaf.histogram, counted)
    leaves[chosen] = makeLeaf(left, leaf.from, middle, leftIsSmaller ? counted : remaining)
    leaves.push(makeLeaf(right, middle, leaf.to, leftIsSmaller ? remaining : counted))
  }
  for (const { node, gradient, hessian } of leaves) {
    tree.value[node] = Math.fround((-gradient / (hessian + options.lambda)) * options.learningRate)
  }
  return tree
}
