import type { ByteText } from './byte-text.ts'
import { type Bytes, skipValue, UNSURE } from './json-bytes.ts'
import { type Hole, learnShape, MAX_HOLES, type Shape } from './shape.ts'
import { ID_LENGTH, isId, isTraceId, skipTime, TRACE_ID_LENGTH } from './skip-member.ts'

/** Kept; those that were not seen for long are forgotten. */
const MAX_SHAPES = 64
/** Tried for a document. Most that do not fit differ in a name near the beginning. */
const MAX_TRIES = 12
/** Where documents do not come again in the same shapes, only one in so many that fit none is learned from. */
const LEARN_ONE_IN = 16

/** Instead of where a hole begins: it has its `likelyValue`. */
export const LIKELY = -1

interface KnownShape<T> {
  readonly shape: Shape
  readonly derived: T
  /** What came after it last: documents of a trace mostly come in the same order. */
  next: KnownShape<T> | undefined
}

/**
 * Tells the shapes of documents, which it learns from these. Where a document fits a shape, what was said about the one
 * that the shape was learned from holds for it: it is valid JSON with the same members, and its ids and times are such.
 */
export class ShapeMatcher<T> {
  /** Where the holes of what was matched last begin and end, one after the other; {@link LIKELY} for a beginning. */
  readonly places = new Int32Array(2 * MAX_HOLES)
  /** From those that were seen last on. */
  #known: Array<KnownShape<T>> = []
  #last: KnownShape<T> | undefined
  #missed = 0
  /** Whether the hole that was looked at last has its likely value. */
  #isLikely = false
  #bytes: Bytes = new Uint8Array()
  #view: DataView = new DataView(new ArrayBuffer(0))
  readonly #derive: (shape: Shape) => T

  /** @param derive what is to be known of a shape, asked once */
  constructor(derive: (shape: Shape) => T) {
    this.#derive = derive
  }

  /**
   * @param from where the document begins in the bytes
   * @param to where it ends; a line break must stand there
   * @returns what is known of the shape that it fits
   */
  match(bytes: Bytes, from: number, to: number): T | undefined {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    const likely = this.#last?.next
    if (likely && this.#fits(likely.shape, from, to)) {
      this.#last = likely
      return likely.derived
    }
    const known = this.#known
    const tries = Math.min(known.length, MAX_TRIES)
    for (let index = 0; index < tries; index++) {
      const one = known[index] as KnownShape<T>
      if (one === likely || !this.#fits(one.shape, from, to)) continue
      if (this.#last) this.#last.next = one
      this.#last = one
      known.copyWithin(1, 0, index)
      known[0] = one
      return one.derived
    }
    return undefined
  }

  /** Learns from a valid document that fitted no shape. */
  learn(bytes: Bytes, from: number, to: number): void {
    this.#missed++
    if (this.#missed > MAX_SHAPES && this.#missed % LEARN_ONE_IN > 0) return
    const shape = learnShape(bytes, from, to)
    if (!shape) return
    const known: KnownShape<T> = { shape, derived: this.#derive(shape), next: undefined }
    if (this.#last) this.#last.next = known
    this.#last = known
    this.#known = [known, ...this.#known.slice(0, MAX_SHAPES - 1)]
  }

  /** Nothing of the bytes that were matched is held on to. */
  release(): void {
    this.#bytes = new Uint8Array()
    this.#view = new DataView(this.#bytes.buffer)
  }

  #fits({ literals, holes }: Shape, from: number, to: number): boolean {
    const view = this.#view
    const places = this.places
    let at = from
    for (let index = 0; index < holes.length; index++) {
      const literal = literals[index] as ByteText
      if (!literal.isAt(view, at)) return false
      at += literal.length
      this.#isLikely = false
      const end = this.#endOfHole(holes[index] as Hole, at, (literals[index + 1] as ByteText).first)
      if (end === UNSURE) return false
      places[2 * index] = this.#isLikely ? LIKELY : at
      places[2 * index + 1] = end
      at = end
    }
    const last = literals[holes.length] as ByteText
    return at + last.length === to && last.isAt(view, at)
  }

  /** @param next the byte that must stand behind the hole */
  #endOfHole({ kind, likely, depth }: Hole, at: number, next: number): number {
    const bytes = this.#bytes
    switch (kind) {
      case 'id':
      case 'parent_id':
        return isId(bytes, at) ? at + ID_LENGTH : UNSURE
      case 'trace_id':
        return isTraceId(bytes, at) ? at + TRACE_ID_LENGTH : UNSURE
      case 'start_time':
      case 'end_time':
        return skipTime(bytes, at)
      default: {
        const end = at + likely.length
        this.#isLikely = bytes[end] === next && likely.isAt(this.#view, at)
        return this.#isLikely ? end : skipValue(bytes, at, depth)
      }
    }
  }
}
