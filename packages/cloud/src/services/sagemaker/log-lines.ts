import { StringDecoder } from 'node:string_decoder'

/** CloudWatch Logs takes events of up to 256 KB: longer lines become several events. */
const LONGEST_LINE = 256 * 1024 - 26

const pieces = (line: string): string[] => {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line
  if (text.length <= LONGEST_LINE) return text === '' ? [] : [text]
  const count = Math.ceil(text.length / LONGEST_LINE)
  return Array.from({ length: count }, (_, n) => text.slice(n * LONGEST_LINE, (n + 1) * LONGEST_LINE))
}

/** Cuts a stream of bytes into lines, holding the last incomplete one back. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  /** The lines that `chunk` completes, without their ends. Empty lines are dropped: log events are never empty. */
  push(chunk: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > LONGEST_LINE) {
      lines.push(this.#rest)
      this.#rest = ''
    }
    return lines.flatMap(pieces)
  }

  /** What is left when the stream has ended. */
  end(): string[] {
    const rest = this.#rest + this.#decoder.end()
    this.#rest = ''
    return pieces(rest)
  }
}
