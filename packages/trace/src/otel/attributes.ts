/** Attributes of spans as fields of X-Ray documents, as AWS's exporter of the OpenTelemetry collector has them. */
import { type AttributeValue, SpanKind } from '@opentelemetry/api'
import { contentLength, flagStatus } from '../clients/status.ts'
import { detailsOf, type Entity } from '../core/entity.ts'
import { addMetadata, annotateEntity } from '../core/handle.ts'
import { settings } from '../core/settings.ts'

export type AttributeMap = Map<string, AttributeValue>

/** The first of several names (newest convention first), taken out so that it is not metadata too. */
const take = (attributes: AttributeMap, ...names: readonly string[]): AttributeValue | undefined => {
  let found: AttributeValue | undefined
  for (const name of names) {
    const value = attributes.get(name)
    if (value === undefined) continue
    attributes.delete(name)
    found ??= value
  }
  return found
}

const text = (value: AttributeValue | undefined): string | undefined =>
  value === undefined ? undefined : String(value)

const withoutQuery = (url: string): string => url.split(/[?#]/, 1)[0] ?? url

const urlOf = (attributes: AttributeMap): string | undefined => {
  const full = text(take(attributes, 'url.full', 'http.url'))
  const scheme = text(take(attributes, 'url.scheme', 'http.scheme')) ?? 'http'
  const host = text(
    attributes.get('server.address') ?? attributes.get('http.host') ?? attributes.get('net.host.name'),
  )
  const port = text(take(attributes, 'server.port', 'net.host.port', 'net.peer.port'))
  const path = text(take(attributes, 'url.path', 'http.target'))
  take(attributes, 'url.query')
  if (full) return withoutQuery(full)
  if (!host || path === undefined) return undefined
  const standard = port === undefined || port === (scheme === 'https' ? '443' : '80') || host.includes(':')
  return `${scheme}://${host}${standard ? '' : `:${port}`}${withoutQuery(path)}`
}

const httpBlock = (entity: Entity, attributes: AttributeMap): void => {
  const method = text(take(attributes, 'http.request.method', 'http.method'))
  const status = Number(take(attributes, 'http.response.status_code', 'http.status_code'))
  if (method === undefined && Number.isNaN(status)) return
  const details = detailsOf(entity)
  const url = urlOf(attributes)
  const agent = text(take(attributes, 'user_agent.original', 'http.user_agent'))
  const client = text(
    take(attributes, 'client.address', 'http.client_ip', 'network.peer.address', 'net.peer.ip'),
  )
  const length = contentLength(take(attributes, 'http.response.body.size', 'http.response_content_length'))
  details.http = {
    request: {
      ...(method && { method }),
      ...(url && { url }),
      ...(agent && { user_agent: agent }),
      ...(entity.segment && client && { client_ip: client }),
    },
    ...(Number.isInteger(status) && {
      response: { status, ...(length !== undefined && { content_length: length }) },
    }),
  }
  if (Number.isInteger(status)) flagStatus(details, status)
}

/** Keys of the `aws` block by the attributes that fill them. */
const AWS_FIELDS: readonly (readonly [key: string, ...names: string[]])[] = [
  ['operation', 'aws.operation', 'rpc.method'],
  ['region', 'aws.region', 'cloud.region'],
  ['request_id', 'aws.request_id', 'aws.requestId', 'aws.request.id'],
  ['account_id', 'aws.account_id'],
  ['table_name', 'aws.table_name', 'aws.table.name'],
  ['queue_url', 'aws.queue_url', 'aws.queue.url', 'messaging.url', 'aws.sqs.queue.url'],
  ['topic_arn', 'aws.sns.topic.arn'],
  ['bucket_name', 'aws.s3.bucket'],
  ['key', 'aws.s3.key'],
  ['endpoint_name', 'aws.sagemaker.endpoint.name'],
]

const awsBlock = (entity: Entity, attributes: AttributeMap): void => {
  const system = attributes.get('rpc.system')
  if (system !== 'aws-api' && attributes.get('aws.service') === undefined) return
  entity.namespace = 'aws'
  const service = text(take(attributes, 'aws.service', 'rpc.service'))
  if (service) entity.name = service.replace(/^AWS(?:\.SDK\.|::)/, '')
  take(attributes, 'rpc.system', 'rpc.service')
  const aws: Record<string, unknown> = {}
  for (const [key, ...names] of AWS_FIELDS) {
    const value = take(attributes, ...names)
    if (value !== undefined) aws[key] = value
  }
  const tables = take(attributes, 'aws.dynamodb.table_names')
  if (Array.isArray(tables)) {
    if (tables.length === 1) aws.table_name = tables[0]
    else aws.table_names = tables
  }
  detailsOf(entity).aws = aws
}

/** Systems that are SQL. Source: the collector's exporter. */
const SQL = new Set([
  'db2',
  'derby',
  'hive',
  'mariadb',
  'mssql',
  'mysql',
  'oracle',
  'postgresql',
  'sqlite',
  'teradata',
  'other_sql',
])

const databaseBlock = (entity: Entity, attributes: AttributeMap): void => {
  const system = text(attributes.get('db.system.name') ?? attributes.get('db.system'))
  if (system === undefined || entity.namespace === 'aws') return
  const name = text(take(attributes, 'db.namespace', 'db.name'))
  const host = text(attributes.get('server.address') ?? attributes.get('net.peer.name')) ?? 'localhost'
  const query = text(take(attributes, 'db.query.text', 'db.statement'))
  const user = text(take(attributes, 'db.user'))
  entity.name = `${name ?? system}@${host}`
  if (!SQL.has(system)) return
  take(attributes, 'db.system.name', 'db.system')
  detailsOf(entity).sql = {
    url: `${system}://${host}/${name ?? ''}`,
    database_type: system,
    ...(user && { user }),
    ...(query && settings().collectSql && { sanitized_query: query }),
  }
}

const remoteName = (attributes: AttributeMap): string | undefined =>
  text(
    attributes.get('peer.service') ??
      attributes.get('rpc.service') ??
      attributes.get('http.host') ??
      attributes.get('server.address') ??
      attributes.get('net.peer.name'),
  )

const annotationKey = (key: string): string => key.replace(/[^A-Za-z0-9_.]/g, '_')

const isScalar = (value: AttributeValue): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/**
 * Writes a span's attributes into its entity: http, aws, sql, user; those that `aws.xray.annotations` lists (or all, with
 * `indexAll`) as annotations; the others as metadata. `attributes` is used up.
 */
export const applyAttributes = (
  entity: Entity,
  kind: SpanKind,
  attributes: AttributeMap,
  indexAll: boolean,
): void => {
  const outgoing = kind === SpanKind.CLIENT || kind === SpanKind.PRODUCER
  const remote = outgoing ? remoteName(attributes) : undefined
  if (outgoing && !entity.segment) {
    entity.namespace ??= 'remote'
    if (remote) entity.name = remote
  }
  awsBlock(entity, attributes)
  databaseBlock(entity, attributes)
  httpBlock(entity, attributes)
  const user = text(take(attributes, 'enduser.id', 'user.id'))
  if (user && entity.segment) detailsOf(entity).user = user
  const listed = take(attributes, 'aws.xray.annotations')
  const indexed = new Set(Array.isArray(listed) ? listed.map(String) : [])
  for (const [key, value] of attributes) {
    if ((indexAll || indexed.has(key)) && isScalar(value)) annotateEntity(entity, annotationKey(key), value)
    else addMetadata(entity, key, value)
  }
}
