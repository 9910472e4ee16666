import { randomUUID } from 'node:crypto'
import { headersOf } from './answer-headers.ts'
import type { ApiDescription, LoadedApi, ProtocolName } from './api.ts'
import { checkReceived, decodedStream, readBody } from './body.ts'
import { checkInput } from './check-input.ts'
import type { ReadRequest, WireRequest, WireResponse } from './http.ts'
import { serviceModel } from './model.ts'
import { awsJson } from './protocols/aws-json.ts'
import { awsQuery } from './protocols/aws-query.ts'
import type { Call, ServerProtocol, WireError } from './protocols/protocol.ts'
import { restJson } from './protocols/rest-json.ts'
import { restXml } from './protocols/rest-xml.ts'
import { rpcCbor } from './protocols/rpc-cbor.ts'
import {
  type ApiMatch,
  type CredentialScope,
  credentialScope,
  matchApis,
  matchOperation,
  type OperationMatch,
  unknownOperation,
} from './route.ts'
import { DroppedConnection, notImplemented, ServiceError } from './service-error.ts'

const DEFAULT_MAX_BODY = 10 * 1024 * 1024

const PROTOCOLS: Readonly<Record<ProtocolName, ServerProtocol>> = {
  awsJson1_0: awsJson('1.0'),
  awsJson1_1: awsJson('1.1'),
  restJson1: restJson(),
  restXml: restXml(),
  awsQuery: awsQuery(),
  rpcv2Cbor: rpcCbor(),
}

/** Handlers of one API by operation name, as the wire calls them. */
export type Handlers<Context> = Readonly<
  Record<string, ((input: never, context: Context) => unknown) | undefined>
>

/** What a request tells before its operation is known. */
export interface Caller {
  readonly credentials: CredentialScope | undefined
  readonly requestId: string
  readonly request: WireRequest
}

/** What became of a request, for logs. */
export interface Handled {
  readonly response: WireResponse
  readonly requestId: string
  /** `cloudwatch`, where it could be told. */
  readonly api?: string
  readonly operation?: string
  readonly errorCode?: string
}

export interface WireServerOptions<Context> {
  readonly apis: readonly ApiDescription[]
  /** By {@link ApiDescription.api}. */
  readonly handlers: Readonly<Record<string, Handlers<Context>>>
  readonly contextOf: (caller: Caller) => Context
  /** Receives what an operation threw that was no ServiceError: a defect of ours. */
  readonly onDefect?: (error: unknown, operation: string) => void
}

export interface WireServer {
  /**
   * Every failure is an answer in the request's protocol.
   *
   * @throws DroppedConnection alone
   */
  handle(request: WireRequest): Promise<Handled>
}

const FORM = 'application/x-www-form-urlencoded'

