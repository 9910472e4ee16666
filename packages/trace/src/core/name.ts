/** Longest name of a segment or subsegment, in characters. Source: X-Ray segment documents. */
const MAX_NAME_LENGTH = 200

/** Names that are clean whatever Unicode says: nearly all. */
const PLAIN = /^[A-Za-z0-9 _.:/%&#=+\\\-@]{1,200}$/

/** Letters and digits of any script, blanks and some signs: parts of a class of a regular expression. */
const ALLOWED = ['\\p{L}', '\\p{N}', '\\s', '_.:/%&#=+\\\\\\-@']

let refused: RegExp | undefined

/**
 * What a name may not contain. Source: X-Ray segment documents. Made when first needed, and from parts: V8 looks up the
 * properties of all of Unicode as soon as it parses such a literal, which took an eighth of this package's import.
 */
const refusedCharacters = (): RegExp => {
  refused ??= new RegExp(`[^${ALLOWED.join('')}]`, 'gu')
  return refused
}

/** Names come from code and hosts, so they are few; the bound is for hosts that make one up per request. */
const MAX_CACHED = 1000

const cache = new Map<string, string>()

/** A name with the characters that X-Ray refuses taken out; `unnamed` where nothing is left. */
export const cleanName = (name: string): string => {
  if (PLAIN.test(name)) return name
  const cleaned = name.replace(refusedCharacters(), '')
  if (cleaned.length <= MAX_NAME_LENGTH) return cleaned || 'unnamed'
  // Half of a pair at the cut becomes a character that is refused again.
  return cleaned.slice(0, MAX_NAME_LENGTH).toWellFormed().replace(refusedCharacters(), '')
}

/** The cleaned name as JSON text, quotes included. */
export const quotedName = (name: string): string => {
  const known = cache.get(name)
  if (known !== undefined) return known
  const quoted = JSON.stringify(cleanName(name))
  if (cache.size >= MAX_CACHED) cache.clear()
  cache.set(name, quoted)
  return quoted
}
