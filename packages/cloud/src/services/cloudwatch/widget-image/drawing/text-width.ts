/** How wide DejaVu Sans draws the characters from space to tilde, in hundredths of the font's size. */
const WIDTHS = [
  32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34,
  34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73,
  68, 99, 69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63,
  63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
]
const FIRST = 32
/** Characters that are not in the table are taken for wide ones. */
const OTHER = 80
const BOLD = 1.1

/** The width of a text in pixels. */
export const textWidth = (text: string, size: number, bold = false): number => {
  let width = 0
  for (const character of text) width += WIDTHS[(character.codePointAt(0) ?? 0) - FIRST] ?? OTHER
  return (width * size * (bold ? BOLD : 1)) / 100
}

/** The text, or its beginning with an ellipsis where it is wider than `most` pixels. */
export const fitText = (text: string, size: number, most: number, bold = false): string => {
  if (textWidth(text, size, bold) <= most) return text
  const characters = Array.from(text)
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, bold) > most) characters.pop()
  return `${characters.join('')}…`
}
