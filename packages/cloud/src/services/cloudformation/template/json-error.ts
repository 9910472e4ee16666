/** What may come next. `first…` also allows the closing bracket of an empty list or map. */
type Expected = 'value' | 'firstItem' | 'key' | 'firstKey' | 'colon' | 'next'

const BLANK = /[ \t\n\r]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON's strings are defined by them
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = new RegExp(
  `${STRING.source}|-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null`,
  'y',
)

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']' }

/**
 * Where a text stops being JSON: the offset of the first token that does not fit, or the text's length where it just
 * ends. V8's own errors name a position in some cases only.
 *
 * @param text not JSON
 */
export const jsonErrorOffset = (text: string): number => {
  const open: string[] = []
  let at = 0
  let expected: Expected = 'value'

  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match) return false
    at += match[0].length
    return true
  }

  for (;;) {
    take(BLANK)
    const char = text.charAt(at)
    const last = open.at(-1)
    if (expected === 'next') {
      if (last === undefined) return at
      if (char === ',') {
        at++
        expected = last === '{' ? 'key' : 'value'
      } else if (char === CLOSING[last]) {
        at++
        open.pop()
      } else return at
    } else if (expected === 'colon') {
      if (char !== ':') return at
      at++
      expected = 'value'
    } else if ((expected === 'firstItem' && char === ']') || (expected === 'firstKey' && char === '}')) {
      at++
      open.pop()
      expected = 'next'
    } else if (expected === 'key' || expected === 'firstKey') {
      if (!take(STRING)) return at
      expected = 'colon'
    } else if (char === '{' || char === '[') {
      at++
      open.push(char)
      expected = char === '{' ? 'firstKey' : 'firstItem'
    } else {
      if (!take(SCALAR)) return at
      expected = 'next'
    }
  }
}
