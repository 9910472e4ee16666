import { type Cause, type Frame, lineNumber, type StackTrace } from './frame.ts'

/** `  File "/app/main.py", line 12, in predict` */
const FRAME = /^ {2}File "(.*)", line (\d+), in (.*)$/
const IS_FRAME = /^ {2}File /
const DURING = 'During handling of the above exception, another exception occurred:'

/**
 * Python's traceback, whose last line is the exception: frames come innermost first, and what was being handled when
 * the exception came is its cause.
 */
export const pythonTrace = (text: string): StackTrace => {
  const lines = text.split('\n')
  const frames: Frame[] = []
  const causes: Array<Cause & { frames: Frame[] }> = []
  for (let index = lines.length - 2; index >= 0; index--) {
    const line = lines[index] ?? ''
    const [, path, number = '', label] = FRAME.exec(line) ?? []
    if (path !== undefined && label !== undefined) {
      ;(causes.at(-1)?.frames ?? frames).push({ path, line: lineNumber(number), label })
    }
    if (!line.startsWith(DURING)) continue
    let last = index - 1
    while (last >= 0 && !IS_FRAME.test(lines[last] ?? '')) last--
    if (last < 0) break
    // The message begins two lines below the frame, after its source, and ends two lines above.
    const message = lines.slice(last + 2, Math.max(last + 2, index - 1)).join('\n')
    const colon = message.indexOf(':')
    if (colon < 0) break
    causes.push({
      type: message.slice(0, colon),
      message: message.slice(colon + 1).replace(/^ /, ''),
      frames: [],
    })
    index = last + 1
  }
  return { frames, causes }
}
