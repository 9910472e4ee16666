/** Where the X-Ray daemon listens. */

export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface DaemonAddress {
  readonly udp: Endpoint
  readonly tcp: Endpoint
}

/** Source: the daemon's default configuration. */
const DEFAULT_ENDPOINT: Endpoint = { host: '127.0.0.1', port: 2000 }

const PART = /^(?:(udp|tcp):)?(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/

const parsePart = (text: string): { scheme: string | undefined; endpoint: Endpoint } | undefined => {
  const match = PART.exec(text)
  if (!match) return undefined
  const [, scheme, v6, name, digits] = match
  const port = Number(digits)
  const host = v6 ?? name
  if (host === undefined || port < 1 || port > 65_535) return undefined
  return { scheme, endpoint: { host, port } }
}

/** The error for an address in another form, in the words of AWS's SDK for Python. */
export class InvalidDaemonAddressError extends Error {
  override name = 'InvalidDaemonAddressError'
}

/**
 * Reads `AWS_XRAY_DAEMON_ADDRESS`: `host:port` for both, or `tcp:host:port udp:host:port` in either order; an IPv6
 * address stands in brackets. Without text: 127.0.0.1:2000.
 *
 * @throws InvalidDaemonAddressError for any other form
 */
export const parseDaemonAddress = (text: string | undefined): DaemonAddress => {
  if (text === undefined || text.trim() === '') return { udp: DEFAULT_ENDPOINT, tcp: DEFAULT_ENDPOINT }
  const parts = text.trim().split(/\s+/).map(parsePart)
  const [first, second] = parts
  if (parts.length === 1 && first && !first.scheme) return { udp: first.endpoint, tcp: first.endpoint }
  if (parts.length === 2 && first && second) {
    if (first.scheme === 'udp' && second.scheme === 'tcp')
      return { udp: first.endpoint, tcp: second.endpoint }
    if (first.scheme === 'tcp' && second.scheme === 'udp')
      return { udp: second.endpoint, tcp: first.endpoint }
  }
  throw new InvalidDaemonAddressError(`Invalid daemon address ${text} specified.`)
}
