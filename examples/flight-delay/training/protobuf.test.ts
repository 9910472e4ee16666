import { describe, expect, it } from 'vitest'
import { bytes, floats, int, ints, message, string } from './protobuf.ts'

const hex = (field: Uint8Array): string => Buffer.from(field).toString('hex')

describe('protocol buffers', () => {
  // The examples of https://protobuf.dev/programming-guides/encoding/
  it.each([
    ['an integer', int(1, 150), '089601'],
    ['a string', string(2, 'testing'), '120774657374696e67'],
    ['a message', message(3, [int(1, 150)]), '1a03089601'],
    ['packed integers', ints(6, [3, 270, 86_942]), '3206038e029ea705'],
    ['packed floats', floats(7, [1, -2]), '3a080000803f000000c0'],
    ['a large field number', int(16, 0), '800100'],
    ['bytes', bytes(1, Uint8Array.of(0, 255)), '0a0200ff'],
    ['the largest integer', int(1, Number.MAX_SAFE_INTEGER), '08ffffffffffffff0f'],
  ])('are written for %s', (_what, field, expected) => {
    expect(hex(field)).toBe(expected)
  })

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuse %d as an integer', value => {
    expect(() => int(1, value)).toThrow(RangeError)
  })
})
