/**
 * Remembers what a pure function makes of texts, which recur from one evaluation to the next. What is remembered is
 * dropped when the texts have more than a number of characters together: what is made of a text is in proportion to it.
 */
export const remember = <T>(make: (text: string) => T, maxCharacters: number): ((text: string) => T) => {
  const known = new Map<string, T>()
  let characters = 0
  return text => {
    const found = known.get(text)
    if (found !== undefined) return found
    const made = make(text)
    characters += text.length
    if (characters > maxCharacters) {
      known.clear()
      characters = text.length
    }
    known.set(text, made)
    return made
  }
}
