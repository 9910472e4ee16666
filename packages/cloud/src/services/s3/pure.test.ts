import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkRead, checkWrite, readRange } from './conditions.ts'
import { compareKeys, listKeys } from './listing.ts'

describe('a range', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-', { start: 2, end: 9 }],
    ['bytes=2-100', { start: 2, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=5-2', undefined],
    ['bytes=0-1,3-4', undefined],
    ['lines=1-2', undefined],
    [undefined, undefined],
  ])('%s of ten bytes is %o', (header, range) => {
    expect(readRange(header, 10)).toEqual(range)
  })

  it.each(['bytes=10-', 'bytes=-0'])('%s behind the object is refused', header => {
    expect(() => readRange(header, 10)).toThrow('The requested range is not satisfiable')
  })
})

describe('conditions', () => {
  const modified = Date.UTC(2026, 0, 1, 0, 0, 0, 500)
  const at = (offset: number) => new Date(Date.UTC(2026, 0, 1) + offset)

  it.each([
    ['a matching ETag', { IfMatch: '"abc"' }, undefined],
    ['another ETag', { IfMatch: '"x", "y"' }, 'PreconditionFailed'],
    ['no such ETag wanted', { IfNoneMatch: 'W/"abc"' }, 'NotModified'],
    ['any ETag unwanted', { IfNoneMatch: '*' }, 'NotModified'],
    ['unchanged in the same second', { IfModifiedSince: at(0) }, 'NotModified'],
    ['changed since', { IfModifiedSince: at(-1_000) }, undefined],
    ['changed though it must not have', { IfUnmodifiedSince: at(-1_000) }, 'PreconditionFailed'],
    [
      'a matching ETag, which goes before the date',
      { IfMatch: 'abc', IfUnmodifiedSince: at(-1_000) },
      undefined,
    ],
  ])('%s', (_, conditions, code) => {
    if (code === undefined) expect(() => checkRead(conditions, 'abc', modified)).not.toThrow()
    else expect(() => checkRead(conditions, 'abc', modified)).toThrow(expect.objectContaining({ code }))
  })

  it('keep a write from replacing what is there, and from making what is not', () => {
    expect(() => checkWrite({ IfNoneMatch: '*' }, undefined)).not.toThrow()
    expect(() => checkWrite({ IfNoneMatch: '*' }, 'abc')).toThrow('pre-conditions')
    expect(() => checkWrite({ IfMatch: '"abc"' }, 'abc')).not.toThrow()
    expect(() => checkWrite({ IfMatch: '"abc"' }, undefined)).toThrow('pre-conditions')
  })
})

describe('a listing', () => {
  const keys = ['a/1', 'a/2', 'b', 'c/d/1', 'c/e'].sort(compareKeys)
  const page = (more: object) =>
    listKeys(keys, { prefix: '', delimiter: '', after: undefined, maxKeys: 1_000, ...more })

  it('groups by delimiter behind the prefix', () => {
    expect(page({ delimiter: '/' })).toEqual({ keys: ['b'], commonPrefixes: ['a/', 'c/'], next: undefined })
    expect(page({ delimiter: '/', prefix: 'c/' })).toEqual({
      keys: ['c/e'],
      commonPrefixes: ['c/d/'],
      next: undefined,
    })
  })

  it('is in the order of UTF-8 bytes', () => {
    expect(['\u{1f600}', '\uffee'].sort(compareKeys)).toEqual(['\uffee', '\u{1f600}'])
  })

  it('gives in pages of any size what it gives at once', () => {
    const key = fc.string({
      unit: fc.constantFrom('a', 'b', '/', 'é', '\u{1f600}'),
      minLength: 1,
      maxLength: 6,
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 20 }),
        fc.constantFrom('', '/', 'a'),
        fc.constantFrom('', 'a', '/'),
        fc.integer({ min: 1, max: 5 }),
        (all, delimiter, prefix, maxKeys) => {
          const sorted = all.sort(compareKeys)
          const whole = listKeys(sorted, { prefix, delimiter, after: undefined, maxKeys: 1_000 })
          const seen = { keys: [] as string[], commonPrefixes: [] as string[] }
          let after: string | undefined
          do {
            const { next, ...part } = listKeys(sorted, { prefix, delimiter, after, maxKeys })
            seen.keys.push(...part.keys)
            seen.commonPrefixes.push(...part.commonPrefixes)
            after = next
          } while (after !== undefined)
          expect(seen).toEqual({ keys: whole.keys, commonPrefixes: whole.commonPrefixes })
        },
      ),
    )
  })
})
