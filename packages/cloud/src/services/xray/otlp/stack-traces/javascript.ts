import { type Frame, lineNumber, linesOf, type StackTrace } from './frame.ts'

const AT = '    at '
/** `<path>:<line>:<column>`; a path may have colons itself (`file:///app/index.mjs`, `node:internal/…`, `C:\app`). */
const PLACE = /^(.*):(\d+):(\d+)$/

const frameOf = (line: string): Frame | undefined => {
  if (!line.startsWith(AT)) return undefined
  const open = line.indexOf('(')
  const closed = open >= 0 && line.endsWith(')')
  if (open >= 0 && !closed) return undefined
  const label = closed ? line.slice(AT.length, open).trimEnd() : ''
  const place = closed ? line.slice(open + 1, -1) : line.slice(AT.length)
  const [, path, number] = PLACE.exec(place) ?? []
  if (path !== undefined && number !== undefined) return { path, line: lineNumber(number), label }
  return { path: /native/.test(place) ? 'native' : place, line: 0, label }
}

/** V8's `error.stack`. */
export const javascriptTrace = (text: string): StackTrace => ({
  frames: linesOf(text)
    .slice(1)
    .flatMap(line => frameOf(line) ?? []),
  causes: [],
})
