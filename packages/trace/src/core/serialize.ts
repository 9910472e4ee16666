/** Entities as JSON text, without an intermediate object for the common part. */
import { epochSeconds } from './clock.ts'
import type { Details, Entity } from './entity.ts'
import { exceptionDocument } from './exception-text.ts'
import { quotedName } from './name.ts'

/** `aws.xray` of segments. */
const SDK = { sdk: 'Sonde for Node.js', sdk_version: '0.1.0' }

/** What is left out of a document that would be too large otherwise, in this order. */
export interface Omit {
  readonly metadata: boolean
  readonly stacks: boolean
  readonly annotations: boolean
}

const NOTHING: Omit = { metadata: false, stacks: false, annotations: false }

const metadataText = (details: Details, omit: Omit): string => {
  const truncated = omit.metadata || omit.stacks || omit.annotations
  if (truncated) return ',"metadata":{"xray":{"truncated":true}}'
  if (!details.metadata) return ''
  const namespaces: string[] = []
  for (const [namespace, values] of details.metadata) {
    const pairs: string[] = []
    for (const [key, json] of values) pairs.push(`${JSON.stringify(key)}:${json}`)
    namespaces.push(`${JSON.stringify(namespace)}:{${pairs.join(',')}}`)
  }
  return `,"metadata":{${namespaces.join(',')}}`
}

const causeText = (details: Details, omit: Omit): string => {
  if (details.exceptions?.length) {
    const exceptions = details.exceptions.map(exception => {
      const document = exceptionDocument(exception)
      if (omit.stacks) delete document.stack
      return document
    })
    return `,"cause":${JSON.stringify({ working_directory: process.cwd(), exceptions })}`
  }
  return details.causeId ? `,"cause":"${details.causeId}"` : ''
}

const detailsText = (details: Details, omit: Omit): string => {
  let out = ''
  if (details.error) out += ',"error":true'
  if (details.throttle) out += ',"throttle":true'
  if (details.fault) out += ',"fault":true'
  if (details.traced) out += ',"traced":true'
  if (details.http) out += `,"http":${JSON.stringify(details.http)}`
  if (details.sql) out += `,"sql":${JSON.stringify(details.sql)}`
  if (details.user) out += `,"user":${JSON.stringify(details.user)}`
  if (details.links) out += `,"links":${JSON.stringify(details.links)}`
  if (details.annotations && !omit.annotations) {
    out += `,"annotations":${JSON.stringify(Object.fromEntries(details.annotations))}`
  }
  return out + causeText(details, omit) + metadataText(details, omit)
}

const awsText = (entity: Entity): string => {
  const aws = entity.details?.aws
  if (entity.segment) {
    const { rule } = entity.segment
    return `,"aws":${JSON.stringify({ ...aws, xray: rule === undefined ? SDK : { ...SDK, sampling_rule_name: rule } })}`
  }
  return aws ? `,"aws":${JSON.stringify(aws)}` : ''
}

const segmentText = (entity: Entity): string => {
  const { segment, trace } = entity
  if (!segment) return ''
  let out = `,"trace_id":"${trace.traceId}"`
  if (segment.parentId) out += `,"parent_id":"${segment.parentId}"`
  if (segment.origin) out += `,"origin":${JSON.stringify(segment.origin)}`
  if (segment.service) out += `,"service":${JSON.stringify(segment.service)}`
  return out
}

/** An entity without its children and without the closing brace, so that either can be put behind it. */
export const openText = (entity: Entity, omit: Omit = NOTHING): string => {
  const { trace, namespace, details } = entity
  let out = `{"id":"${entity.id}","name":${quotedName(entity.name)},"start_time":${epochSeconds(trace.anchor + entity.start)}`
  out += entity.end === 0 ? ',"in_progress":true' : `,"end_time":${epochSeconds(trace.anchor + entity.end)}`
  if (namespace !== undefined) out += `,"namespace":"${namespace}"`
  if (entity.segment !== undefined) out += segmentText(entity)
  if (entity.segment !== undefined || details?.aws) out += awsText(entity)
  if (details !== undefined) out += detailsText(details, omit)
  return out
}

/** What a subsegment that is sent alone says besides. */
export const aloneText = (entity: Entity): string =>
  entity.segment
    ? ''
    : `,"type":"subsegment","trace_id":"${entity.trace.traceId}","parent_id":"${entity.parent?.id ?? ''}"`
