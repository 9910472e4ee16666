import { notImplemented } from '@sonde/wire'
import { constraintViolation, invalidRequestContent } from '../errors.ts'
import { toResult } from '../function-invoker.ts'
import type { RunOptions } from '../invoker.ts'
import type { InvokeOutput, LambdaOperations, OperationsDependencies } from './dependencies.ts'

/** Bytes of X-Amz-Client-Context, base64 included. */
const MAXIMUM_CLIENT_CONTEXT = 3583
const EMPTY_EVENT = Buffer.from('{}')

const INVOCATION_TYPES = ['Event', 'RequestResponse', 'DryRun']
const LOG_TYPES = ['None', 'Tail']

const checkEnumeration = (value: string | undefined, member: string, values: readonly string[]): void => {
  if (value === undefined || values.includes(value)) return
  throw constraintViolation(value, member, `Member must satisfy enum value set: [${values.join(', ')}]`)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const checkPayload = (payload: Uint8Array | undefined): Uint8Array => {
  if (!payload || payload.length === 0) return EMPTY_EVENT
  try {
    JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString())
    return payload
  } catch (error) {
    throw invalidRequestContent(`Could not parse request body into json: ${messageOf(error)}`)
  }
}

/** The context as JSON in ASCII, as it travels in a header. */
const decodeClientContext = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  if (text.length > MAXIMUM_CLIENT_CONTEXT) {
    throw invalidRequestContent(`Client context must be no more than ${MAXIMUM_CLIENT_CONTEXT} bytes.`)
  }
  try {
    const json = JSON.stringify(JSON.parse(Buffer.from(text, 'base64').toString()))
    return json.replace(/[^\x20-\x7e]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
  } catch (error) {
    throw invalidRequestContent(
      `Client context must be a valid Base64-encoded JSON object. (${messageOf(error)})`,
    )
  }
}

/** Invoke: RequestResponse, Event and DryRun. */
export const invokeOperations = ({ invoker, asyncInvocations }: OperationsDependencies) =>
  ({
    Invoke: async (input, context): Promise<InvokeOutput> => {
      if (input.TenantId) throw notImplemented("Invoke's TenantId")
      checkEnumeration(input.InvocationType, 'invocationType', INVOCATION_TYPES)
      checkEnumeration(input.LogType, 'logType', LOG_TYPES)
      if (input.DurableExecutionName) throw notImplemented("Invoke's DurableExecutionName")
      const clientContext = decodeClientContext(input.ClientContext)
      const target = await invoker.target(context.scope, input.FunctionName ?? '', input.Qualifier)
      invoker.authorizeIdentity(target, context.identity)
      if (input.InvocationType === 'DryRun') return { StatusCode: 204 }
      const options: RunOptions = {
        requestId: context.requestId,
        payload: checkPayload(input.Payload),
        trace: invoker.trace(target, context.traceHeader),
        clientContext,
        wantsTail: input.LogType === 'Tail' && input.InvocationType !== 'Event',
      }
      if (input.InvocationType === 'Event') {
        asyncInvocations.accept(target, options)
        return { StatusCode: 202 }
      }
      const result = toResult(target, await invoker.run(target, options))
      return {
        StatusCode: result.status,
        ExecutedVersion: result.executedVersion,
        Payload: result.payload,
        ...(result.functionError === undefined ? {} : { FunctionError: result.functionError }),
        ...(result.logTail === undefined
          ? {}
          : { LogResult: Buffer.from(result.logTail).toString('base64') }),
      }
    },
  }) satisfies LambdaOperations
