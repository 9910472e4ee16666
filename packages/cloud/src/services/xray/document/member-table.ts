import type { Bytes } from './json-bytes.ts'

const encoder = new TextEncoder()
/** What of a first byte tells lower-case letters apart. */
const FIRST = 32

/**
 * Finds the names of members as bytes.
 *
 * @param names ASCII, told apart by their lengths and first letters
 * @returns gives the position of a name in the list, -1 for others
 */
export const memberTable = (
  names: readonly string[],
): ((bytes: Bytes, at: number, end: number) => number) => {
  const slotOf = (length: number, first: number): number => length * FIRST + (first & (FIRST - 1))
  const longest = Math.max(...names.map(({ length }) => length))
  const slots = new Int8Array(slotOf(longest + 1, 0)).fill(-1)
  const texts = names.map(name => encoder.encode(name))
  for (const [index, name] of names.entries()) {
    const slot = slotOf(name.length, name.charCodeAt(0))
    if (slots[slot] !== -1) throw new TypeError(`${name} has the length and first letter of another`)
    slots[slot] = index
  }
  return (bytes, at, end) => {
    const length = end - at
    if (length > longest || length === 0) return -1
    const found = slots[slotOf(length, bytes[at] as number)] as number
    if (found < 0) return -1
    const text = texts[found] as Uint8Array
    for (let index = 0; index < length; index++) if (bytes[at + index] !== text[index]) return -1
    return found
  }
}
