/** A request of a runtime, as far as the Runtime API looks at it. */
export interface RuntimeRequest {
  readonly method: string
  readonly path: string
  /** `Lambda-Runtime-Function-Error-Type`. */
  readonly errorType: string | undefined
  /** `Lambda-Runtime-Function-Response-Mode: streaming`. */
  readonly streaming: boolean
  /** The client closes after the answer. */
  readonly close: boolean
  /** Empty where {@link tooLarge}. */
  readonly body: Buffer
  /** The body exceeded the limit and was thrown away as it came. */
  readonly tooLarge: boolean
}

/** The bytes are no HTTP/1.1 request; nothing that follows on this connection can be understood. */
export class HttpFormatError extends Error {
  override readonly name = 'HttpFormatError' as const
}

const MAXIMUM_HEAD = 64 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')
const EMPTY = Buffer.alloc(0)

interface Head {
  readonly method: string
  readonly path: string
  readonly errorType: string | undefined
  readonly streaming: boolean
  readonly close: boolean
  readonly expectContinue: boolean
  readonly chunked: boolean
  readonly length: number
}

const parseLength = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) throw new HttpFormatError(`Content-Length is no number: ${text}`)
  return Number(text)
}

const parseHead = (text: string): Head => {
  const firstEnd = text.indexOf('\r\n')
  const line = firstEnd === -1 ? text : text.slice(0, firstEnd)
  const methodEnd = line.indexOf(' ')
  const pathEnd = line.indexOf(' ', methodEnd + 1)
  if (methodEnd <= 0 || pathEnd === -1 || !line.startsWith('HTTP/1.', pathEnd + 1)) {
    throw new HttpFormatError('the request line is not one of HTTP/1.1')
  }
  let errorType: string | undefined
  let length: number | undefined
  let streaming = false
  let close = line.endsWith('1.0')
  let expectContinue = false
  let chunked = false
  for (let start = firstEnd === -1 ? text.length : firstEnd + 2; start < text.length; ) {
    const found = text.indexOf('\r\n', start)
    const end = found === -1 ? text.length : found
    const colon = text.indexOf(':', start)
    if (colon === -1 || colon >= end) throw new HttpFormatError('a header line has no colon')
    const value = text.slice(colon + 1, end).trim()
    switch (text.slice(start, colon).toLowerCase()) {
      case 'content-length': {
        const parsed = parseLength(value)
        if (length !== undefined && length !== parsed) throw new HttpFormatError('two Content-Lengths')
        length = parsed
        break
      }
      case 'transfer-encoding':
        if (value.toLowerCase() !== 'chunked') throw new HttpFormatError(`Transfer-Encoding: ${value}`)
        chunked = true
        break
      case 'connection':
        close = value.toLowerCase() === 'close'
        break
      case 'expect':
        expectContinue = value.toLowerCase() === '100-continue'
        break
      case 'lambda-runtime-function-error-type':
        errorType = value
        break
      case 'lambda-runtime-function-response-mode':
        streaming = value.toLowerCase() === 'streaming'
        break
    }
    start = end + 2
  }
  if (chunked && length !== undefined) throw new HttpFormatError('both Content-Length and Transfer-Encoding')
  return {
    method: line.slice(0, methodEnd),
    path: line.slice(methodEnd + 1, pathEnd),
    errorType,
    streaming,
    close,
    expectContinue,
    chunked,
    length: length ?? 0,
  }
}

/**
 * Reads the requests of one connection out of bytes that come in pieces of any size. Made for what runtimes send: small
 * heads, bodies with a length or in chunks, one request at a time or the next right behind.
 *
 * @example
 * reader.push(bytes)
 * for (let request = reader.read(); request; request = reader.read()) answer(request)
 */
export class HttpRequestReader {
  readonly #maximumBody: number
  readonly #onContinue: () => void
  #buffer: Buffer = EMPTY
  #head: Head | undefined
  /** Bytes of the body still to come, or of the present chunk. */
  #remaining = 0
  #chunkState: 'size' | 'data' | 'data-end' | 'trailer' = 'size'
  #parts: Buffer[] = []
  #size = 0

