import { closeSync, openSync, readSync } from 'node:fs'
import { documentText } from '../intake/log-line.ts'

const NEWLINE = 0x0a

/** Where lines are in one file: `offset:length`, joined by blanks. */
export type Spans = string

/** Reads up to `length` bytes from `offset`, fewer at the end of the file. */
const readBytes = (file: number, offset: number, length: number): Buffer => {
  const buffer = Buffer.allocUnsafe(length)
  let read = 0
  while (read < length) {
    const count = readSync(file, buffer, read, length - read, offset + read)
    if (count === 0) break
    read += count
  }
  return buffer.subarray(0, read)
}

export interface LineAt {
  readonly offset: number
  /** In bytes, without the newline. */
  readonly length: number
  readonly text: string
}

/**
 * Whole lines of a file from an offset on.
 *
 * @param most bytes to be read; a line longer than that is never written
 */
export const readLines = (path: string, from: number, most: number): LineAt[] => {
  const file = openSync(path, 'r')
  try {
    const bytes = readBytes(file, from, most)
    const lines: LineAt[] = []
    for (let start = 0; ; ) {
      const end = bytes.indexOf(NEWLINE, start)
      if (end < 0) return lines
      lines.push({ offset: from + start, length: end - start, text: bytes.toString('utf8', start, end) })
      start = end + 1
    }
  } finally {
    closeSync(file)
  }
}

/** What is read for one document may be read in vain for this many times as much. */
const MOST_WASTE = 4

const placeOf = (span: string) => {
  const [offset = 0, length = 0] = span.split(':').map(Number)
  return { offset, length }
}

/** Reads single documents, each file opened once. */
export interface DocumentReader {
  /** The texts of documents. */
  read(path: string, spans: Spans): string[]
  close(): void
}

export const openDocumentReader = (): DocumentReader => {
  const files = new Map<string, number>()
  return {
    read: (path, spans) => {
      let file = files.get(path)
      if (file === undefined) {
        file = openSync(path, 'r')
        files.set(path, file)
      }
      const places = spans.split(' ').map(placeOf)
      const first = places[0]?.offset ?? 0
      const last = places.at(-1)
      const whole = last ? last.offset + last.length - first : 0
      const wanted = places.reduce((sum, { length }) => sum + length, 0)
      // Documents of a trace mostly come together: one read for all of them.
      const bytes = whole <= MOST_WASTE * wanted ? readBytes(file, first, whole) : undefined
      return places.map(({ offset, length }) => {
        const line = bytes
          ? bytes.subarray(offset - first, offset - first + length)
          : readBytes(file, offset, length)
        return documentText(line.toString('utf8'))
      })
    },
    close: () => {
      for (const file of files.values()) closeSync(file)
      files.clear()
    },
  }
}
