/**
 * What a datagram holds: a segment document, an OTLP export of the Lambda ADOT layer, or nothing that we can read.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export type Datagram =
  | { readonly kind: 'document'; readonly text: string }
  | { readonly kind: 'otlp'; readonly sampled: boolean; readonly request: Buffer }
  | { readonly kind: 'rejected'; readonly reason: DatagramError }

/** In the daemon's own words. */
export type DatagramError = 'Missing header or segment' | 'Invalid header' | 'Invalid OTLP data'

const NEWLINE = 0x0a
/** Longer ones are no header: the usual has 29 bytes. */
const MAX_HEADER = 1_024
/** What every SDK sends, so that none has to be parsed. */
const USUAL_HEADER = Buffer.from('{"format":"json","version":1}')

/** Before base64 of an ExportTraceServiceRequest: the spans are sampled, or not. */
const SAMPLED = 'T1S'
const UNSAMPLED = 'T1U'
const PREFIX_LENGTH = 3
const BASE64 = /^[A-Za-z0-9+/]*={0,2}\s*$/

const isHeader = (line: Buffer): boolean => {
  if (line.equals(USUAL_HEADER)) return true
  if (line.length > MAX_HEADER) return false
  try {
    const header = JSON.parse(line.toString('utf8')) as { format?: unknown; version?: unknown } | null
    return (
      typeof header?.format === 'string' && header.format.toLowerCase() === 'json' && header.version === 1
    )
  } catch {
    return false
  }
}

const otlpOf = (body: string, sampled: boolean): Datagram => {
  const encoded = body.slice(PREFIX_LENGTH)
  return BASE64.test(encoded)
    ? { kind: 'otlp', sampled, request: Buffer.from(encoded, 'base64') }
    : { kind: 'rejected', reason: 'Invalid OTLP data' }
}

/**
 * Reads a datagram: a header line, `{"format":"json","version":1}`, a newline and one document. As in the daemon the
 * first newline alone separates, and the document is not looked into.
 */
export const readDatagram = (bytes: Buffer): Datagram => {
  const newline = bytes.indexOf(NEWLINE)
  if (newline < 0 || newline === bytes.length - 1) {
    return { kind: 'rejected', reason: 'Missing header or segment' }
  }
  if (!isHeader(bytes.subarray(0, newline))) return { kind: 'rejected', reason: 'Invalid header' }
  const text = bytes.toString('utf8', newline + 1)
  if (text.startsWith(SAMPLED)) return otlpOf(text, true)
  if (text.startsWith(UNSAMPLED)) return otlpOf(text, false)
  return { kind: 'document', text }
}
