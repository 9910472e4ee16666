import { describe, expect, it } from 'vitest'
import { compileMediaTypes } from './media-types.ts'

describe('binary media types', () => {
  it.each<[types: string[], value: string | undefined, matches: boolean]>([
    [[], 'image/png', false],
    [['image/png'], 'image/png', true],
    [['image/png'], 'IMAGE/PNG; q=1', true],
    [['image/png'], 'image/jpeg', false],
    [['image/*'], 'image/jpeg', true],
    [['*/*'], undefined, true],
    [['image~1png'], 'image/png', true],
    [['image/png'], 'image/png, text/html', true],
    [['image/png'], 'text/html, image/png', false],
    [['image/png'], undefined, false],
  ])('%j and %j: %s', (types, value, matches) => {
    expect(compileMediaTypes(types)(value)).toBe(matches)
  })
})
