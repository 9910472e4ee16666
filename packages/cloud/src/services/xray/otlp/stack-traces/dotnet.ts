import { type Frame, lineNumber, linesOf, type StackTrace } from './frame.ts'

/** `at Ns.Class.Method(String text) in C:\src\Class.cs:line 42`; without the place for code that has no symbols. */
const PLACED = /^at (.*?) in (.*)$/
const LINE = /:(?:line )?([^:]*)$/

const frameOf = (text: string): Frame | undefined => {
  const line = text.trim()
  if (!line.startsWith('at ')) return undefined
  const [, label, place] = PLACED.exec(line) ?? []
  if (label !== undefined && place !== undefined) {
    const [end = '', number = ''] = LINE.exec(place) ?? []
    return { path: place.slice(0, place.length - end.length), line: lineNumber(number), label }
  }
  const close = line.lastIndexOf(')')
  return close < 0 ? undefined : { path: '', line: 0, label: line.slice('at '.length, close + 1) }
}

/** .NET's `Exception.ToString()`. */
export const dotnetTrace = (text: string): StackTrace => ({
  frames: linesOf(text)
    .slice(1)
    .flatMap(line => frameOf(line) ?? []),
  causes: [],
})
