import type { Bytes } from './json-bytes.ts'

const WORD = 4

const viewOf = (bytes: Bytes): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Bytes that others are compared with four at a time, as JavaScript would take four times as long one by one. */
export class ByteText {
  readonly length: number
  /** The first one; 0 of an empty text. */
  readonly first: number
  readonly #words: Int32Array
  readonly #rest: Uint8Array

  /** @param bytes are copied */
  constructor(bytes: Bytes) {
    const view = viewOf(bytes)
    this.length = bytes.length
    this.first = bytes[0] ?? 0
    this.#words = Int32Array.from({ length: bytes.length >> 2 }, (_, index) => view.getInt32(index * WORD))
    this.#rest = bytes.slice(this.#words.length * WORD)
  }

  /** Whether the text stands at a position of the bytes that a view shows. */
  isAt(view: DataView, at: number): boolean {
    if (at + this.length > view.byteLength) return false
    const words = this.#words
    let position = at
    for (let index = 0; index < words.length; index++) {
      if (view.getInt32(position) !== words[index]) return false
      position += WORD
    }
    const rest = this.#rest
    for (let index = 0; index < rest.length; index++) {
      if (view.getUint8(position + index) !== rest[index]) return false
    }
    return true
  }
}
