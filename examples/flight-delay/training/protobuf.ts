/**
 * Writes protocol buffers: https://protobuf.dev/programming-guides/encoding/. A message is the concatenation of its
 * fields, so a field is bytes and so is a message.
 */
export type Field = Uint8Array

const WIRE_VARINT = 0
const WIRE_LENGTH_DELIMITED = 2
const WIRE_32_BIT = 5

const varint = (value: number): number[] => {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a varint.`)
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}

const tag = (field: number, wireType: number): number[] => varint(field * 8 + wireType)

const floatBytes = (values: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(values.length * 4))
  for (const [i, value] of values.entries()) view.setFloat32(i * 4, value, true)
  return new Uint8Array(view.buffer)
}

/** A non-negative integer, up to 2^53 - 1. */
export const int = (field: number, value: number): Field =>
  Uint8Array.from([...tag(field, WIRE_VARINT), ...varint(value)])

export const float = (field: number, value: number): Field =>
  Buffer.concat([Uint8Array.from(tag(field, WIRE_32_BIT)), floatBytes([value])])

export const bytes = (field: number, value: Uint8Array): Field =>
  Buffer.concat([Uint8Array.from([...tag(field, WIRE_LENGTH_DELIMITED), ...varint(value.length)]), value])

export const string = (field: number, value: string): Field => bytes(field, Buffer.from(value, 'utf8'))

export const message = (field: number, fields: readonly Field[]): Field => bytes(field, Buffer.concat(fields))

/** Packed non-negative integers. */
export const ints = (field: number, values: readonly number[]): Field =>
  bytes(field, Uint8Array.from(values.flatMap(varint)))

/** Packed floats. */
export const floats = (field: number, values: readonly number[]): Field => bytes(field, floatBytes(values))
