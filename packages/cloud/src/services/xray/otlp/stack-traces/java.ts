import { type Cause, type Frame, lineNumber, linesOf, type StackTrace } from './frame.ts'

/** `\tat java.base/jdk.internal.Foo.invoke(Foo.java:62)`; the loader or module before the slash is left out. */
const FRAME = /^\tat ([^(]*)\((.*)\)$/
const CAUSED_BY = 'Caused by: '

const frameOf = (line: string): Frame | undefined => {
  const [, label, place] = FRAME.exec(line) ?? []
  if (label === undefined || place === undefined) return undefined
  const [path = '', number = ''] = place.split(':')
  return { path, line: lineNumber(number), label: label.slice(label.indexOf('/') + 1) }
}

const causeOf = (line: string): { type: string; message: string; frames: Frame[] } => {
  const text = line.slice(CAUSED_BY.length)
  const colon = text.indexOf(':')
  return colon < 0
    ? { type: text, message: '', frames: [] }
    : { type: text.slice(0, colon), message: text.slice(colon + 1).replace(/^ /, ''), frames: [] }
}

/** Java's `printStackTrace`: frames, and chains of `Caused by:` whose messages may take several lines. */
export const javaTrace = (text: string): StackTrace => {
  const frames: Frame[] = []
  const causes: Array<Cause & { message: string; frames: Frame[] }> = []
  /** Until a frame comes, lines belong to the message. */
  let inMessage = false
  for (const line of linesOf(text).slice(1)) {
    const cause = causes.at(-1)
    const frame = frameOf(line)
    if (frame) {
      inMessage = false
      ;(cause?.frames ?? frames).push(frame)
    } else if (inMessage && cause) cause.message += line
    else if (line.startsWith(CAUSED_BY)) {
      causes.push(causeOf(line))
      inMessage = true
    }
  }
  return { frames, causes }
}
