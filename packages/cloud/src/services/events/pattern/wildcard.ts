import { InvalidPattern } from './invalid-pattern.ts'

/**
 * Wildcards in one pattern. AWS publishes no number and measures the whole rule: it is known to refuse seven and to
 * take two.
 */
const MAX_WILDCARDS = 5

/** The literal pieces between the wildcards. */
const piecesOf = (pattern: string): string[] => {
  const pieces = ['']
  // Positions are told in bytes of the quoted text.
  const fail = (what: string, index: number): never => {
    throw new InvalidPattern(`${what} at pos ${Buffer.byteLength(pattern.slice(0, index)) + 1}`)
  }
  for (let index = 0; index < pattern.length; index++) {
    let character = pattern.charAt(index)
    if (character === '*') {
      if (pattern[index + 1] === '*') fail('Consecutive wildcard characters', index)
      pieces.push('')
      continue
    }
    if (character === '\\') {
      character = pattern.charAt(index + 1)
      if (character !== '*' && character !== '\\') fail('Invalid escape character', index)
      index++
    }
    pieces[pieces.length - 1] += character
  }
  return pieces
}

/**
 * A wildcard pattern as a test: `*` stands for any text, `\*` and `\\` for themselves. Linear in the text.
 *
 * @throws InvalidPattern
 */
export const wildcardTest = (pattern: string): ((text: string) => boolean) => {
  const pieces = piecesOf(pattern)
  if (pieces.length - 1 > MAX_WILDCARDS) {
    throw new InvalidPattern(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a ' +
        'wildcard character',
    )
  }
  const first = pieces[0] ?? ''
  if (pieces.length === 1) return text => text === first
  const last = pieces.at(-1) ?? ''
  const middle = pieces.slice(1, -1)
  return text => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false
    let position = first.length
    for (const piece of middle) {
      const found = text.indexOf(piece, position)
      if (found === -1) return false
      position = found + piece.length
    }
    return position <= text.length - last.length
  }
}
