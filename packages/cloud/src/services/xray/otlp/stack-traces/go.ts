import { type Frame, lineNumber, linesOf, type StackTrace } from './frame.ts'

const GOROUTINE = /^goroutine.*\brunning\b.*:$/
const PLACE = /^\s*([^:\s]+):(\d+)/

/** Go's `debug.Stack()`: the function on one line, its place on the next. */
export const goTrace = (text: string): StackTrace => {
  const lines = linesOf(text)
    .slice(1)
    .filter(line => !GOROUTINE.test(line))
  const frames: Frame[] = []
  for (let index = 0; index < lines.length; index += 2) {
    const label = lines[index] ?? ''
    const [, path = '', number = ''] = PLACE.exec(lines[index + 1] ?? '') ?? []
    if (label !== '') frames.push({ path, line: lineNumber(number), label })
  }
  return { frames, causes: [] }
}
