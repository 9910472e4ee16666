import { closeSync, openSync, readSync } from 'node:fs'

const NEWLINE = 0x0a
const TAB = 0x09

/** Where documents are in one file: `offset:length`, joined by blanks. */
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

/** One line of the log, its document yet unread. */
export interface LineAt {
  /** In bytes, of the document in the file. */
  readonly offset: number
  readonly length: number
  /** `account/region` */
  readonly scope: string
  readonly traceId: string
}

/** Lines of a part of a file. */
export interface Lines {
  readonly list: readonly LineAt[]
  /** Where they end in the file. */
  readonly end: number
  /** The document of one of them, as it was sent. */
  text(line: LineAt): string
}

/**
 * Whole lines of a file from an offset on.
 *
 * @param most bytes to be read; a line longer than that is never written
 */
export const readLines = (path: string, from: number, most: number): Lines => {
  const file = openSync(path, 'r')
  try {
    const bytes = readBytes(file, from, most)
    const list: LineAt[] = []
    let start = 0
    for (;;) {
      const newline = bytes.indexOf(NEWLINE, start)
      if (newline < 0) break
      const first = bytes.indexOf(TAB, start)
      const second = bytes.indexOf(TAB, first + 1)
      list.push({
        offset: from + second + 1,
        length: newline - second - 1,
        scope: bytes.toString('latin1', start, first),
        traceId: bytes.toString('latin1', first + 1, second),
      })
      start = newline + 1
    }
    return {
      list,
      end: from + start,
      text: ({ offset, length }) => bytes.toString('utf8', offset - from, offset - from + length),
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
        return line.toString('utf8')
      })
    },
    close: () => {
      for (const file of files.values()) closeSync(file)
      files.clear()
    },
  }
}
