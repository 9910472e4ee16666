import type { IncomingHttpHeaders } from 'node:http'

/**
 * What keeps pages of foreign sites in the developer's browser away from the local cloud: they can reach loopback
 * ports, by their own requests and by rebinding a name to 127.0.0.1.
 */
export interface AccessRules {
  /** Host names beyond loopback that requests may name, such as the machine's own. */
  readonly hosts: ReadonlySet<string>
  /** Origins beyond loopback that may call, such as `https://app.example`. */
  readonly origins: ReadonlySet<string>
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Suffixes under which nobody outside can register a name that resolves to this machine for an attack: AWS's own, which
 * clients send when they are pointed at us by a proxy or by /etc/hosts, and the reserved `.localhost`.
 */
const TRUSTED_SUFFIXES = ['.localhost', '.amazonaws.com', '.amazonaws.com.cn', '.localhost.localstack.cloud']

const hostNameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase()

const isLocalName = (name: string, rules: AccessRules): boolean =>
  LOOPBACK.has(name) || rules.hosts.has(name) || TRUSTED_SUFFIXES.some(suffix => name.endsWith(suffix))

/**
 * Why a request must be refused before any work, or `undefined`.
 *
 * @param headers as Node gives them
 */
export const refusal = (headers: IncomingHttpHeaders, rules: AccessRules): string | undefined => {
  const host = headers.host
  if (host === undefined || !isLocalName(hostNameOf(host), rules)) {
    return `Host ${host ?? '(none)'} is not this machine. Allow it with --allow-host.`
  }
  const { origin } = headers
  if (origin !== undefined && !rules.origins.has(origin)) {
    let name: string | undefined
    try {
      name = new URL(origin).hostname
    } catch {
      // `null`, of sandboxed pages and files.
    }
    if (name === undefined || !(LOOPBACK.has(name) || name.endsWith('.localhost') || rules.hosts.has(name))) {
      return `Origin ${origin} is foreign. Allow it with --allow-origin.`
    }
  }
  if (headers['sec-fetch-site'] === 'cross-site' && (origin === undefined || !rules.origins.has(origin))) {
    return 'Requests from pages of other sites are refused.'
  }
  return undefined
}
