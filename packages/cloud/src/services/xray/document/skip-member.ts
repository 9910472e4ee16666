import { type Bytes, HEX, MINUS, QUOTE, skipDecimal, UNSURE } from './json-bytes.ts'

/** `1-` + 8 hexadecimal digits + `-` + 24 hexadecimal digits. */
export const TRACE_ID_LENGTH = 35
export const ID_LENGTH = 16
/** Times that are written longer are left to `JSON.parse`. */
const MAX_TIME_LENGTH = 40
const ONE = 0x31

const isHex = (bytes: Bytes, from: number, to: number): boolean => {
  for (let index = from; index < to; index++) if (HEX[bytes[index] as number] !== 1) return false
  return true
}

/** Whether an id stands here, behind a quote. */
export const isId = (bytes: Bytes, at: number): boolean => isHex(bytes, at, at + ID_LENGTH)

/** Whether a trace id stands here, behind a quote. */
export const isTraceId = (bytes: Bytes, at: number): boolean =>
  bytes[at] === ONE &&
  bytes[at + 1] === MINUS &&
  isHex(bytes, at + 2, at + 10) &&
  bytes[at + 10] === MINUS &&
  isHex(bytes, at + 11, at + TRACE_ID_LENGTH)

export const skipId = (bytes: Bytes, at: number): number => {
  const end = at + 1 + ID_LENGTH
  return bytes[at] === QUOTE && isId(bytes, at + 1) && bytes[end] === QUOTE ? end + 1 : UNSURE
}

export const skipTraceId = (bytes: Bytes, at: number): number => {
  const end = at + 1 + TRACE_ID_LENGTH
  return bytes[at] === QUOTE && isTraceId(bytes, at + 1) && bytes[end] === QUOTE ? end + 1 : UNSURE
}

/** A time, in seconds since the epoch; an exponent behind it is not looked at. */
export const skipTime = (bytes: Bytes, at: number): number => {
  const end = skipDecimal(bytes, at)
  return end - at <= MAX_TIME_LENGTH ? end : UNSURE
}
