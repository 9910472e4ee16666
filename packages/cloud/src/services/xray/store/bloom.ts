/** Bits: for a million traces one in a thousand that is new is taken for known, and looked up in vain. */
const BITS = 2 ** 24
const PROBES = 4
const FNV_PRIME = 0x01000193
const SEEDS = [0x811c9dc5, 0x050c5d1f] as const

const hash = (text: string, seed: number): number => {
  let value = seed
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), FNV_PRIME)
  return (value ^ (value >>> 15)) >>> 0
}

/**
 * A set of texts that takes two megabytes whatever it holds: what it has not is certainly new, what it has is probably
 * known. Most traces come whole, so that this saves looking for each in the index.
 */
export class BloomFilter {
  readonly #bits = new Uint32Array(BITS / 32)

  /** Adds a text. Returns whether it may have been there. */
  add(text: string): boolean {
    const first = hash(text, SEEDS[0])
    const step = hash(text, SEEDS[1]) | 1
    let there = true
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (first + probe * step) & (BITS - 1)
      const word = bit >>> 5
      const mask = 1 << (bit & 31)
      const present = this.#bits[word] ?? 0
      if ((present & mask) === 0) {
        there = false
        this.#bits[word] = present | mask
      }
    }
    return there
  }

  clear(): void {
    this.#bits.fill(0)
  }
}