  /**
   * @param maximumBody bytes; a longer body is thrown away while it comes
   * @param onContinue called when the client waits for `100 Continue` before it sends the body
   */
  constructor(maximumBody: number, onContinue: () => void = () => {}) {
    this.#maximumBody = maximumBody
    this.#onContinue = onContinue
  }

  push(bytes: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? bytes : Buffer.concat([this.#buffer, bytes])
  }

  /** Whether bytes are there that no request has taken yet. */
  get hasMore(): boolean {
    return this.#buffer.length > 0
  }

  /**
   * The next complete request, or `undefined` until more bytes have come.
   *
   * @throws HttpFormatError
   */
  read(): RuntimeRequest | undefined {
    let head = this.#head
    if (!head) {
      const end = this.#buffer.indexOf(HEAD_END)
      if (end > MAXIMUM_HEAD || (end === -1 && this.#buffer.length > MAXIMUM_HEAD)) {
        throw new HttpFormatError(`the head is longer than ${MAXIMUM_HEAD} bytes`)
      }
      if (end === -1) return undefined
      head = parseHead(this.#buffer.toString('latin1', 0, end))
      this.#buffer = this.#buffer.subarray(end + HEAD_END.length)
      this.#head = head
      this.#remaining = head.length
      this.#chunkState = 'size'
      this.#parts = []
      this.#size = 0
      if (head.expectContinue && this.#buffer.length === 0) this.#onContinue()
    }
    if (!(head.chunked ? this.#readChunks() : this.#readLength())) return undefined

    this.#head = undefined
    const tooLarge = this.#size > this.#maximumBody
    const [first = EMPTY] = this.#parts
    return {
      method: head.method,
      path: head.path,
      errorType: head.errorType,
      streaming: head.streaming,
      close: head.close,
      body: tooLarge ? EMPTY : this.#parts.length <= 1 ? first : Buffer.concat(this.#parts),
      tooLarge,
    }
  }

  /** Moves up to `remaining` bytes from the buffer to the body. */
  #take(): void {
    const taken = Math.min(this.#remaining, this.#buffer.length)
    if (taken === 0) return
    this.#size += taken
    this.#remaining -= taken
    if (this.#size > this.#maximumBody) this.#parts = []
    else this.#parts.push(this.#buffer.subarray(0, taken))
    this.#buffer = this.#buffer.subarray(taken)
  }

  #readLength(): boolean {
    this.#take()
    return this.#remaining === 0
  }

  /** A line, without its end. */
  #line(): string | undefined {
    const end = this.#buffer.indexOf(LINE_END)
    if (end === -1) {
      if (this.#buffer.length > MAXIMUM_HEAD)
        throw new HttpFormatError('a line of the chunked body is too long')
      return undefined
    }
    const line = this.#buffer.toString('latin1', 0, end)
    this.#buffer = this.#buffer.subarray(end + LINE_END.length)
    return line
  }

  #readChunks(): boolean {
    for (;;) {
      if (this.#chunkState === 'data') {
        this.#take()
        if (this.#remaining > 0) return false
        this.#chunkState = 'data-end'
      }
      const line = this.#line()
      if (line === undefined) return false
      if (this.#chunkState === 'size') {
        const size = line.split(';', 1)[0]?.trim() ?? ''
        if (!/^[0-9a-fA-F]{1,12}$/.test(size)) throw new HttpFormatError(`chunk size is no number: ${size}`)
        this.#remaining = Number.parseInt(size, 16)
        this.#chunkState = this.#remaining === 0 ? 'trailer' : 'data'
      } else if (this.#chunkState === 'data-end') {
        if (line !== '') throw new HttpFormatError('a chunk is longer than its size')
        this.#chunkState = 'size'
      } else if (line === '') return true
    }
  }
}
