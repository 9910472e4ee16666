import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidrBlocks } from './cidr.ts'

describe('Fn::Cidr', () => {
  it.each<[(string | number)[], string[]]>([
    [
      ['192.168.0.0/24', 6, 5],
      [
        '192.168.0.0/27',
        '192.168.0.32/27',
        '192.168.0.64/27',
        '192.168.0.96/27',
        '192.168.0.128/27',
        '192.168.0.160/27',
      ],
    ],
    [
      ['10.0.0.0/16', '2'],
      ['10.0.0.0/24', '10.0.1.0/24'],
    ],
    [['10.0.5.7/16', 1, 8], ['10.0.0.0/24']],
    [
      ['0.0.0.0/0', 2, 31],
      ['0.0.0.0/1', '128.0.0.0/1'],
    ],
    [
      ['2001:db8::/56', 3],
      ['2001:db8::/64', '2001:db8:0:1::/64', '2001:db8:0:2::/64'],
    ],
    [
      ['::/0', 2, 127],
      ['::/1', '8000::/1'],
    ],
  ])('%j', (values, expected) => {
    expect(cidrBlocks(values)).toEqual(expected)
  })

  it.each([
    [['10.0.0.0/16', 0]],
    [['10.0.0.0/16', 257]],
    [['10.0.0.0/24', 3, 7]],
    [['10.0.0.0/24', 1, 9]],
    [['10.0.0.0', 1]],
    [['10.0.0.0/33', 1]],
    [['nonsense/8', 1]],
  ])('refuses %j', values => {
    expect(() => cidrBlocks(values)).toThrow(/^Template error: Fn::Cidr: /)
  })

  it('makes adjoining blocks of the asked size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 16 }), fc.integer({ min: 1, max: 64 }), (prefix, count) => {
        const blocks = cidrBlocks([`10.0.0.0/${prefix}`, count, 8])
        const starts = blocks.map(block =>
          block
            .split(/[./]/)
            .slice(0, 4)
            .reduce((sum, octet) => sum * 256 + Number(octet), 0),
        )
        expect(blocks.every(block => block.endsWith('/24'))).toBe(true)
        expect(starts).toEqual(starts.map((_, i) => (starts[0] ?? 0) + i * 256))
      }),
    )
  })
})
