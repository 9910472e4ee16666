import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import {
  type CredentialScope,
  credentialScope,
  DroppedConnection,
  type WireRequest,
  type WireServer,
} from '@sonde/wire'
import { dynamoDbDenial } from './authorization.ts'
import { answerJson } from './kernel/http-server.ts'
import type { Authorizer, Identities, Identity } from './kernel/ports.ts'
import type { RequestLog } from './kernel/request-log.ts'
import type { Scope } from './kernel/scope.ts'
import { type SondeApiDependencies, serveSondeApi } from './kernel/sonde-api.ts'
import type { createApiGateway } from './services/apigateway/index.ts'
import type { DynamoDbHandler } from './services/dynamodb/index.ts'
import type { XRayDoors } from './services/xray/doors/index.ts'

export interface FrontDoorDependencies {
  readonly wire: WireServer
  readonly identities: Identities & Authorizer
  readonly defaultRegion: string
  readonly apigateway: Pick<ReturnType<typeof createApiGateway>, 'handle'>
  readonly dynamodb: DynamoDbHandler
  /** `/v1/traces`. */
  readonly otlp: XRayDoors['otlp']
  /** The certificate that SNS's notifications are signed with, by its path. */
  readonly certificate: (path: string) => string | undefined
  readonly sonde: SondeApiDependencies
  readonly requests: RequestLog
}

const DYNAMODB_TARGET = 'DynamoDB_20120810.'
/** DynamoDB's own limit for a request. */
const DYNAMODB_MAX_BODY = 16 * 1024 * 1024

/** `/_aws/execute-api/{apiId}/{stage}/…` and `/restapis/{apiId}/{stage}/_user_request_/…`. */
const EXECUTE_API_PATH = /^\/_aws\/execute-api\/([^/]+)\/([^/]+)(\/.*)?$/
const USER_REQUEST_PATH = /^\/restapis\/([^/]+)\/([^/]+)\/_user_request_(\/.*)?$/
const EXECUTE_API_HOST = /^([a-z0-9]+)\.execute-api\./
const STAGE_PATH = /^\/([^/]+)(\/.*)?$/

/** A request to a deployed API, in any of the three forms of its URL. */
const executeApiTarget = (host: string, path: string) => {
  if (path.startsWith('/_aws/execute-api/') || path.startsWith('/restapis/')) {
    const match = EXECUTE_API_PATH.exec(path) ?? USER_REQUEST_PATH.exec(path)
    return match ? { apiId: match[1] as string, stage: match[2] as string, path: match[3] ?? '/' } : undefined
  }
  const apiId = EXECUTE_API_HOST.exec(host)?.[1]
  if (apiId === undefined) return undefined
  const match = STAGE_PATH.exec(path)
  return { apiId, stage: match?.[1] ?? '', path: match?.[2] ?? '/' }
}

const splitUrl = (url: string): readonly [path: string, query: string] => {
  const mark = url.indexOf('?')
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)]
}

const joinHeaders = (request: IncomingMessage): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

const readAll = async (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > limit) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}

const send = (
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string | Readable,
): void => {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    // A HEAD answer keeps the length of the body that it does not carry.
    const length =
      request.method === 'HEAD' && headers['content-length'] !== undefined
        ? headers['content-length']
        : Buffer.byteLength(body)
    response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': length })
    response.end(request.method === 'HEAD' ? undefined : body)
    return
  }
  response.writeHead(status, headers)
  body.once('error', () => response.destroy())
  response.once('close', () => body.destroy())
  body.pipe(response)
}

/** Which account and region a request acts in. */
export const scopeOf = (
  identity: Identity,
  credentials: CredentialScope | undefined,
  defaultRegion: string,
): Scope => ({ account: identity.account, region: credentials?.region ?? defaultRegion })

/**
 * Sends each request of the AWS port where it belongs: a deployed API, DynamoDB, our own `/_sonde/`, or the wire.
 */
export const createFrontDoor = (dependencies: FrontDoorDependencies) => {
  const { wire, identities, defaultRegion, apigateway, dynamodb, otlp, certificate, sonde, requests } =
    dependencies

  const serveDynamoDb = async (
    request: IncomingMessage,
    response: ServerResponse,
    wireRequest: WireRequest,
    target: string,
  ): Promise<void> => {
    const started = performance.now()
    const body = await readAll(request, DYNAMODB_MAX_BODY)
    if (!body) {
      answerJson(response, 413, {
        __type: 'com.amazon.coral.service#RequestEntityTooLargeException',
        message: `The request body exceeds ${DYNAMODB_MAX_BODY} bytes.`,
      })
      return
    }
    const credentials = credentialScope(wireRequest)
    const identity = identities.resolve(credentials?.accessKeyId)
    const scope = scopeOf(identity, credentials, defaultRegion)
    const denied = dynamoDbDenial(identity, scope, target, body, identities)
    if (denied) {
      answerJson(response, 400, {
        __type: `com.amazon.coral.service#${denied.code}`,
        Message: denied.message,
      })
      return
    }
    const answer = await dynamodb({ scope, target, body, requestId: randomUUID() })
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
    requests.add({
      time: sonde.clock.now(),
      duration: performance.now() - started,
      method: 'POST',
      path: '/',
      status: answer.status,
      service: 'dynamodb',
      operation: target,
    })
  }

  const serveWire = async (
    request: IncomingMessage,
    response: ServerResponse,
    wireRequest: WireRequest,
  ): Promise<void> => {
    const started = performance.now()
    const handled = await wire.handle(wireRequest)
    const { status, headers, body } = handled.response
    send(request, response, status, headers, body)
    // What an operation left unread would hold the connection.
    request.resume()
    requests.add({
      time: sonde.clock.now(),
      duration: performance.now() - started,
      method: wireRequest.method,
      path: wireRequest.path,
      status,
      requestId: handled.requestId,
      ...(handled.api && { service: handled.api }),
      ...(handled.operation && { operation: handled.operation }),
      ...(handled.errorCode && { errorCode: handled.errorCode }),
    })
  }

  return (request: IncomingMessage, response: ServerResponse): void | Promise<void> => {
    const [path, query] = splitUrl(request.url ?? '/')
    const target = executeApiTarget(request.headers.host ?? '', path)
    if (target) return apigateway.handle(request, response, { ...target, query })
    if (path.startsWith('/_sonde/'))
      return serveSondeApi(request, response, path.slice('/_sonde'.length), sonde)
    const pem = path.endsWith('.pem') ? certificate(path) : undefined
    if (pem !== undefined)
      return send(request, response, 200, { 'content-type': 'application/x-pem-file' }, pem)
    if (path === '/moto-api/reset') return serveSondeApi(request, response, '/reset', sonde)

    const wireRequest: WireRequest = {
      method: request.method ?? 'GET',
      path,
      query: new URLSearchParams(query),
      headers: joinHeaders(request),
      body: request,
    }
    if (path === '/v1/traces') {
      const credentials = credentialScope(wireRequest)
      const identity = identities.resolve(credentials?.accessKeyId)
      return otlp.handle(request, response, scopeOf(identity, credentials, defaultRegion))
    }
    const awsTarget = wireRequest.headers['x-amz-target']
    const served = awsTarget?.startsWith(DYNAMODB_TARGET)
      ? serveDynamoDb(request, response, wireRequest, awsTarget.slice(DYNAMODB_TARGET.length))
      : serveWire(request, response, wireRequest)
    return served.catch(error => {
      if (!(error instanceof DroppedConnection)) throw error
      request.socket.destroy()
    })
  }
}
