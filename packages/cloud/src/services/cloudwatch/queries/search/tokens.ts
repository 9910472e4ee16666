import { remember } from '../remember.ts'

const PART = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g
const ALPHANUMERIC_RUN = /[A-Za-z0-9]+/g
const NOT_ALPHANUMERIC = /[^A-Za-z0-9]/g
/** Of names that are kept split: those of some fifty thousand metrics. */
const REMEMBERED_CHARACTERS = 2_000_000

/** What a text can be found by. */
export interface NameTokens {
  /** In their order and as written. */
  readonly written: readonly string[]
  /** The same in lower case. */
  readonly parts: readonly string[]
  /** All of it in lower case, without what stands between the parts. */
  readonly whole: string
}

const read = (name: string): NameTokens => {
  const written = name.match(PART) ?? []
  return {
    written,
    parts: written.map(part => part.toLowerCase()),
    whole: name.replace(NOT_ALPHANUMERIC, '').toLowerCase(),
  }
}

/**
 * Splits a name where capital letters or numbers start, and at what is neither letter nor digit: `SDBFailure` is `sdb`
 * and `failure`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export const tokensOf: (name: string) => NameTokens = remember(read, REMEMBERED_CHARACTERS)

/** A search term: tokens that must follow each other in a name. */
export interface PartialTerm {
  readonly tokens: ReadonlyArray<{ readonly text: string; readonly caseMatters: boolean }>
  readonly whole: string
}

/**
 * Reads a search term. Case matters for a word of several tokens (`CustomCount` finds what `customcount` does not, and
 * `Count1` what `count1` does not), not for a word of one; words may be joined by any other character.
 */
export const partialTerm = (term: string): PartialTerm => {
  const words = (term.match(ALPHANUMERIC_RUN) ?? []).map(word => read(word).written)
  return {
    tokens: words.flatMap(written => {
      const caseMatters = written.length > 1
      return written.map(part => ({ text: caseMatters ? part : part.toLowerCase(), caseMatters }))
    }),
    whole: read(term).whole,
  }
}

/** Whether a name has the tokens of a term one after the other, or is the term as a whole. */
export const matchesPartly = (name: string, { tokens, whole }: PartialTerm): boolean => {
  if (tokens.length === 0) return false
  const found = tokensOf(name)
  if (found.whole === whole) return true
  for (let start = 0; start + tokens.length <= found.parts.length; start++) {
    const follows = tokens.every(
      ({ text, caseMatters }, index) => (caseMatters ? found.written : found.parts)[start + index] === text,
    )
    if (follows) return true
  }
  return false
}
