import type { Scope } from '../../../kernel/scope.ts'
import { TRACE_ID_LENGTH } from '../document/skip-member.ts'

const NEWLINE = 0x0a
const TAB = 0x09
const LOWER_CASE = 0x20
const LINE_BREAKS = /[\r\n]+/g
/** An account or region with one of these would tear the line. No signature of AWS's clients has them. */
const SEPARATORS = /[\t\r\n]/

/**
 * Writes documents as lines of the log: account and region, trace id, and the document as it was sent, apart by tabs. What
 * groups documents by trace so need not parse them.
 */
export class LineWriter {
  readonly #prefix: Buffer
  #bytes: Buffer
  #length = 0
  /** What the documents take of bytes, if each is written as it came. */
  readonly #size: number

  /**
   * @param texts the documents that are to be written, which it makes room for
   * @throws TypeError for a scope that no line can have
   */
  constructor({ account, region }: Scope, texts: readonly string[]) {
    const prefix = `${account}/${region}\t`
    if (SEPARATORS.test(prefix.slice(0, -1))) throw new TypeError('An account or region has a separator.')
    this.#prefix = Buffer.from(prefix)
    let size = 0
    for (const text of texts) size += this.#sizeOf(text)
    this.#size = size
    this.#bytes = Buffer.allocUnsafe(size)
  }

  /** The lines that were written. */
  get lines(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /**
   * Writes one of the documents that there is room for, where `find` knows its trace id.
   *
   * @param find where the trace id begins in the bytes, of a document from and to a position; negative to leave it out. A
   * line break stands behind the document
   * @returns whether it was written
   */
  writeScanned(text: string, find: (bytes: Buffer, from: number, to: number) => number): boolean {
    const start = this.#length + this.#prefix.length
    const from = start + TRACE_ID_LENGTH + 1
    const bytes = this.#bytes
    const to = from + bytes.write(text, from)
    bytes[to] = NEWLINE
    const traceId = find(bytes, from, to)
    if (traceId < 0) return false
    bytes.set(this.#prefix, this.#length)
    for (let index = 0; index < TRACE_ID_LENGTH; index++) {
      // Digits and hyphens have the bit as well.
      bytes[start + index] = (bytes[traceId + index] as number) | LOWER_CASE
    }
    bytes[from - 1] = TAB
    this.#length = to + 1
    return true
  }

  /** Writes any document. A line break can stand only between the tokens of valid JSON, so that a blank does as well. */
  write(text: string, traceId: string): void {
    const document = text.replace(LINE_BREAKS, ' ')
    this.#makeRoom(document)
    this.#length += this.#prefix.copy(this.#bytes, this.#length)
    this.#length += this.#bytes.write(`${traceId.toLowerCase()}\t${document}\n`, this.#length)
  }

  #sizeOf(text: string): number {
    return this.#prefix.length + TRACE_ID_LENGTH + 2 + Buffer.byteLength(text)
  }

  /** The parts of a list of documents may be longer than the list: there must still be room for all others. */
  #makeRoom(text: string): void {
    const size = this.#length + this.#sizeOf(text) + this.#size
    if (size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(2 * size)
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}
