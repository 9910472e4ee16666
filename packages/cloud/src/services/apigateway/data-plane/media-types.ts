/** Whether a `Content-Type` or `Accept` value names one of an API's binary media types. */
export type MediaTypeMatcher = (value: string | undefined) => boolean

/** A header's first media type, without parameters, in lower case. */
export const firstMediaType = (value: string): string => {
  const comma = value.indexOf(',')
  const first = comma < 0 ? value : value.slice(0, comma)
  const semicolon = first.indexOf(';')
  return (semicolon < 0 ? first : first.slice(0, semicolon)).trim().toLowerCase()
}

/** Patterns are everything (two stars), all of one kind (`image/` and a star), or exactly one type. */
export const compileMediaTypes = (types: readonly string[]): MediaTypeMatcher => {
  if (types.length === 0) return () => false
  // In patch paths `/` is written `~1`, and templates carry that over.
  const patterns = types.map(type => type.replaceAll('~1', '/').toLowerCase())
  if (patterns.includes('*/*')) return () => true
  const exact = new Set(patterns)
  const prefixes = patterns.filter(type => type.endsWith('/*')).map(type => type.slice(0, -1))
  return value => {
    if (value === undefined) return false
    const type = firstMediaType(value)
    return exact.has(type) || prefixes.some(prefix => type.startsWith(prefix))
  }
}
