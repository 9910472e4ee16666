import type { Readable } from 'node:stream'

/** An HTTP request as the wire reads it. */
export interface WireRequest {
  readonly method: string
  /** Percent-encoded as received, without the query, starting with `/`. */
  readonly path: string
  readonly query: URLSearchParams
  /** By lower-case name; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Readable
}

export interface WireResponse {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | string | Readable
}

/** The request of an operation whose body has been read; a streaming operation keeps its stream. */
export interface ReadRequest extends Omit<WireRequest, 'body'> {
  readonly body: Buffer
  readonly stream?: Readable
}
