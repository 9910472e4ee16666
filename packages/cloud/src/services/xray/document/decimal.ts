import { type Bytes, DOT, ZERO } from './json-bytes.ts'

const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] as const
const MAX_FRACTION = POWERS.length - 1
const MAX_WHOLE = 15
/**
 * From here on (the year 2004) the whole and the fraction, each as a double, add up to the double that is nearest to the
 * decimal: what half a step of the sum (2^-23 or more) differs from a fraction of nine digits is, if anything, 2^-53 or
 * more, and the fraction is off by 2^-54 at most.
 */
const LEAST_WHOLE = 2 ** 30

const decoder = new TextDecoder('latin1')

const digitsAt = (bytes: Bytes, from: number, to: number): number => {
  let value = 0
  for (let index = from; index < to; index++) value = value * 10 + (bytes[index] as number) - ZERO
  return value
}

/** What `Number` reads from digits with perhaps a dot between them; at once where it is what times mostly are. */
export const decimalAt = (bytes: Bytes, from: number, to: number): number => {
  let dot = from
  while (dot < to && bytes[dot] !== DOT) dot++
  const fraction = to - dot - 1
  if (dot - from <= MAX_WHOLE && fraction <= MAX_FRACTION) {
    const whole = digitsAt(bytes, from, dot)
    if (dot === to) return whole
    if (whole >= LEAST_WHOLE) return whole + digitsAt(bytes, dot + 1, to) / (POWERS[fraction] as number)
  }
  return Number(decoder.decode(bytes.subarray(from, to)))
}
