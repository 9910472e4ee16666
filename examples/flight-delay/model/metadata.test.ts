import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FEATURE_NAMES } from '../features/features.ts'
import { writeOnnx } from '../training/onnx-writer.ts'
import { ModelFileError, readMetadata, readProperties } from './metadata.ts'

const FOREST = {
  base: -1,
  trees: [{ feature: [-1], threshold: [0], left: [0], right: [0], value: [0.5] }],
}

describe('model metadata', () => {
  it('of the model in the repository names the features that the function computes', async () => {
    const metadata = readMetadata(await readFile(join(import.meta.dirname, 'model.onnx')))
    expect(metadata.featureNames).toEqual(FEATURE_NAMES)
    expect(metadata.modelVersion).toMatch(/^2001-05-[0-9a-f]{8}$/)
    const card = await readFile(join(import.meta.dirname, 'MODEL_CARD.md'), 'utf8')
    expect(card).toContain(metadata.modelVersion)
    expect(card).toContain(`**Threshold ${metadata.threshold}**`)
  })

  it('is read as it was written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
        properties => {
          expect(readProperties(writeOnnx(FOREST, 1, properties))).toEqual(
            new Map(Object.entries(properties)),
          )
        },
      ),
    )
  })

  it.each([
    ['model_version', { threshold: '0.5', feature_names: '[]' }],
    ['threshold', { model_version: 'v', feature_names: '[]' }],
    ['threshold', { model_version: 'v', feature_names: '[]', threshold: 'x' }],
    ['feature names', { model_version: 'v', feature_names: '{}', threshold: '0.5' }],
  ])('says that %s is missing or unusable', (what, properties: Record<string, string>) => {
    expect(() => readMetadata(writeOnnx(FOREST, 1, properties))).toThrow(what)
  })

  it('of any bytes is read or refused, never more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          readProperties(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(ModelFileError)
        }
      }),
    )
  })
})
