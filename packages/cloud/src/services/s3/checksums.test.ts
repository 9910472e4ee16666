import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHECKSUM_MEMBERS, type ChecksumMember, createChecksum } from './checksums.ts'

const digest = (member: ChecksumMember, ...parts: readonly Uint8Array[]): string => {
  const checksum = createChecksum(member)
  for (const part of parts) checksum.update(part)
  return checksum.digest()
}

const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex')

describe('checksums', () => {
  // The catalogue's check values: https://reveng.sourceforge.io/crc-catalogue/all.htm
  it.each([
    ['ChecksumCRC32', 'cbf43926'],
    ['ChecksumCRC32C', 'e3069283'],
    ['ChecksumCRC64NVME', 'ae8b14860a799888'],
    ['ChecksumSHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['ChecksumMD5', '25f9e794323b453885f5181f1b624d0b'],
  ] as const)('%s of "123456789" is %s', (member, expected) => {
    expect(hex(digest(member, Buffer.from('123456789')))).toBe(expected)
  })

  it.each(CHECKSUM_MEMBERS)('%s does not depend on how the bytes arrive', member => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, cut) => {
        expect(digest(member, bytes.subarray(0, cut), bytes.subarray(cut))).toBe(digest(member, bytes))
      }),
    )
  })
})
