/** Of JSON, in bytes: what is longer is parsed each time, as it hardly comes again. */
const MAX_LENGTH = 512
export const MAX_USE = 3
const SLOTS = 4_096
const WORD = 4
const SLOT_WORDS = MAX_LENGTH / WORD
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

const wordsOf = (length: number): number => (length + WORD - 1) >> 2

const parse = (bytes: Buffer, from: number, to: number): unknown =>
  JSON.parse(bytes.toString('utf8', from, to))

/**
 * A value of JSON that may be shared by many documents, and must not be changed. Who reads it may keep here what it makes of
 * it, as looking that up elsewhere costs more than to make it anew.
 */
export class SharedValue {
  readonly value: unknown
  memo: unknown

  constructor(value: unknown) {
    this.value = value
    this.memo = undefined
  }
}

/**
 * Parses JSON of which the same bytes come again and again, such as annotations: each once, then found by its bytes. Takes two
 * megabytes and the values.
 */
export class ValueCache {
  readonly #values: Array<SharedValue | undefined> = new Array<SharedValue | undefined>(SLOTS).fill(undefined)
  /** By slot, the bytes of its value: how many they are and for what use, and themselves as words. */
  readonly #keys = new Int32Array(SLOTS)
  readonly #words = new Int32Array(SLOTS * SLOT_WORDS)
  /** The bytes that are looked for. */
  readonly #sought = new Int32Array(SLOT_WORDS)

  /**
   * @param use what the value is read for, from 0 on to {@link MAX_USE}: other uses keep other things in its memo
   * @throws SyntaxError where there is no JSON
   */
  read(bytes: Buffer, from: number, to: number, use: number): SharedValue {
    const length = to - from
    if (length > MAX_LENGTH) return new SharedValue(parse(bytes, from, to))
    const key = length * (MAX_USE + 1) + use
    const slot = this.#seek(bytes, from, to, key)
    const present = this.#values[slot]
    if (present !== undefined && this.#keys[slot] === key && this.#isSame(slot, length)) return present
    const value = new SharedValue(parse(bytes, from, to))
    const count = wordsOf(length)
    for (let index = 0; index < count; index++) {
      this.#words[slot * SLOT_WORDS + index] = this.#sought[index] as number
    }
    this.#keys[slot] = key
    this.#values[slot] = value
    return value
  }

  /** Returns the slot that the bytes belong to. */
  #seek(bytes: Buffer, from: number, to: number, key: number): number {
    const words = this.#sought
    const count = wordsOf(to - from)
    let hash = FNV_OFFSET ^ key
    let at = from
    for (let index = 0; index < count; index++) {
      let word = bytes[at] as number
      if (at + WORD <= to) {
        word |=
          ((bytes[at + 1] as number) << 8) |
          ((bytes[at + 2] as number) << 16) |
          ((bytes[at + 3] as number) << 24)
      } else {
        for (let rest = at + 1; rest < to; rest++) word = (word << 8) | (bytes[rest] as number)
      }
      words[index] = word
      hash = Math.imul(hash ^ word, FNV_PRIME)
      hash ^= hash >>> 15
      at += WORD
    }
    return hash & (SLOTS - 1)
  }

  #isSame(slot: number, length: number): boolean {
    const first = slot * SLOT_WORDS
    const count = wordsOf(length)
    for (let index = 0; index < count; index++) {
      if (this.#words[first + index] !== this.#sought[index]) return false
    }
    return true
  }
}
