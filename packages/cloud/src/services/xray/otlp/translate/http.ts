import { isIP } from 'node:net'
import { type Attributes, SPAN_KIND, type Span } from '../model.ts'
import { firstInteger, firstScalar, firstText, present, type Remaining } from './attributes.ts'

/** Names of the stable semantic conventions first, then those of the experimental ones before them. */
const METHOD = ['http.request.method', 'http.method']
const STATUS = ['http.response.status_code', 'http.status_code']
const USER_AGENT = ['user_agent.original', 'http.user_agent']
const URL = ['url.full', 'http.url']
const SCHEME = ['url.scheme', 'http.scheme']
const PEER_ADDRESS = ['network.peer.address', 'net.peer.ip']
const CLIENT_ADDRESS = ['client.address', 'http.client_ip']

const CLIENT_HOSTS = ['server.address', 'net.peer.name', ...PEER_ADDRESS]
const CLIENT_PORTS = ['server.port', 'net.peer.port']
const SERVER_HOSTS = ['server.address', 'http.server_name', 'net.host.name', 'host.name']
const SERVER_PORTS = ['server.port', 'net.host.port']

/** Any of these makes a span one of HTTP. */
const HTTP_KEYS = [
  ...METHOD,
  ...STATUS,
  ...USER_AGENT,
  ...URL,
  ...SCHEME,
  'url.path',
  'url.query',
  'http.client_ip',
  'http.host',
  'http.target',
  'http.server_name',
]

/** Any of these can give the host of the URL. */
const HOST_KEYS = ['http.host', ...SERVER_HOSTS, 'net.peer.name', ...PEER_ADDRESS]

const CONSUMED = [
  ...HTTP_KEYS,
  ...HOST_KEYS,
  ...CLIENT_ADDRESS,
  ...CLIENT_PORTS,
  ...SERVER_PORTS,
  'net.peer.name',
]

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

const pathOf = (attributes: Attributes): string => {
  const path = firstText(attributes, ['url.path'])
  const query = firstText(attributes, ['url.query'])
  if (path !== '' || query !== '') return `${path || '/'}${query && `?${query}`}`
  return firstText(attributes, ['http.target']) || '/'
}

/** The URL that a span names whole, or in parts. */
const urlOf = ({ attributes, kind }: Span): string => {
  const whole = firstText(attributes, URL)
  if (whole !== '') return whole
  const server = kind === SPAN_KIND.server
  const scheme = firstText(attributes, SCHEME) || 'http'
  const authority = firstText(attributes, ['http.host'])
  const host = authority || firstText(attributes, server ? SERVER_HOSTS : CLIENT_HOSTS)
  if (host === '') return ''
  const port = authority ? '' : firstScalar(attributes, server ? SERVER_PORTS : CLIENT_PORTS)
  const shown = port === '' || DEFAULT_PORTS[scheme] === port ? '' : `:${port}`
  return `${scheme}://${host}${shown}${pathOf(attributes)}`
}

const clientOf = (attributes: Attributes): { address: string; forwarded: boolean } => {
  const client = firstText(attributes, CLIENT_ADDRESS)
  if (isIP(client) > 0) return { address: client, forwarded: true }
  const peer = firstText(attributes, PEER_ADDRESS)
  return { address: isIP(peer) > 0 ? peer : '', forwarded: false }
}

const receivedSize = (attributes: Attributes): number =>
  attributes.get('message.type') === 'RECEIVED'
    ? (firstInteger(attributes, ['messaging.message.body.size', 'messaging.message_payload_size_bytes']) ?? 0)
    : 0

const contentLengthOf = ({ attributes, events }: Span): number => {
  let size = receivedSize(attributes)
  for (let index = 0; size === 0 && index < events.length; index++) {
    size = receivedSize(events[index]?.attributes ?? attributes)
  }
  return size
}

/** The HTTP status of a span's response, under either name. */
export const httpStatusOf = ({ attributes }: Span): number | undefined =>
  firstInteger(attributes, ['http.status_code', 'http.response.status_code'])

/**
 * The http block, and takes its attributes. A span that names hosts but is not of HTTP has none, and keeps what it
 * names.
 */
export const httpBlock = (span: Span, remaining: Remaining): object | undefined => {
  const { attributes } = span
  const { address, forwarded } = clientOf(attributes)
  if (!HTTP_KEYS.some(key => attributes.has(key)) && !(forwarded && attributes.has('client.address'))) {
    return undefined
  }
  for (const key of CONSUMED) remaining.delete(key)
  const request = present({
    method: firstText(attributes, METHOD),
    url: urlOf(span),
    user_agent: firstText(attributes, USER_AGENT),
    client_ip: address,
    x_forwarded_for: forwarded || undefined,
  })
  const response = present({
    status: firstInteger(attributes, STATUS),
    content_length: contentLengthOf(span),
  })
  return { ...(request && { request }), response }
}
