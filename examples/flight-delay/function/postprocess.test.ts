import { describe, expect, it } from 'vitest'
import { postprocess } from './postprocess.ts'

describe('postprocess', () => {
  it.each([
    [0.2299999, 'on time', 0.23],
    [0.23, 'late', 0.23],
    [0.987654321, 'late', 0.987654],
    [0, 'on time', 0],
  ])('judges %f against the threshold before rounding: %s', (probability, verdict, shown) => {
    expect(postprocess({ probability, threshold: 0.23, modelVersion: 'v1' })).toEqual({
      probability: shown,
      threshold: 0.23,
      verdict,
      model_version: 'v1',
    })
  })
})
