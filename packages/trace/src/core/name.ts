/** Longest name of a segment or subsegment, in characters. Source: X-Ray segment documents. */
const MAX_NAME_LENGTH = 200

/** What a name may not contain. Source: X-Ray segment documents. */
const REFUSED = /[^\p{L}\p{N}\s_.:/%&#=+\\\-@]/gu

/** Names come from code and hosts, so they are few; the bound is for hosts that make one up per request. */
const MAX_CACHED = 1000

const cache = new Map<string, string>()

/** A name with the characters that X-Ray refuses taken out; `unnamed` where nothing is left. */
export const cleanName = (name: string): string => {
  const cleaned = name.replace(REFUSED, '')
  const short = cleaned.length > MAX_NAME_LENGTH ? cleaned.slice(0, MAX_NAME_LENGTH).toWellFormed() : cleaned
  return short.replace(REFUSED, '') || 'unnamed'
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
