/**
 * Matches a whole text against a pattern of sampling rules, without regard to case: `*` is any run of characters, `?` one.
 * Linear but for the text between two stars; no backtracking explosion.
 */
export const wildcardMatch = (pattern: string, text: string): boolean => {
  const p = pattern.toLowerCase()
  const t = text.toLowerCase()
  let at = 0
  let star = -1
  let mark = 0
  let index = 0
  while (index < t.length) {
    if (at < p.length && p[at] === '*') {
      star = at++
      mark = index
    } else if (at < p.length && (p[at] === '?' || p[at] === t[index])) {
      at++
      index++
    } else if (star >= 0) {
      at = star + 1
      index = ++mark
    } else {
      return false
    }
  }
  while (p[at] === '*') at++
  return at === p.length
}
