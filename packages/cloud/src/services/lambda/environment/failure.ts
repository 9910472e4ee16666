import { MAXIMUM_RESPONSE_BYTES } from '../limits.ts'

/** How an invocation, or an initialisation, failed: the payload that the caller gets and the type that the log names. */
export interface FunctionFailure {
  readonly errorType: string
  /** The error document. */
  readonly payload: Uint8Array
  /** What the platform writes into the log about it. */
  readonly logLine?: string
  readonly timedOut?: boolean
}

const encode = (document: object): Uint8Array => Buffer.from(JSON.stringify(document))

/** The names by which Lambda's supervisor, a Go program, calls signals. */
const SIGNAL_NAMES: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGALRM: 'alarm clock',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
}

/** What the process did, in the supervisor's words. */
export const exitText = (code: number | null, signal: string | null): string => {
  if (signal !== null) return `Runtime exited with error: signal: ${SIGNAL_NAMES[signal] ?? signal}`
  return code === 0 || code === null
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code}`
}

const platformFailure = (requestId: string, errorType: string, text: string): FunctionFailure => ({
  errorType,
  payload: encode({ errorType, errorMessage: `RequestId: ${requestId} Error: ${text}` }),
  logLine: `RequestId: ${requestId} Error: ${text}\n${errorType}\n`,
})

/** The runtime's process ended before it answered. */
export const exitFailure = (requestId: string, code: number | null, signal: string | null): FunctionFailure =>
  platformFailure(requestId, 'Runtime.ExitError', exitText(code, signal))

/** The runtime's process could not be started. */
export const entrypointFailure = (requestId: string, text: string): FunctionFailure =>
  platformFailure(requestId, 'Runtime.InvalidEntrypoint', text)

/** @param timeout ms */
export const timeoutFailure = (requestId: string, timeout: number, now: number): FunctionFailure => {
  const text = `Task timed out after ${(timeout / 1000).toFixed(2)} seconds`
  return {
    errorType: 'Sandbox.Timedout',
    payload: encode({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: ${text}`,
    }),
    logLine: `${new Date(now).toISOString()} ${requestId} ${text}\n\n`,
    timedOut: true,
  }
}

/** The response is longer than Lambda takes. */
export const tooLargeFailure = (): FunctionFailure => ({
  errorType: 'Function.ResponseSizeTooLarge',
  payload: encode({
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MAXIMUM_RESPONSE_BYTES} bytes).`,
    errorType: 'Function.ResponseSizeTooLarge',
  }),
})

const errorTypeOf = (body: Uint8Array): string | undefined => {
  try {
    const document: unknown = JSON.parse(Buffer.from(body).toString())
    const type =
      document !== null && typeof document === 'object' && 'errorType' in document && document.errorType
    return typeof type === 'string' ? type : undefined
  } catch {
    return undefined
  }
}

/** The runtime reported the failure itself; `body` is its error document and goes to the caller as it is. */
export const reportedFailure = (errorType: string | undefined, body: Uint8Array): FunctionFailure => ({
  errorType: errorType || errorTypeOf(body) || 'Runtime.Unknown',
  payload: body.length === 0 ? encode({ errorType: errorType ?? 'Runtime.Unknown', errorMessage: '' }) : body,
})
