import { crc32 } from 'node:zlib'
import { DroppedConnection, ServiceError } from '@sonde/wire'
import type { Clock } from '../../kernel/clock.ts'
import type { FaultPoints, MetricRecorder } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import { consumedAsWanted, consumes, refusalOf, samplesOf } from './consumption.ts'
import type { Database } from './database.ts'
import type { Databases } from './databases.ts'
import type { DynaliteError, Json } from './dynalite.ts'
import { type Operation, operations } from './operations.ts'

/** DynamoDB's own limit of a request's body: 16 MB. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024

export interface DynamoDbRequest {
  /** The operation: `X-Amz-Target` behind `DynamoDB_20120810.` */
  readonly target: string
  readonly body: Uint8Array
  readonly scope: Scope
  readonly requestId: string
}

export interface DynamoDbResponse {
  readonly status: number
  /** Names in lower case. `content-length` is among them. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Answers one request of DynamoDB's protocol. Rejects only where a fault asks for the connection to be dropped. */
export type DynamoDbHandler = (request: DynamoDbRequest) => Promise<DynamoDbResponse>

const respond = (requestId: string, status: number, document: Json): DynamoDbResponse => {
  const body = Buffer.from(JSON.stringify(document))
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': String(body.length),
      // The SDKs check it.
      'x-amz-crc32': String(crc32(body)),
      'x-amzn-requestid': requestId,
    },
    body,
  }
}

interface Refusal {
  readonly status: number
  readonly code: string
  readonly document: Json
}

const SERIALIZATION: Refusal = {
  status: 400,
  code: 'SerializationException',
  document: { __type: 'com.amazon.coral.service#SerializationException' },
}

const refusal = (error: unknown): Refusal => {
  if (error instanceof ServiceError) {
    const { code, message, status = 400, fields } = error
    const namespace =
      code === 'ValidationException' ? 'com.amazon.coral.validate' : 'com.amazonaws.dynamodb.v20120810'
    return { status, code, document: { __type: `${namespace}#${code}`, message, ...fields } }
  }
  const { statusCode: status, body } = error as DynaliteError
  if (status !== undefined && body !== undefined) {
    return { status, code: body.__type.slice(body.__type.indexOf('#') + 1), document: { ...body } }
  }
  return {
    status: 500,
    code: 'InternalServerError',
    document: {
      __type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
      message: 'The request processing has failed because of an unknown error, exception or failure.',
    },
  }
}

const parse = (body: Uint8Array): Json | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString())
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

export interface HandlerDependencies {
  readonly databases: Pick<Databases, 'of'>
  readonly clock: Clock
  readonly metrics: MetricRecorder
  readonly faults: FaultPoints
  /** Receives what failed without being an error of DynamoDB's. */
  readonly onDefect: (error: unknown) => void
}

/** DynamoDB's protocol over dynalite's functions, without its server and sockets. */
export const createHandler = ({
  databases,
  clock,
  metrics,
  faults,
  onDefect,
}: HandlerDependencies): DynamoDbHandler => {
  const run = async (target: string, input: Json, scope: Scope, database: Database): Promise<Json> => {
    const operation = operations[target] as Operation
    const fault = faults.pass('dynamodb.request', String(input.TableName ?? ''))
    if (fault) await fault
    if (!consumes(target)) return operation(input, database, scope)
    const started = performance.now()
    const wanted = input.ReturnConsumedCapacity
    // Always asked for, since CloudWatch is told; given to the client only if the client asked. What is none of the
    // three values is left to DynamoDB's words.
    if (wanted === undefined || wanted === null || wanted === 'NONE' || wanted === 'TOTAL') {
      input.ReturnConsumedCapacity = 'INDEXES'
    }
    const result = await operation(input, database, scope)
    metrics.record(scope, samplesOf(target, result, performance.now() - started, clock.now()))
    consumedAsWanted(result, wanted)
    return result
  }

  const answer = async ({ target, body, scope, requestId }: DynamoDbRequest): Promise<DynamoDbResponse> => {
    if (!Object.hasOwn(operations, target)) {
      return respond(requestId, 501, {
        __type: 'com.amazonaws.dynamodb.v20120810#NotImplemented',
        message: `dynamodb:${target} is not implemented by Sonde.`,
      })
    }
    if (body.length > MAX_REQUEST_BYTES) {
      throw new ServiceError('RequestEntityTooLarge', 'Request body is larger than 16 MB', { status: 413 })
    }
    const input = parse(body)
    if (!input) return respond(requestId, SERIALIZATION.status, SERIALIZATION.document)
    const opened = databases.of(scope)
    const database = opened instanceof Promise ? await opened : opened
    try {
      return respond(requestId, 200, await run(target, input, scope, database))
    } catch (error) {
      const failure = refusal(error)
      // What we cannot do is no error of anybody's on AWS.
      if (failure.status !== 501 && !(error instanceof DroppedConnection)) {
        metrics.record(scope, refusalOf(target, input, failure, clock.now()))
      }
      throw error
    }
  }

  return async request => {
    try {
      return await answer(request)
    } catch (error) {
      if (error instanceof DroppedConnection) throw error
      const { status, document } = refusal(error)
      if (status === 500 && !(error instanceof ServiceError)) onDefect(error)
      return respond(request.requestId, status, document)
    }
  }
}
