import { createHash } from 'node:crypto'
import { type Attributes, SPAN_KIND, type Span, type SpanLink } from '../model.ts'
import { describe, type Indexing } from './annotations.ts'
import { firstText, jsonOf, present, type Remaining, textOf } from './attributes.ts'
import { awsBlock, CALL_MEMBERS, originOf } from './aws.ts'
import { causeBlock, flagsOf } from './cause.ts'
import { httpBlock } from './http.ts'
import { applicationSignalsName, cleanName, isAwsSdkSpan, isCall, nameOf, withoutSdkPrefix } from './name.ts'
import { RejectedSpan } from './rejected-span.ts'
import { sqlBlock } from './sql.ts'
import { amazonTraceId } from './trace-id.ts'

/** How spans become documents. */
export interface TranslateOptions extends Indexing {
  /**
   * Refuses traces whose id's time is older than 28 days or more than 5 minutes ahead. Default false: X-Ray takes W3C
   * ids, whose first digits are no time.
   */
  readonly validateTraceIdTime?: boolean
}

/** A segment or subsegment document before it is written; its members are X-Ray's. */
export interface Draft {
  readonly id: string
  name: string
  trace_id: string
  parent_id?: string
  type?: 'subsegment'
  namespace?: string
  http?: object
  aws?: Record<string, unknown>
  metadata?: Record<string, Record<string, unknown>>
  links?: object[]
  [member: string]: unknown
}

/** Whole microseconds divide to the nearest double; nanoseconds, being rounded before, would not. */
const secondsOf = (nanoseconds: bigint): number => Number(nanoseconds / 1_000n) / 1e6

const LOCAL_ROOT = 'LOCAL_ROOT'
/** Of the call, not of the service that makes it. */
const REMOTE_KEYS = ['aws.remote.service', 'aws.remote.operation', 'remoteTarget', 'K8s.RemoteNamespace']

const isLocalRoot = ({ attributes }: Span): boolean => attributes.get('aws.span.kind') === LOCAL_ROOT

const namespaceOf = (span: Span): string | undefined => {
  const { attributes, kind } = span
  if (isAwsSdkSpan(attributes)) return 'aws'
  // A peer that is named outright is no AWS service to X-Ray, whatever else the span says.
  const named = applicationSignalsName(span, isLocalRoot(span)) || textOf(attributes, 'peer.service')
  if (!named && textOf(attributes, 'aws.service') !== '') return 'aws'
  return kind === SPAN_KIND.client ? 'remote' : undefined
}

const linkOf = (link: SpanLink, now: number, options: TranslateOptions): object => ({
  trace_id: amazonTraceId(link.traceId, now, options.validateTraceIdTime === true),
  id: link.spanId,
  ...(link.attributes.size > 0 && {
    attributes: Object.fromEntries(Array.from(link.attributes, ([key, value]) => [key, jsonOf(value)])),
  }),
})

const serviceBlock = (resource: Attributes): object | undefined =>
  present({
    version: firstText(resource, ['service.version', 'container.image.tag']),
  })

/** The same for the same span, so that an export that is sent again doubles nothing. */
const serviceIdOf = ({ traceId, spanId }: Span): string =>
  createHash('sha256').update(`${traceId}/${spanId}/service`).digest('hex').slice(0, 16)

/** One document, by the rules that hold for every span. */
const draftOf = (span: Span, resource: Attributes, now: number, options: TranslateOptions): Draft => {
  if (!/[1-9a-f]/.test(span.spanId)) throw new RejectedSpan('a span without an id')
  const parent = /[1-9a-f]/.test(span.parentSpanId) ? span.parentSpanId : ''
  const isSegment = span.kind === SPAN_KIND.server || parent === ''
  const remaining: Remaining = new Map(span.attributes)
  const http = httpBlock(span, remaining)
  const cause = causeBlock(span, resource, remaining)
  const aws = awsBlock(span.attributes, resource, remaining)
  const sql = sqlBlock(span, remaining)
  const { user, annotations, metadata } = describe(
    span.attributes,
    remaining,
    isSegment ? resource : undefined,
    options,
  )
  const links = span.links.map(link => linkOf(link, now, options))
  return {
    id: span.spanId,
    name: nameOf(span, resource, isLocalRoot(span)),
    start_time: secondsOf(span.startTime),
    ...(span.endTime === 0n ? { in_progress: true } : { end_time: secondsOf(span.endTime) }),
    trace_id: amazonTraceId(span.traceId, now, options.validateTraceIdTime === true),
    ...present({
      parent_id: parent,
      type: isSegment ? undefined : 'subsegment',
      namespace: namespaceOf(span),
      origin: originOf(resource),
      user,
      service: serviceBlock(resource),
      http,
      aws,
      sql,
      ...flagsOf(span),
      cause,
      annotations,
      metadata,
      links: links.length > 0 ? links : undefined,
    }),
  }
}

/** The service's part of a call that begins its trace: what is the call's own is left to the dependency. */
const serviceSegment = (
  span: Span,
  id: string,
  resource: Attributes,
  now: number,
  options: TranslateOptions,
): Draft => {
  const attributes = new Map(span.attributes)
  for (const key of REMOTE_KEYS) attributes.delete(key)
  const draft = draftOf({ ...span, spanId: id, attributes }, resource, now, options)
  const local = textOf(span.attributes, 'aws.local.service')
  if (local !== '') draft.name = cleanName(local)
  for (const member of CALL_MEMBERS) delete draft.aws?.[member]
  const metadata = Object.entries(draft.metadata ?? {}).flatMap(([namespace, values]) => {
    const kept = Object.entries(values).filter(([key]) => key.startsWith('otel.resource.'))
    return kept.length > 0 ? [[namespace, Object.fromEntries(kept)] as const] : []
  })
  delete draft.metadata
  if (metadata.length > 0) draft.metadata = Object.fromEntries(metadata)
  for (const member of ['http', 'type', 'namespace']) delete draft[member]
  if (span.kind !== SPAN_KIND.consumer) delete draft.links
  return draft
}

const dependencySubsegment = (
  span: Span,
  parent: string,
  resource: Attributes,
  now: number,
  options: TranslateOptions,
): Draft => {
  const draft = draftOf({ ...span, parentSpanId: parent }, resource, now, options)
  draft.type = 'subsegment'
  draft.namespace ??= 'remote'
  if (span.kind === SPAN_KIND.consumer) delete draft.links
  const remote = textOf(span.attributes, 'aws.remote.service')
  if (remote !== '') draft.name = cleanName(withoutSdkPrefix(remote, span.attributes))
  return draft
}

/**
 * The documents of one span: a segment for servers and roots, else a subsegment; both for a call that begins its trace
 * (`aws.span.kind` LOCAL_ROOT).
 *
 * @param now ms since the epoch
 * @throws RejectedSpan
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsxrayexporter
 */
export const segmentsOf = (
  span: Span,
  resource: Attributes,
  now: number,
  options: TranslateOptions = {},
): Draft[] => {
  if (!isLocalRoot(span)) {
    const draft = draftOf(span, resource, now, options)
    if (draft.type && isCall(span) && span.attributes.has('aws.remote.service')) draft.namespace ??= 'remote'
    return [draft]
  }
  if (span.kind === SPAN_KIND.server || span.kind === SPAN_KIND.internal) {
    const draft = draftOf(span, resource, now, options)
    delete draft.type
    delete draft.namespace
    return [draft]
  }
  const id = serviceIdOf(span)
  return [
    dependencySubsegment(span, id, resource, now, options),
    serviceSegment(span, id, resource, now, options),
  ]
}
