/** AWS SDK v3 clients: one subsegment a call, retries included, and the trace header on every request. */

import { recordingParent } from '../core/capture.ts'
import { recordException } from '../core/cause.ts'
import { active, storage } from '../core/context.ts'
import { detailsOf, type Entity, headerOf, openChild } from '../core/entity.ts'
import { closeEntity } from '../core/recorder.ts'
import { shared } from '../core/shared.ts'
import { TRACE_HEADER } from '../core/trace-header.ts'
import { addParameters } from './aws-parameters.ts'
import { addToCustomAttributes } from './sagemaker.ts'
import { contentLength, flagStatus } from './status.ts'

/** What is used of a client; every AWS SDK v3 client has it. */
export interface AwsClient {
  readonly config: { readonly serviceId?: unknown; readonly region?: unknown }
  readonly middlewareStack: { add(middleware: never, options: never): void }
  handlers?: unknown
}

interface Arguments {
  readonly input: Record<string, unknown>
  readonly request?: { readonly headers?: Record<string, string> }
}

interface Outcome {
  readonly output: { readonly $metadata?: Metadata }
  readonly response?: unknown
}

interface Metadata {
  readonly httpStatusCode?: number
  readonly requestId?: string
  readonly extendedRequestId?: string
  readonly attempts?: number
}

interface HandlerContext {
  readonly clientName?: string
  readonly commandName?: string
}

type Next = (args: Arguments) => Promise<Outcome>

/** Errors that say "slower", whatever their status. Source: @smithy/service-error-classification. */
const THROTTLING = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
])

/** `DynamoDB` of `DynamoDBClient`: literals of the SDK's code, which minifiers leave. */
const serviceName = (context: HandlerContext, client: AwsClient): string =>
  context.clientName?.replace(/Client$/, '') || String(client.config.serviceId ?? 'AWS').replaceAll(' ', '')

const regionOf = async (client: AwsClient): Promise<string | undefined> => {
  const { region } = client.config
  const value: unknown = typeof region === 'function' ? await region() : region
  return typeof value === 'string' ? value : undefined
}

const headersOf = (response: unknown): Record<string, unknown> =>
  (response as { headers?: Record<string, unknown> } | undefined)?.headers ?? {}

const recordMetadata = (entity: Entity, metadata: Metadata, response: unknown): void => {
  const details = detailsOf(entity)
  const aws = details.aws ?? {}
  if (metadata.requestId) aws.request_id = metadata.requestId
  if (metadata.extendedRequestId) aws.id_2 = metadata.extendedRequestId
  if (metadata.attempts !== undefined) aws.retries = Math.max(0, metadata.attempts - 1)
  const status = metadata.httpStatusCode
  if (status === undefined) return
  flagStatus(details, status)
  const length = contentLength(headersOf(response)['content-length'])
  details.http = { response: { status, ...(length !== undefined && { content_length: length }) } }
}

const recordError = (entity: Entity, error: unknown): void => {
  const details = detailsOf(entity)
  const thrown = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly name?: string
    readonly $metadata?: Metadata
    readonly $response?: unknown
  }
  recordMetadata(entity, thrown.$metadata ?? {}, thrown.$response)
  if (THROTTLING.has(thrown.name ?? '')) {
    details.throttle = true
    details.error = true
  }
  if (!details.error) details.fault = true
  // The service threw it where it answered; without an answer it is this process's own (a timeout, no connection).
  recordException(entity, error, thrown.$metadata?.httpStatusCode !== undefined)
}

/** Never lets a failure of the recording reach the call. */
const quietly = (work: () => void): void => {
  try {
    work()
  } catch {
    // An odd client is recorded less; the call goes on.
  }
}

const callMiddleware =
  (client: AwsClient) =>
  (next: Next, context: HandlerContext): Next =>
  async args => {
    const service = serviceName(context, client)
    const parent = recordingParent(service)
    const operation = context.commandName?.replace(/Command$/, '')
    if (!parent) return next(withAttributes(args, service, operation, active()))
    const entity = openChild(parent, service)
    entity.namespace = 'aws'
    const aws: Record<string, unknown> = { operation }
    detailsOf(entity).aws = aws
    try {
      const outcome = await storage.run(entity, () => next(withAttributes(args, service, operation, entity)))
      quietly(() => {
        addParameters(aws, service, args.input, outcome.output)
        recordMetadata(entity, outcome.output?.$metadata ?? {}, outcome.response)
      })
      return outcome
    } catch (error) {
      quietly(() => {
        addParameters(aws, service, args.input, undefined)
        recordError(entity, error)
      })
      throw error
    } finally {
      const region = await regionOf(client).catch(() => undefined)
      if (region) aws.region = region
      closeEntity(entity)
    }
  }

const withAttributes = (
  args: Arguments,
  service: string,
  operation: string | undefined,
  caller: Entity | undefined,
): Arguments => {
  if (service !== 'SageMakerRuntime' || !operation?.startsWith('InvokeEndpoint') || !caller) return args
  const header = headerOf(caller)
  if (header === undefined) return args
  const { CustomAttributes } = args.input
  const mine = typeof CustomAttributes === 'string' ? CustomAttributes : undefined
  return { ...args, input: { ...args.input, CustomAttributes: addToCustomAttributes(mine, header) } }
}

const headerMiddleware =
  () =>
  (next: Next): Next =>
  args => {
    const headers = args.request?.headers
    const caller = active()
    if (headers && caller && !Object.keys(headers).some(name => name.toLowerCase() === 'x-amzn-trace-id')) {
      const header = headerOf(caller)
      if (header !== undefined) headers[TRACE_HEADER] = header
    }
    return next(args)
  }

/**
 * Captures the calls of one client; doing it again changes nothing. Returns the client.
 *
 * @example const dynamoDb = captureClient(new DynamoDBClient({}))
 */
export const captureClient = <C extends object>(client: C): C => {
  const target = client as unknown as AwsClient
  const stack = target.middlewareStack
  if (typeof stack?.add !== 'function')
    throw new TypeError('captureClient() takes a client of the AWS SDK v3.')
  // The document client shares its client's stack.
  if (shared.patched.has(stack)) return client
  shared.patched.add(stack)
  stack.add(
    callMiddleware(target) as never,
    { name: 'sondeTraceCall', step: 'initialize', priority: 'high' } as never,
  )
  // Before the SDK's own middleware, which passes Lambda's header on where there is none.
  stack.add(
    headerMiddleware() as never,
    { name: 'sondeTraceHeader', step: 'build', priority: 'high' } as never,
  )
  // With `cacheMiddleware` the client keeps handlers that were made without ours.
  delete target.handlers
  return client
}
