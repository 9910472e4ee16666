import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** A running checksum. */
interface Checksum {
  update(bytes: Uint8Array): void
  /** In base64, as S3's headers carry it. */
  digest(): string
}

const CRC32C_POLYNOMIAL = 0x82f63b78
/** CRC-64/NVME, reflected, in two halves. */
const CRC64_HIGH = 0x9a6c9329
const CRC64_LOW = 0xac4bc9b5

const crc32cTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CRC32C_POLYNOMIAL : crc >>> 1
  return crc
})

const [crc64High, crc64Low] = (() => {
  const high = new Uint32Array(256)
  const low = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let upper = 0
    let lower = byte
    for (let bit = 0; bit < 8; bit++) {
      const carry = lower & 1
      lower = (lower >>> 1) | (upper << 31)
      upper >>>= 1
      if (carry) {
        upper ^= CRC64_HIGH
        lower ^= CRC64_LOW
      }
    }
    high[byte] = upper
    low[byte] = lower
  }
  return [high, low] as const
})()

const base64Of = (...words: readonly number[]): string => {
  const bytes = Buffer.alloc(words.length * 4)
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word >>> 0, index * 4)
  return bytes.toString('base64')
}

const createCrc32 = (): Checksum => {
  let crc = 0
  return {
    update: bytes => {
      crc = crc32(bytes, crc)
    },
    digest: () => base64Of(crc),
  }
}

const createCrc32c = (): Checksum => {
  let crc = ~0
  return {
    update: bytes => {
      for (const byte of bytes) crc = (crc32cTable[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)
    },
    digest: () => base64Of(~crc),
  }
}

const createCrc64Nvme = (): Checksum => {
  let high = ~0
  let low = ~0
  return {
    update: bytes => {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff
        low = ((low >>> 8) | (high << 24)) ^ (crc64Low[index] as number)
        high = (high >>> 8) ^ (crc64High[index] as number)
      }
    },
    digest: () => base64Of(~high, ~low),
  }
}

const createHashed = (algorithm: string) => (): Checksum => {
  const hash = createHash(algorithm)
  return { update: bytes => void hash.update(bytes), digest: () => hash.digest('base64') }
}

const ALGORITHMS = {
  ChecksumCRC32: createCrc32,
  ChecksumCRC32C: createCrc32c,
  ChecksumCRC64NVME: createCrc64Nvme,
  ChecksumSHA1: createHashed('sha1'),
  ChecksumSHA256: createHashed('sha256'),
  ChecksumSHA512: createHashed('sha512'),
  ChecksumMD5: createHashed('md5'),
} as const

/** The input and output members of the checksums that we verify. */
export type ChecksumMember = keyof typeof ALGORITHMS

export const CHECKSUM_MEMBERS = Object.keys(ALGORITHMS) as readonly ChecksumMember[]

/** Checksums by member, in base64. */
export type Checksums = Partial<Record<ChecksumMember, string>>

export const createChecksum = (member: ChecksumMember): Checksum => ALGORITHMS[member]()

/** Those of an input's members that are checksums. */
export const checksumsOf = (
  input: Readonly<Partial<Record<ChecksumMember, string | undefined>>>,
): Checksums => {
  const found: Checksums = {}
  for (const member of CHECKSUM_MEMBERS) {
    const value = input[member]
    if (value !== undefined) found[member] = value
  }
  return found
}
