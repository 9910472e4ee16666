/** The two forms of OTLP over HTTP. An answer has the form of its request. */
export type Encoding = 'application/x-protobuf' | 'application/json'

/** What of an export was not taken. */
export interface PartialSuccess {
  readonly rejectedSpans: number
  readonly errorMessage: string
}

const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  bytes.push(rest)
  return bytes
}

const lengthDelimited = (field: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([field * 8 + 2, ...varint(value.length)]), value])

const varintField = (field: number, value: number): Buffer => Buffer.from([field * 8, ...varint(value)])

/**
 * An ExportTraceServiceResponse; empty where all was taken.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#partial-success-1
 */
export const encodeResponse = (encoding: Encoding, partial: PartialSuccess | undefined): Buffer => {
  if (encoding === 'application/json') {
    const partialSuccess = partial && { ...partial, rejectedSpans: String(partial.rejectedSpans) }
    return Buffer.from(JSON.stringify(partial ? { partialSuccess } : {}))
  }
  if (!partial) return Buffer.alloc(0)
  return lengthDelimited(
    1,
    Buffer.concat([
      varintField(1, partial.rejectedSpans),
      lengthDelimited(2, Buffer.from(partial.errorMessage)),
    ]),
  )
}

/** A `google.rpc.Status`, which OTLP wants as the body of failures. */
export const encodeStatus = (encoding: Encoding, code: number, message: string): Buffer =>
  encoding === 'application/json'
    ? Buffer.from(JSON.stringify({ code, message }))
    : Buffer.concat([varintField(1, code), lengthDelimited(2, Buffer.from(message))])