/** Serves the AWS protocols: from an HTTP request to a handler's typed input, and back. */
export const createWireServer = <Context>(options: WireServerOptions<Context>): WireServer => {
  const loaded = new Map<string, Promise<LoadedApi>>()

  const load = (description: ApiDescription): Promise<LoadedApi> => {
    let api = loaded.get(description.api)
    if (!api) {
      api = description.load().then(sdk => ({ description, model: serviceModel(sdk) }))
      loaded.set(description.api, api)
    }
    return api
  }

  /** awsQuery names its operation in the body, so a form is read before it can be routed. */
  const readForm = async (request: WireRequest): Promise<{ form?: URLSearchParams; body?: Buffer }> => {
    if (request.query.has('Action')) return { form: request.query }
    if (!request.headers['content-type']?.startsWith(FORM) || request.headers['x-amz-target']) return {}
    const body = await readBody(request, DEFAULT_MAX_BODY)
    return { form: new URLSearchParams(body.toString('utf8')), body }
  }

  const findOperation = async (
    matches: readonly ApiMatch[],
    request: WireRequest,
  ): Promise<{ api: LoadedApi; protocol: ProtocolName } & Partial<OperationMatch>> => {
    let first: LoadedApi | undefined
    for (const { description, protocol, operation: name } of matches) {
      const api = await load(description)
      first ??= api
      if (name !== undefined) {
        const operation = api.model.operations.get(name)
        return { api, protocol, ...(operation && { operation, labels: {} }) }
      }
      const match = matchOperation(api, request)
      if (match) return { api, protocol, ...match }
    }
    const match = matches[0]
    if (!match || !first) throw notImplemented(`${request.method} ${request.path}`)
    return { api: first, protocol: match.protocol }
  }

  const readRequest = async (
    request: WireRequest,
    api: LoadedApi,
    match: OperationMatch,
    body: Buffer | undefined,
  ): Promise<ReadRequest> => {
    const { maxBody = DEFAULT_MAX_BODY, maxReceived } = api.description
    const received = maxReceived?.[match.operation.name] ?? maxBody
    if (body) {
      checkReceived(request, body, received)
      return { ...request, body }
    }
    const stream = decodedStream(request)
    if (match.operation.streamsInput) return { ...request, body: Buffer.alloc(0), stream }
    return { ...request, body: await readBody({ ...request, body: stream }, maxBody, received) }
  }

  const readInput = (
    protocol: ServerProtocol,
    call: Required<Call>,
    request: ReadRequest,
    match: OperationMatch,
  ): Record<string, unknown> => {
    let input: Record<string, unknown>
    try {
      input = protocol.readInput(call, request, match.labels)
    } catch (error) {
      if (error instanceof ServiceError) throw error
      throw new ServiceError('SerializationException', 'The request body could not be read.', {
        cause: error,
      })
    }
    checkInput(match.operation.input, input)
    return input
  }

  const resolveError = (error: unknown, api: LoadedApi | undefined, operation: string): WireError => {
    if (!(error instanceof ServiceError)) {
      options.onDefect?.(error, operation)
      return {
        code: 'InternalFailure',
        status: 500,
        queryCode: 'InternalFailure',
        message: 'The request processing has failed because of an unknown error, exception or failure.',
        fields: {},
        schema: undefined,
        headers: {},
      }
    }
    const schema = api?.model.errors.get(error.code)
    const traits = schema?.getMergedTraits() ?? {}
    const [queryCode] = (traits.awsQueryError as [string, number] | undefined) ?? []
    return {
      code: error.code,
      status: error.status ?? (traits.httpError as number | undefined) ?? 400,
      queryCode: error.queryCode ?? queryCode ?? error.code,
      message: error.message,
      fields: error.fields,
      schema,
      headers: error.headers,
    }
  }

  const handle = async (request: WireRequest): Promise<Handled> => {
    const requestId = randomUUID()
    let api: LoadedApi | undefined
    let protocol = likelyProtocol(request)
    let operationName: string | undefined
    const call = (): Call => ({
      api: api ?? { description: UNKNOWN_API, model: { operations: new Map(), errors: new Map() } },
      requestId,
    })
    const outcome = (response: WireResponse, errorCode?: string): Handled => ({
      response,
      requestId,
      ...(api && { api: api.description.api }),
      ...(operationName && { operation: operationName }),
      ...(errorCode && { errorCode }),
    })
    try {
      const { form, body } = await readForm(request)
      if (form) protocol = 'awsQuery'
      const matches = matchApis(options.apis, request, form)
      const asked = matches[0]?.operation
      protocol = matches[0]?.protocol ?? protocol
      operationName = asked
      const found = await findOperation(matches, request)
      api = found.api
      protocol = found.protocol
      const { operation, labels } = found
      if (!operation || !labels) {
        throw asked
          ? unknownOperation(api.description.api, asked)
          : notImplemented(`${api.description.api}: ${request.method} ${request.path}`)
      }
      operationName = operation.name
      const handler = options.handlers[api.description.api]?.[operation.name]
      if (!handler) throw notImplemented(`${api.description.api}: ${operation.name}`)
      const fullCall = { api, operation, requestId }
      const match = { operation, labels }
      const read = await readRequest(request, api, match, body)
      const input = readInput(PROTOCOLS[protocol], fullCall, read, match)
      const context = options.contextOf({ credentials: credentialScope(request), requestId, request })
      const output = ((await handler(input as never, context)) ?? {}) as Record<string, unknown>
      const response = PROTOCOLS[protocol].writeOutput(fullCall, output)
      const headers = headersOf(output)
      return outcome(headers ? { ...response, headers: { ...response.headers, ...headers } } : response)
    } catch (error) {
      if (error instanceof DroppedConnection) throw error
      const resolved = resolveError(error, api, operationName ?? `${request.method} ${request.path}`)
      return outcome(PROTOCOLS[protocol].writeError(call(), resolved), resolved.code)
    }
  }

  return { handle }
}

/** In which a client of a service that we do not know can read our answer. */
const likelyProtocol = (request: WireRequest): ProtocolName => {
  if (request.headers['x-amz-target']) return 'awsJson1_1'
  return credentialScope(request)?.service.startsWith('s3') ? 'restXml' : 'restJson1'
}

/** Stands for the service in answers to requests whose service could not be told. */
const UNKNOWN_API: ApiDescription = {
  api: 'unknown',
  signingName: '',
  protocols: [],
  load: async () => ({}),
}
