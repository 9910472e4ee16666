import { MalformedRequest } from './model.ts'

/** https://protobuf.dev/programming-guides/encoding/ */
export const WIRE_TYPE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const
const MAX_VARINT_BYTES = 10
const MAX_FIELD = 2 ** 29 - 1

const malformed = (what: string): MalformedRequest => new MalformedRequest(`Invalid protobuf: ${what}.`)

/**
 * Reads protobuf's wire format from a part of a buffer, forwards. Every read is checked against the part's end, so that
 * damaged input ends in {@link MalformedRequest} and nothing else.
 */
export class ProtobufReader {
  readonly #buffer: Buffer
  readonly #end: number
  #position: number
  #wireType = 0

  constructor(buffer: Buffer, start = 0, end = buffer.length) {
    this.#buffer = buffer
    this.#position = start
    this.#end = end
  }

  /** The next field's number, or 0 at the end. Its value must be read or skipped before the next call. */
  next(): number {
    if (this.#position >= this.#end) return 0
    const tag = this.#varint()
    this.#wireType = tag % 8
    const field = Math.floor(tag / 8)
    if (field === 0 || field > MAX_FIELD) throw malformed(`field number ${field}`)
    return field
  }

  skip(): void {
    switch (this.#wireType) {
      case WIRE_TYPE.varint:
        this.#varint()
        return
      case WIRE_TYPE.fixed64:
        this.#take(8)
        return
      case WIRE_TYPE.bytes:
        this.#take(this.#varint())
        return
      case WIRE_TYPE.fixed32:
        this.#take(4)
        return
      default:
        // Groups were never part of proto3.
        throw malformed(`wire type ${this.#wireType}`)
    }
  }

  /** A reader of the embedded message. */
  message(): ProtobufReader {
    this.#expect(WIRE_TYPE.bytes)
    const length = this.#varint()
    const start = this.#take(length)
    return new ProtobufReader(this.#buffer, start, start + length)
  }

  string(): string {
    this.#expect(WIRE_TYPE.bytes)
    const length = this.#varint()
    const start = this.#take(length)
    return this.#buffer.toString('utf8', start, start + length)
  }

  /** Shares the buffer's memory. */
  bytes(): Buffer {
    this.#expect(WIRE_TYPE.bytes)
    const length = this.#varint()
    const start = this.#take(length)
    return this.#buffer.subarray(start, start + length)
  }

  /** @param lengths in bytes that the field may have */
  hex(lengths: readonly number[], what: string): string {
    const bytes = this.bytes()
    if (!lengths.includes(bytes.length)) throw malformed(`${what} of ${bytes.length} bytes`)
    return bytes.toString('hex')
  }

  double(): number {
    this.#expect(WIRE_TYPE.fixed64)
    return this.#buffer.readDoubleLE(this.#take(8))
  }

  fixed64(): bigint {
    this.#expect(WIRE_TYPE.fixed64)
    return this.#buffer.readBigUInt64LE(this.#take(8))
  }

  boolean(): boolean {
    this.#expect(WIRE_TYPE.varint)
    return this.#bigVarint() !== 0n
  }

  /** Of an enumeration. What does not fit in 32 bits is cut, as protobuf does. */
  enumeration(): number {
    this.#expect(WIRE_TYPE.varint)
    return Number(BigInt.asIntN(32, this.#bigVarint()))
  }

  /** A number where that is exact. */
  int64(): number | bigint {
    this.#expect(WIRE_TYPE.varint)
    const first = this.#buffer[this.#position]
    if (first !== undefined && first < 0x80 && this.#position < this.#end) {
      this.#position++
      return first
    }
    const value = BigInt.asIntN(64, this.#bigVarint())
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }

  #expect(wireType: number): void {
    if (this.#wireType !== wireType) throw malformed(`wire type ${this.#wireType} instead of ${wireType}`)
  }

  /** The start of the next `length` bytes, which are passed. */
  #take(length: number): number {
    const start = this.#position
    if (length > this.#end - start) throw malformed('it ends within a field')
    this.#position = start + length
    return start
  }

  /** A tag or a length; both fit in 32 bits. */
  #varint(): number {
    let value = 0
    let factor = 1
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
    throw malformed('a varint of more than 10 bytes')
  }

  #bigVarint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw malformed('a varint of more than 10 bytes')
  }

  #byte(): number {
    if (this.#position >= this.#end) throw malformed('it ends within a field')
    return this.#buffer[this.#position++] as number
  }
}
