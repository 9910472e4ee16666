const FRAME_HEADER = 16
/** The upper 24 bits of a frame's type, and the two kinds that the lowest bits tell apart; bits 2 to 4 are the level. */
const FRAME_MAGIC = 0xa55a00
/** Longer lines and frames are passed on in pieces: a process that never ends its line must not fill our memory. */
const LONGEST_PIECE = 1024 * 1024

/** Takes one log event; `timestamp` is ms since the epoch where the writer gave one. */
export type OutputSink = (message: string, timestamp?: number) => void

/** Turns what a process writes to stdout or stderr into one event a line, each ending with `\n`. */
export class LineReader {
  readonly #sink: OutputSink
  #rest: Buffer | undefined

  constructor(sink: OutputSink) {
    this.#sink = sink
  }

  push(chunk: Buffer): void {
    const buffer = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk
    let start = 0
    for (let end = buffer.indexOf(10); end !== -1; end = buffer.indexOf(10, start)) {
      this.#sink(buffer.toString('utf8', start, end + 1))
      start = end + 1
    }
    this.#rest = start < buffer.length ? buffer.subarray(start) : undefined
    if (this.#rest && this.#rest.length >= LONGEST_PIECE) this.flush()
  }

  /** Passes an unfinished line on. */
  flush(): void {
    if (!this.#rest) return
    const rest = this.#rest
    this.#rest = undefined
    this.#sink(`${rest.toString('utf8', 0, rest.length)}\n`)
  }
}

/**
 * Reads the frames of `_LAMBDA_TELEMETRY_LOG_FD`: type, length, microseconds since the epoch, message. What is no frame
 * is taken for lines of text, and so is all that follows.
 */
export class FrameReader {
  readonly #sink: OutputSink
  #buffer: Buffer | undefined
  #lines: LineReader | undefined

  constructor(sink: OutputSink) {
    this.#sink = sink
  }

  push(chunk: Buffer): void {
    if (this.#lines) {
      this.#lines.push(chunk)
      return
    }
    let buffer = this.#buffer ? Buffer.concat([this.#buffer, chunk]) : chunk
    while (buffer.length >= FRAME_HEADER) {
      const length = buffer.readUInt32BE(4)
      if (buffer.readUInt32BE(0) >>> 8 !== FRAME_MAGIC || length > LONGEST_PIECE * 16) {
        this.#lines = new LineReader(this.#sink)
        this.#lines.push(buffer)
        this.#buffer = undefined
        return
      }
      const end = FRAME_HEADER + length
      if (buffer.length < end) break
      const text = buffer.toString('utf8', FRAME_HEADER, end)
      this.#sink(
        text.endsWith('\n') ? text : `${text}\n`,
        Math.floor(Number(buffer.readBigUInt64BE(8)) / 1000),
      )
      buffer = buffer.subarray(end)
    }
    this.#buffer = buffer.length > 0 ? buffer : undefined
  }

  flush(): void {
    this.#lines?.flush()
  }
}
