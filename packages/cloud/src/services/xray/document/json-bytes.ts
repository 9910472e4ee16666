/**
 * Walks over JSON as bytes. What is walked over must be followed by a byte that no JSON goes on with, such as a line break:
 * nothing here looks at where the bytes end. A line break counts as no blank for that reason.
 *
 * Every function takes the position of what it walks over and returns the one behind it, or {@link UNSURE}.
 */
export type Bytes = Uint8Array

/** It may be no JSON, or JSON that only `JSON.parse` can tell. */
export const UNSURE = -1

export const QUOTE = 0x22
export const COMMA = 0x2c
export const MINUS = 0x2d
export const DOT = 0x2e
export const ZERO = 0x30
export const COLON = 0x3a
export const OPEN_LIST = 0x5b
export const BACKSLASH = 0x5c
export const CLOSE_LIST = 0x5d
export const OPEN_OBJECT = 0x7b
export const CLOSE_OBJECT = 0x7d
const BLANK = 0x20
const TAB = 0x09
const LETTER_T = 0x74
const LETTER_F = 0x66
const LETTER_N = 0x6e
const LETTER_U = 0x75

/** What nests deeper is left to `JSON.parse`. */
const MAX_DEPTH = 100

/** A table by byte with 1 for the characters of a text. */
export const tableOf = (characters: string): Uint8Array => {
  const table = new Uint8Array(256)
  for (let index = 0; index < characters.length; index++) table[characters.charCodeAt(index)] = 1
  return table
}

export const DIGITS = tableOf('0123456789')
export const HEX = tableOf('0123456789abcdefABCDEF')
const ESCAPED = tableOf('"\\/bfnrt')
/** Bytes that a string simply goes on with. */
const PLAIN = new Uint8Array(256).fill(1, BLANK)
PLAIN[QUOTE] = 0
PLAIN[BACKSLASH] = 0

export const skipBlanks = (bytes: Bytes, at: number): number => {
  let position = at
  while (bytes[position] === BLANK || bytes[position] === TAB) position++
  return position
}

const skipEscape = (bytes: Bytes, at: number): number => {
  const code = bytes[at + 1] as number
  if (ESCAPED[code] === 1) return at + 2
  if (code !== LETTER_U) return UNSURE
  for (let index = at + 2; index < at + 6; index++) if (HEX[bytes[index] as number] !== 1) return UNSURE
  return at + 6
}

/** @param at behind the opening quote; what is returned is behind the closing one */
export const skipString = (bytes: Bytes, at: number): number => {
  for (let position = at; ; ) {
    while (PLAIN[bytes[position] as number] === 1) position++
    const code = bytes[position]
    if (code === QUOTE) return position + 1
    if (code !== BACKSLASH) return UNSURE
    position = skipEscape(bytes, position)
    if (position === UNSURE) return UNSURE
  }
}

/** The closing quote of a string without escapes. */
export const findQuote = (bytes: Bytes, at: number): number => {
  let position = at
  while (PLAIN[bytes[position] as number] === 1) position++
  return bytes[position] === QUOTE ? position : UNSURE
}

export const skipDigits = (bytes: Bytes, at: number): number => {
  let position = at
  while (DIGITS[bytes[position] as number] === 1) position++
  return position
}

/** A number without sign and exponent. */
export const skipDecimal = (bytes: Bytes, at: number): number => {
  const whole = skipDigits(bytes, at)
  if (whole === at || (bytes[at] === ZERO && whole > at + 1)) return UNSURE
  if (bytes[whole] !== DOT) return whole
  const end = skipDigits(bytes, whole + 1)
  return end === whole + 1 ? UNSURE : end
}

const isExponent = (code: number | undefined): boolean => code === 0x65 || code === 0x45
const isSign = (code: number | undefined): boolean => code === MINUS || code === 0x2b

const skipNumber = (bytes: Bytes, at: number): number => {
  const end = skipDecimal(bytes, bytes[at] === MINUS ? at + 1 : at)
  if (end === UNSURE || !isExponent(bytes[end])) return end
  const from = isSign(bytes[end + 1]) ? end + 2 : end + 1
  const behind = skipDigits(bytes, from)
  return behind === from ? UNSURE : behind
}

/** Whether there is `true` here. */
export const isTrue = (bytes: Bytes, at: number): boolean =>
  bytes[at] === LETTER_T && bytes[at + 1] === 0x72 && bytes[at + 2] === LETTER_U && bytes[at + 3] === 0x65

/** Whether there is `false` here. */
export const isFalse = (bytes: Bytes, at: number): boolean =>
  bytes[at] === LETTER_F &&
  bytes[at + 1] === 0x61 &&
  bytes[at + 2] === 0x6c &&
  bytes[at + 3] === 0x73 &&
  bytes[at + 4] === 0x65

const isNull = (bytes: Bytes, at: number): boolean =>
  bytes[at] === LETTER_N && bytes[at + 1] === LETTER_U && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c

/** From a member's name to its value: blanks, a colon, blanks. */
export const skipColon = (bytes: Bytes, at: number): number => {
  const position = skipBlanks(bytes, at)
  return bytes[position] === COLON ? skipBlanks(bytes, position + 1) : UNSURE
}

const skipObject = (bytes: Bytes, at: number, depth: number): number => {
  let position = skipBlanks(bytes, at + 1)
  if (bytes[position] === CLOSE_OBJECT) return position + 1
  for (;;) {
    if (bytes[position] !== QUOTE) return UNSURE
    position = skipString(bytes, position + 1)
    if (position === UNSURE) return UNSURE
    position = skipColon(bytes, position)
    if (position === UNSURE) return UNSURE
    position = skipValue(bytes, position, depth)
    if (position === UNSURE) return UNSURE
    position = skipBlanks(bytes, position)
    if (bytes[position] === CLOSE_OBJECT) return position + 1
    if (bytes[position] !== COMMA) return UNSURE
    position = skipBlanks(bytes, position + 1)
  }
}

const skipList = (bytes: Bytes, at: number, depth: number): number => {
  let position = skipBlanks(bytes, at + 1)
  if (bytes[position] === CLOSE_LIST) return position + 1
  for (;;) {
    position = skipValue(bytes, position, depth)
    if (position === UNSURE) return UNSURE
    position = skipBlanks(bytes, position)
    if (bytes[position] === CLOSE_LIST) return position + 1
    if (bytes[position] !== COMMA) return UNSURE
    position = skipBlanks(bytes, position + 1)
  }
}

/** @param depth of what the value stands in */
export const skipValue = (bytes: Bytes, at: number, depth: number): number => {
  const code = bytes[at]
  if (code === QUOTE) return skipString(bytes, at + 1)
  if (depth >= MAX_DEPTH) return UNSURE
  if (code === OPEN_OBJECT) return skipObject(bytes, at, depth + 1)
  if (code === OPEN_LIST) return skipList(bytes, at, depth + 1)
  if (isTrue(bytes, at) || isNull(bytes, at)) return at + 4
  return isFalse(bytes, at) ? at + 5 : skipNumber(bytes, at)
}
