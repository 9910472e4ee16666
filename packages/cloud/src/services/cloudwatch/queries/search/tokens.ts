const PART = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g
const ALPHANUMERIC = /[^A-Za-z0-9]/g
/** Names recur from search to search; beyond this many the memory of them is dropped. */
const REMEMBERED = 50_000

/** What a text can be found by. */
export interface NameTokens {
  /** In lower case, in their order. */
  readonly parts: readonly string[]
  /** All of it without what stands between the parts. */
  readonly whole: string
}

const remembered = new Map<string, NameTokens>()

/**
 * Splits a name where capital letters or numbers start, and at what is neither letter nor digit: `SDBFailure` is `sdb`
 * and `failure`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export const tokensOf = (name: string): NameTokens => {
  const known = remembered.get(name)
  if (known) return known
  if (remembered.size >= REMEMBERED) remembered.clear()
  const tokens = {
    parts: (name.match(PART) ?? []).map(part => part.toLowerCase()),
    whole: name.replace(ALPHANUMERIC, '').toLowerCase(),
  }
  remembered.set(name, tokens)
  return tokens
}

const containsRun = (parts: readonly string[], run: readonly string[]): boolean => {
  for (let start = 0; start + run.length <= parts.length; start++) {
    if (run.every((part, index) => parts[start + index] === part)) return true
  }
  return false
}

/**
 * Whether a search term is found in a name: as one of its tokens or all of it, regardless of case; or, where the term
 * is several tokens itself, as tokens that follow each other, so that case matters where it divides them.
 */
export const matchesPartly = (name: string, term: NameTokens): boolean => {
  const { parts, whole } = tokensOf(name)
  const [only] = term.parts
  if (only === undefined) return false
  if (term.parts.length === 1) return only === whole || parts.includes(only)
  return containsRun(parts, term.parts)
}
