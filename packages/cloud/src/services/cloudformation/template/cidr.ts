import { isIPv4, isIPv6 } from 'node:net'
import { templateError } from '../errors.ts'

/** `Fn::Cidr` makes 1 to 256 blocks. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-cidr.html */
const MAX_BLOCKS = 256

interface Family {
  readonly bits: number
  /** Host bits of a block where the template gives none. */
  readonly defaultHostBits: number
  parse(address: string): bigint
  print(address: bigint): string
}

const V4: Family = {
  bits: 32,
  defaultHostBits: 8,
  parse: address => address.split('.').reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n),
  print: address => [24n, 16n, 8n, 0n].map(shift => String((address >> shift) & 255n)).join('.'),
}

const groups = (text: string): bigint[] =>
  text === '' ? [] : text.split(':').map(group => BigInt(`0x${group}`))

const V6: Family = {
  bits: 128,
  defaultHostBits: 64,
  parse: address => {
    const [head = '', tail] = address.split('::')
    const left = groups(head)
    const right = groups(tail ?? '')
    const gap = Array.from({ length: 8 - left.length - right.length }, () => 0n)
    return [...left, ...gap, ...right].reduce((sum, group) => (sum << 16n) | group, 0n)
  },
  print: address => {
    const all = Array.from({ length: 8 }, (_, i) =>
      ((address >> BigInt(16 * (7 - i))) & 0xffffn).toString(16),
    ).join(':')
    // The longest run of zero groups is written `::`, as RFC 5952 asks.
    const runs = [...all.matchAll(/(?:^|:)(0(?::0)+)(?=:|$)/g)]
    const longest = runs.reduce(
      (best, run) => ((run[1] ?? '').length > best.length ? (run[1] ?? '') : best),
      '',
    )
    if (longest === '') return all
    const at = all.search(new RegExp(`(?<=^|:)${longest}(?=:|$)`))
    const before = all.slice(0, at).replace(/:$/, '')
    const after = all.slice(at + longest.length).replace(/^:/, '')
    return `${before}::${after}`
  },
}

const wholeNumber = (value: string | number | boolean | undefined): number | undefined =>
  value !== undefined && /^\d+$/.test(String(value)) ? Number(value) : undefined

/**
 * `Fn::Cidr`'s blocks: `count` consecutive ones with `hostBits` host bits from the start of `ipBlock`.
 *
 * @param values `[ipBlock, count, hostBits?]`
 */
export const cidrBlocks = (values: ReadonlyArray<string | number | boolean>): string[] => {
  const [block, countValue, hostBitsValue, ...more] = values
  const count = wholeNumber(countValue)
  const [address = '', prefixText] = String(block).split('/')
  const family = isIPv4(address) ? V4 : isIPv6(address) && !address.includes('.') ? V6 : undefined
  const prefix = wholeNumber(prefixText)
  if (!family || prefix === undefined || prefix > family.bits || more.length > 0) {
    throw templateError(`Fn::Cidr: ${String(block)} is not a valid CIDR block`)
  }
  if (count === undefined || count < 1 || count > MAX_BLOCKS) {
    throw templateError(`Fn::Cidr: the count must be from 1 to ${MAX_BLOCKS}`)
  }
  const hostBits = hostBitsValue === undefined ? family.defaultHostBits : wholeNumber(hostBitsValue)
  if (hostBits === undefined || hostBits < 1 || hostBits > family.bits - prefix) {
    throw templateError(
      `Fn::Cidr: ${String(block)} has no blocks with ${String(hostBitsValue ?? family.defaultHostBits)} host bits`,
    )
  }
  const size = 1n << BigInt(hostBits)
  const whole = 1n << BigInt(family.bits - prefix)
  if (size * BigInt(count) > whole)
    throw templateError(`Fn::Cidr: ${String(block)} does not hold ${count} blocks`)
  const start = (family.parse(address) / whole) * whole
  return Array.from(
    { length: count },
    (_, i) => `${family.print(start + size * BigInt(i))}/${family.bits - hostBits}`,
  )
}
