import fc from 'fast-check'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { boost } from './boosting.ts'
import { INPUT_NAME, OUTPUT_NAME, writeOnnx } from './onnx-writer.ts'
import { seededRandom } from './random.ts'
import { type Forest, predictForest } from './tree.ts'

const WIDTH = 3

const runOnnx = async (forest: Forest, features: Float32Array): Promise<number[]> => {
  const session = await InferenceSession.create(writeOnnx(forest, WIDTH, { model_version: 'test' }))
  const input = new Tensor('float32', features, [features.length / WIDTH, WIDTH])
  const output = (await session.run({ [INPUT_NAME]: input }))[OUTPUT_NAME]
  await session.release()
  expect(output?.dims).toEqual([features.length / WIDTH, 1])
  return Array.from(output?.data as Float32Array)
}

const expectEqual = async (forest: Forest, features: Float32Array): Promise<void> => {
  const expected = predictForest(forest, features, WIDTH)
  const actual = await runOnnx(forest, features)
  // The runtime adds float32 leaves in float32: some units in the last place.
  for (const [row, probability] of actual.entries()) {
    expect(Math.abs(probability - (expected[row] ?? Number.NaN))).toBeLessThan(2e-6)
  }
}

const random = seededRandom(11)
const features = Float32Array.from({ length: 3000 * WIDTH }, () => Math.floor(random() * 1000) / 7 - 40)
const examples = {
  length: 3000,
  features,
  flights: new Float64Array(3000).fill(1),
  late: Float64Array.from({ length: 3000 }, (_, row) => Number((features[row * WIDTH] ?? 0) > random() * 50)),
}
const FOREST = boost(examples, WIDTH, {
  rounds: 50,
  leaves: 31,
  lambda: 1,
  minHessian: 1,
  learningRate: 0.2,
  subsample: 0.8,
  seed: 1,
})

describe('writeOnnx', () => {
  it('makes a model with which onnxruntime predicts what the trainer predicts', async () => {
    await expectEqual(FOREST, features)
  })

  it('agrees on rows that lie exactly on thresholds and one float32 beside them', async () => {
    const bits = new Uint32Array(1)
    const value = new Float32Array(bits.buffer)
    const beside = (threshold: number, step: number): number => {
      value[0] = threshold
      bits[0] = (bits[0] ?? 0) + step
      return value[0] ?? 0
    }
    const thresholds = FOREST.trees.flatMap(({ feature, threshold }) =>
      threshold.filter((_, node) => (feature[node] ?? -1) >= 0),
    )
    const values = thresholds.flatMap(threshold => [beside(threshold, -1), threshold, beside(threshold, 1)])
    await expectEqual(FOREST, Float32Array.from(values.flatMap(value => [value, value, value])))
  })

  it('agrees on any finite row', async () => {
    const row = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: WIDTH,
      maxLength: WIDTH,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 50 }), async rows => {
        await expectEqual(FOREST, Float32Array.from(rows.flat()))
      }),
      { numRuns: 30 },
    )
  })

  it('writes trees that are one leaf', async () => {
    const leaf = { feature: [-1], threshold: [0], left: [0], right: [0], value: [0.5] }
    await expectEqual({ base: -1, trees: [leaf, leaf] }, Float32Array.of(1, 2, 3))
  })
})
