import { closeSync, openSync, readSync } from 'node:fs'

const NEWLINE = 0x0a
const TAB = 0x09

/** Reads up to `length` bytes from `offset` into a buffer, fewer at the end of the file. */
const readInto = (buffer: Buffer, file: number, offset: number, length: number): Buffer => {
  let read = 0
  while (read < length) {
    const count = readSync(file, buffer, read, length - read, offset + read)
    if (count === 0) break
    read += count
  }
  return buffer.subarray(0, read)
}

const readBytes = (file: number, offset: number, length: number): Buffer =>
  readInto(Buffer.allocUnsafe(length), file, offset, length)

/** Documents of one trace in a part of a file. */
export interface TraceLines {
  /** `account/region` */
  readonly scope: string
  readonly traceId: string
  /** Where each document begins and ends in the bytes of the part, one after the other. */
  readonly places: number[]
}

/** Whole lines of a part of a file, by trace. */
export interface Lines {
  readonly traces: readonly TraceLines[]
  readonly bytes: Buffer
  /** Where the part begins in the file, and where its whole lines end. */
  readonly from: number
  readonly end: number
}

/** Whether the same bytes stand at two places. */
const isSame = (bytes: Buffer, a: number, b: number, length: number): boolean => {
  for (let index = 0; index < length; index++) if (bytes[a + index] !== bytes[b + index]) return false
  return true
}

const groupLines = (bytes: Buffer): { traces: TraceLines[]; end: number } => {
  const traces: TraceLines[] = []
  const scopes = new Map<string, Map<string, TraceLines>>()
  const find = (scope: string, traceId: string): TraceLines => {
    let known = scopes.get(scope)
    if (!known) {
      known = new Map()
      scopes.set(scope, known)
    }
    let trace = known.get(traceId)
    if (!trace) {
      trace = { scope, traceId, places: [] }
      known.set(traceId, trace)
      traces.push(trace)
    }
    return trace
  }
  let start = 0
  // Documents of a trace mostly come together: what stands before them is compared before it is looked up.
  let last: TraceLines | undefined
  let lastStart = 0
  let lastPrefix = 0
  for (let newline = bytes.indexOf(NEWLINE); newline >= 0; newline = bytes.indexOf(NEWLINE, start)) {
    if (!last || !isSame(bytes, lastStart, start, lastPrefix)) {
      const first = bytes.indexOf(TAB, start)
      const second = bytes.indexOf(TAB, first + 1)
      last = find(bytes.toString('latin1', start, first), bytes.toString('latin1', first + 1, second))
      lastStart = start
      lastPrefix = second + 1 - start
    }
    last.places.push(start + lastPrefix, newline)
    start = newline + 1
  }
  return { traces, end: start }
}

/** Reads whole lines, all into the same memory: to allot it anew each time makes V8 look for garbage much more often. */
export class LineReader {
  #memory: Buffer = Buffer.alloc(0)

  /**
   * Whole lines of a file from an offset on. Their bytes stand until the next call.
   *
   * @param most bytes to be read; a line longer than that is never written
   */
  read(path: string, from: number, most: number): Lines {
    if (this.#memory.length < most) this.#memory = Buffer.allocUnsafeSlow(most)
    const file = openSync(path, 'r')
    try {
      const bytes = readInto(this.#memory, file, from, most)
      const { traces, end } = groupLines(bytes)
      return { traces, bytes, from, end: from + end }
    } finally {
      closeSync(file)
    }
  }
}

/** Documents of one trace whose lines follow each other in a file: from where the first begins to where the last ends. */
export interface Run {
  readonly offset: number
  readonly length: number
}

/** The runs that documents of a trace make up. */
export const runsOf = ({ scope, traceId, places }: TraceLines, from: number): Run[] => {
  const between = 1 + scope.length + 1 + traceId.length + 1
  const runs: Run[] = []
  let start = places[0] ?? 0
  for (let index = 1; index < places.length; index += 2) {
    const end = places[index] as number
    const next = places[index + 1]
    if (next === end + between) continue
    runs.push({ offset: from + start, length: end - start })
    start = next ?? 0
  }
  return runs
}

/** Reads runs of documents, each file opened once. */
export interface DocumentReader {
  /** The documents of a run, as they were sent. */
  read(path: string, run: Run): string[]
  close(): void
}

const textsOf = (bytes: Buffer): string[] => {
  const texts: string[] = []
  for (let start = 0; ; ) {
    const newline = bytes.indexOf(NEWLINE, start)
    texts.push(bytes.toString('utf8', start, newline < 0 ? bytes.length : newline))
    if (newline < 0) return texts
    start = bytes.indexOf(TAB, bytes.indexOf(TAB, newline) + 1) + 1
  }
}

export const openDocumentReader = (): DocumentReader => {
  const files = new Map<string, number>()
  return {
    read: (path, { offset, length }) => {
      let file = files.get(path)
      if (file === undefined) {
        file = openSync(path, 'r')
        files.set(path, file)
      }
      return textsOf(readBytes(file, offset, length))
    },
    close: () => {
      for (const file of files.values()) closeSync(file)
      files.clear()
    },
  }
}
