import { Readable } from 'node:stream'
import {
  GetSamplingRulesCommand,
  GetSamplingTargetsCommand,
  PutTraceSegmentsCommand,
  XRayClient,
  type XRayClientConfig,
} from '@aws-sdk/client-xray'
import { type RetryOptions, retry } from './retry.ts'

/** An answer of X-Ray, as it came. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface RelayOptions {
  /** Where to, and with whose credentials; the SDK's defaults hold for what is absent. */
  readonly client: Pick<XRayClientConfig, 'region' | 'endpoint' | 'credentials'>
  readonly retries?: Pick<RetryOptions, 'attempts' | 'base' | 'cap' | 'random'>
  /** Receives each failed attempt, in words without secrets. */
  readonly onTrouble?: (text: string) => void
}

/** Sends segment documents and sampling calls on to X-Ray, signed by the SDK. */
export interface Relay {
  /**
   * Sends a batch, again and again while that can help.
   *
   * @returns how many documents X-Ray did not take
   * @throws what the last attempt met
   */
  deliver(documents: string[]): Promise<number>
  /** Sends a sampling call with the body that came. */
  forward(path: string, body: Buffer): Promise<Answer>
  /** @throws Error where neither options nor the AWS configuration name one */
  region(): Promise<string>
  /** Attempts sent again so far. */
  retries(): number
  /** What fails from now on is not tried again. */
  hurry(): void
  close(): void
}

/** The daemon's own for a sampling call, which has no queue behind it. */
const SAMPLING_ATTEMPTS = 2
const CONNECTION_TIMEOUT = 2_000
const REQUEST_TIMEOUT = 10_000
const MAX_TEXT = 200

const PASSED_HEADERS = ['content-type', 'x-amzn-requestid', 'x-amzn-errortype', 'retry-after']

/** Credentials that are not there yet, or not any more: the user can mend both while we wait. */
const MENDABLE = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestExpired',
])

interface Failure {
  readonly name: string
  readonly message: string
  readonly status: number | undefined
}

const failureOf = (error: unknown): Failure => {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
  return { name, message, status: $metadata?.httpStatusCode }
}

/** Throttling, failures of the service and of the network. What X-Ray refused it would refuse again. */
export const isRetryable = (error: unknown): boolean => {
  const { name, status } = failureOf(error)
  return status === undefined || status === 429 || status >= 500 || MENDABLE.has(name)
}

/** One line. AWS's answers to wrong signatures quote the signed headers, session token included: they are left out. */
export const describeFailure = (error: unknown): string => {
  const { name, message, status } = failureOf(error)
  const text = /Signature/i.test(name) ? '' : (message.split('\n')[0] ?? '').slice(0, MAX_TEXT)
  return [name, status === undefined ? '' : ` (${status})`, text && `: ${text}`].join('')
}

interface RawResponse {
  statusCode: number
  headers: Record<string, string>
  body: unknown
}

type Next = (arguments_: { request: { body?: unknown } }) => Promise<{ response: RawResponse }>

/** The part of the SDK's middleware stack that is used here, without the types of one command. */
interface MiddlewareStack {
  add(middleware: (next: Next) => Next, options: { step: string; priority: string; name: string }): void
}

const readAll = async (body: unknown): Promise<Buffer> => {
  const parts: Uint8Array[] = []
  for await (const part of body as AsyncIterable<Uint8Array>) parts.push(part)
  return Buffer.concat(parts)
}

const samplingCommand = (path: string) =>
  path === '/SamplingTargets'
    ? new GetSamplingTargetsCommand({ SamplingStatisticsDocuments: [] })
    : new GetSamplingRulesCommand({})

export const createRelay = ({ client: config, retries: limits, onTrouble }: RelayOptions): Relay => {
  const shared = {
    ...config,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      throwOnRequestTimeout: true,
    },
  }
  // Batches are tried again by us, so that an outage may last longer than the SDK's few attempts.
  const segments = new XRayClient({ ...shared, maxAttempts: 1 })
  const sampling = new XRayClient({ ...shared, maxAttempts: SAMPLING_ATTEMPTS })
  const hurrying = new AbortController()
  let again = 0

  return {
    deliver: async documents => {
      const answer = await retry(
        () => segments.send(new PutTraceSegmentsCommand({ TraceSegmentDocuments: documents })),
        {
          ...limits,
          signal: hurrying.signal,
          isRetryable,
          onRetry: error => {
            again++
            onTrouble?.(describeFailure(error))
          },
        },
      )
      return answer.UnprocessedTraceSegments?.length ?? 0
    },
    forward: async (path, body) => {
      const command = samplingCommand(path)
      let answer: Answer | undefined
      // The SDK signs, finds the endpoint and tries again; what it carries stays byte for byte as it came.
      const stack = command.middlewareStack as unknown as MiddlewareStack
      stack.add(
        next => arguments_ => {
          arguments_.request.body = body
          return next(arguments_)
        },
        { step: 'serialize', priority: 'low', name: 'passRequest' },
      )
      stack.add(
        next => async arguments_ => {
          const result = await next(arguments_)
          const { response } = result
          const content = await readAll(response.body)
          const headers = PASSED_HEADERS.flatMap(name => {
            const value = response.headers[name]
            return value === undefined ? [] : [[name, value] as const]
          })
          answer = { status: response.statusCode, headers: Object.fromEntries(headers), body: content }
          response.body = Readable.from([content])
          return result
        },
        { step: 'deserialize', priority: 'low', name: 'keepResponse' },
      )
      try {
        await (sampling.send as (command: unknown) => Promise<unknown>).call(sampling, command)
      } catch (error) {
        // An error that X-Ray answered is passed on like any answer.
        if (!answer) throw new Error(describeFailure(error), { cause: error })
      }
      if (!answer) throw new Error('X-Ray gave no answer.')
      return answer
    },
    region: async () => segments.config.region(),
    retries: () => again,
    hurry: () => hurrying.abort(),
    close: () => {
      segments.destroy()
      sampling.destroy()
    },
  }
}
