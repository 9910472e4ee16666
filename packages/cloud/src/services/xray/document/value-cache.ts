import type { Bytes } from './json-bytes.ts'

/** Of JSON, in bytes: what is longer is parsed each time, as it hardly comes again. */
const MAX_LENGTH = 512
const SLOTS = 4_096
const WORD = 4
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

interface Slot {
  readonly length: number
  readonly words: Int32Array
  readonly value: unknown
}

const isSame = (a: Int32Array, b: Int32Array, length: number): boolean => {
  for (let index = 0; index < length; index++) if (a[index] !== b[index]) return false
  return true
}

const parse = (bytes: Bytes, from: number, to: number): unknown =>
  JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString())

/**
 * Parses JSON of which the same bytes come again and again, such as names, origins and annotations: each once, then found
 * by its bytes. What it gives is shared and must not be changed. Takes some megabytes at most.
 */
export class ValueCache {
  readonly #slots: Array<Slot | undefined> = new Array<Slot | undefined>(SLOTS).fill(undefined)
  /** The bytes that are looked for, as words. */
  readonly #words = new Int32Array(Math.ceil(MAX_LENGTH / WORD))

  /** @throws SyntaxError where there is no JSON */
  read(bytes: Bytes, from: number, to: number): unknown {
    const length = to - from
    if (length > MAX_LENGTH) return parse(bytes, from, to)
    const words = this.#words
    const count = (length + WORD - 1) >> 2
    let hash = FNV_OFFSET ^ length
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
    const position = hash & (SLOTS - 1)
    const slot = this.#slots[position]
    if (slot !== undefined && slot.length === length && isSame(slot.words, words, count)) return slot.value
    const value = parse(bytes, from, to)
    this.#slots[position] = { length, words: words.slice(0, count), value }
    return value
  }
}
