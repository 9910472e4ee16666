import { type Attributes, SPAN_KIND, type Span } from '../model.ts'
import { firstText, textOf } from './attributes.ts'

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
const MAX_NAME = 200
const INVALID = /[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu
const NAMELESS = 'span'

/** Cut between characters, never within one. */
const cut = (text: string): string =>
  text.length <= MAX_NAME ? text : text.slice(0, MAX_NAME).replace(/[\uD800-\uDBFF]$/, '')

/** A name that X-Ray takes: what it does not allow is left out. */
export const cleanName = (name: string): string => cut(name.replace(INVALID, '')) || NAMELESS

export const isAwsSdkSpan = (attributes: Attributes): boolean => attributes.get('rpc.system') === 'aws-api'

/** `AWS.SDK.DynamoDB` and `AWS::DynamoDB` are the service DynamoDB. */
export const withoutSdkPrefix = (name: string, attributes: Attributes): string =>
  isAwsSdkSpan(attributes) ? name.replace(/^(AWS\.SDK\.|AWS::)/, '') : name

const hostOf = (connection: string): string => {
  try {
    return new URL(connection.replace(/^jdbc:/, '')).hostname
  } catch {
    return ''
  }
}

const databaseName = (attributes: Attributes): string => {
  const name = firstText(attributes, ['db.name', 'db.namespace'])
  const host = name && hostOf(textOf(attributes, 'db.connection_string'))
  return host ? `${name}@${host}` : name
}

const CALLS: ReadonlySet<number> = new Set([SPAN_KIND.client, SPAN_KIND.producer, SPAN_KIND.consumer])

export const isCall = ({ kind }: Span): boolean => CALLS.has(kind)

/** What Application Signals calls the service. */
export const applicationSignalsName = (span: Span, localRoot: boolean): string => {
  const { attributes, kind } = span
  if (kind === SPAN_KIND.server || (kind === SPAN_KIND.internal && localRoot)) {
    return textOf(attributes, 'aws.local.service')
  }
  return isCall(span) ? withoutSdkPrefix(textOf(attributes, 'aws.remote.service'), attributes) : ''
}

/**
 * The name of a span's document. Segments are named after services, spans after what they do: the first attribute that
 * names a service counts, the span's own name last.
 */
export const nameOf = (span: Span, resource: Attributes, localRoot: boolean): string => {
  const { attributes, kind } = span
  return cleanName(
    applicationSignalsName(span, localRoot) ||
      firstText(attributes, ['peer.service', 'aws.service']) ||
      databaseName(attributes) ||
      (kind === SPAN_KIND.server && textOf(resource, 'service.name')) ||
      firstText(attributes, ['rpc.service', 'http.host', 'net.peer.name']) ||
      (isCall(span) && textOf(attributes, 'server.address')) ||
      span.name,
  )
}
