/** `*` of a pattern: any characters, also none. */
const ANY = Symbol('*')
/** `?` of a pattern: one character. */
const ONE = Symbol('?')

/** A pattern as a list of characters and wildcards, so that what a variable stood for is taken literally. */
export type Pattern = ReadonlyArray<string | typeof ANY | typeof ONE>

/** Every character of a text as itself. */
export const literal = (text: string): Pattern => [...text]

/** `*` and `?` of a text as wildcards. */
export const wildcards = (text: string): Pattern =>
  [...text].map(character => (character === '*' ? ANY : character === '?' ? ONE : character))

/**
 * Whether the whole of a text is as a pattern says, with regard to case. The time is at most the product of both lengths.
 */
export const matchesPattern = (pattern: Pattern, text: string): boolean => {
  const characters = [...text]
  let at = 0
  let star = -1
  let resume = 0
  for (let index = 0; index < characters.length; ) {
    const wanted = pattern[at]
    if (wanted === ANY) {
      star = at++
      resume = index
    } else if (wanted === ONE || (wanted !== undefined && wanted === characters[index])) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++resume
    } else {
      return false
    }
  }
  while (pattern[at] === ANY) at++
  return at === pattern.length
}

/** A pattern as it was written: for operators that know no wildcards. */
export const textOf = (pattern: Pattern): string =>
  pattern.map(item => (item === ANY ? '*' : item === ONE ? '?' : item)).join('')

/** A pattern's parts between its first five colons, and the rest. */
export const splitArn = (pattern: Pattern): Pattern[] => {
  const parts: Pattern[number][][] = [[]]
  for (const item of pattern) {
    if (item === ':' && parts.length < 6) parts.push([])
    else parts.at(-1)?.push(item)
  }
  return parts
}
