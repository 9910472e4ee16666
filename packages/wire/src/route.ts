import type { ApiDescription, LoadedApi, ProtocolName } from './api.ts'
import type { WireRequest } from './http.ts'
import type { OperationModel } from './model.ts'
import { matchPath, splitPath } from './path-pattern.ts'
import { notImplemented, ServiceError } from './service-error.ts'

/** The parts of `Authorization: AWS4-HMAC-SHA256 Credential=AKID/date/region/service/aws4_request, …`. */
export interface CredentialScope {
  readonly accessKeyId: string
  readonly region: string
  readonly service: string
}

/** The credential scope of a request, signed by header or by query (presigned); the signature is not checked. */
export const credentialScope = (request: WireRequest): CredentialScope | undefined => {
  const header = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? '')?.[1]
  const credential = header ?? request.query.get('X-Amz-Credential') ?? ''
  const [accessKeyId, , region, service] = credential.split('/')
  return accessKeyId && region && service ? { accessKeyId, region, service } : undefined
}

/** Which API and protocol a request speaks. */
export interface ApiMatch {
  readonly description: ApiDescription
  readonly protocol: ProtocolName
  /** Known at once for RPC protocols; REST operations are found by their path once the model is loaded. */
  readonly operation?: string
}

const byTarget = (apis: readonly ApiDescription[], request: WireRequest): ApiMatch | undefined => {
  const target = request.headers['x-amz-target']
  if (!target) return undefined
  const dot = target.lastIndexOf('.')
  const prefix = target.slice(0, dot)
  const description = apis.find(api => api.targetPrefix === prefix)
  const operation = target.slice(dot + 1)
  if (!description) throw notImplemented(`${prefix}: ${operation}`)
  const asked = request.headers['content-type']?.includes('json-1.0') ? 'awsJson1_0' : 'awsJson1_1'
  const protocol = description.protocols.includes(asked)
    ? asked
    : (description.protocols.find(name => name.startsWith('awsJson')) ?? asked)
  return { description, protocol, operation }
}

const CBOR_PATH = /\/service\/([^/]+)\/operation\/([^/]+)$/

const byCbor = (apis: readonly ApiDescription[], request: WireRequest): ApiMatch | undefined => {
  if (request.headers['smithy-protocol'] !== 'rpc-v2-cbor') return undefined
  const [, service = '', operation = ''] = CBOR_PATH.exec(request.path) ?? []
  const description = apis.find(api => api.targetPrefix === service && api.protocols.includes('rpcv2Cbor'))
  if (!description) throw notImplemented(`rpcv2Cbor for ${service || request.path}`)
  return { description, protocol: 'rpcv2Cbor', operation }
}

/** `form` is the body's parameters, read ahead because awsQuery names its operation there. */
const byForm = (
  apis: readonly ApiDescription[],
  form: URLSearchParams | undefined,
  scope: CredentialScope | undefined,
): ApiMatch | undefined => {
  const operation = form?.get('Action')
  if (!form || !operation) return undefined
  const version = form.get('Version')
  const candidates = apis.filter(api => api.protocols.includes('awsQuery'))
  const description =
    candidates.find(api => api.version === version && (!scope || api.signingName === scope.service)) ??
    candidates.find(api => api.version === version)
  if (!description) throw notImplemented(`awsQuery Version=${version} Action=${operation}`)
  return { description, protocol: 'awsQuery', operation }
}

const restProtocol = (api: ApiDescription): ProtocolName | undefined =>
  api.protocols.find(name => name === 'restJson1' || name === 'restXml')

/**
 * Finds the APIs that a request may be for. All that a REST service's path alone would tell comes as several
 * candidates, to be matched against their models in order.
 *
 * @see spec: target, then rpcv2Cbor, then credential scope and form, then path
 * @throws ServiceError 501 naming what is spoken to, where it is clear and we do not have it
 */
export const matchApis = (
  apis: readonly ApiDescription[],
  request: WireRequest,
  form: URLSearchParams | undefined,
): ApiMatch[] => {
  const scope = credentialScope(request)
  const rpc = byTarget(apis, request) ?? byCbor(apis, request) ?? byForm(apis, form, scope)
  if (rpc) return [rpc]
  const rest = apis.flatMap(description => {
    const protocol = restProtocol(description)
    return protocol ? [{ description, protocol }] : []
  })
  if (!scope) return rest
  const signed = rest.filter(({ description }) => description.signingName === scope.service)
  if (signed.length === 0) throw notImplemented(`${scope.service}: ${request.method} ${request.path}`)
  return signed
}

/** A REST operation and what its path gave. */
export interface OperationMatch {
  readonly operation: OperationModel
  readonly labels: Readonly<Record<string, string>>
}

interface Located {
  readonly path: string
  readonly labels: Readonly<Record<string, string>>
}

/** Takes the first segment off the path where it is an input member (S3's bucket). */
const locate = (api: LoadedApi, path: string): Located => {
  const member = api.description.pathPrefixMember
  const first = splitPath(path)[0]
  if (member === undefined || first === undefined) return { path, labels: {} }
  return { path: path.slice(first.length + 1) || '/', labels: { [member]: decodeURIComponent(first) } }
}

/** How many of a pattern's own words a request has; negative infinity where it lacks one. */
const specificity = (operation: OperationModel, request: WireRequest): number => {
  let score = 0
  for (const [name, value] of operation.http?.path.query ?? []) {
    const actual = request.query.get(name)
    // Only the SDKs send `x-id`, which names the operation outright.
    if (name === 'x-id') score += actual === value ? 10_000 : actual === null ? 0 : Number.NEGATIVE_INFINITY
    else if (actual === null || (value !== undefined && actual !== value)) return Number.NEGATIVE_INFINITY
    else score += 10
  }
  for (const name of operation.requiredQuery) {
    if (!request.query.has(name)) return score - 1_000
    score += 5
  }
  for (const name of operation.requiredHeaders) {
    if (request.headers[name] === undefined) return score - 1_000
    score += 5
  }
  for (const segment of operation.http?.path.segments ?? []) {
    if (segment.kind === 'literal') score += 20
    else if (segment.kind === 'label') score += 1
  }
  return score
}

/** The operation of a REST API that a request asks for: the most specific of those whose method and path match. */
export const matchOperation = (api: LoadedApi, request: WireRequest): OperationMatch | undefined => {
  const { path, labels: prefix } = locate(api, request.path)
  const segments = splitPath(path)
  const prefixMember = api.description.pathPrefixMember
  let best: OperationMatch | undefined
  let bestScore = Number.NEGATIVE_INFINITY
  for (const operation of api.model.operations.values()) {
    if (operation.http?.method !== request.method) continue
    const labels = matchPath(operation.http.path, path, segments)
    if (!labels) continue
    if (prefixMember !== undefined) {
      const takesPrefix = [...operation.input.structIterator()].some(([name]) => name === prefixMember)
      if (takesPrefix !== (prefix[prefixMember] !== undefined)) continue
    }
    const score = specificity(operation, request)
    if (score > bestScore) {
      best = { operation, labels: { ...prefix, ...labels } }
      bestScore = score
    }
  }
  return best
}

export const unknownOperation = (api: string, operation: string): ServiceError =>
  new ServiceError('UnknownOperationException', `${api} has no operation ${operation}.`)
