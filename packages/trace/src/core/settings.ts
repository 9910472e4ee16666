/** What the environment says, read at the first traced call and not at import. */

/** What happens to a capture outside of any trace; see {@link Settings.contextMissing}. */
export type ContextMissing = 'IGNORE_ERROR' | 'LOG_ERROR' | 'RUNTIME_ERROR'

/** Levels of `AWS_XRAY_LOG_LEVEL`, quietest first. */
const LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof LEVELS)[number]

/** Closed and unsent subsegments in one trace above which they are sent ahead. Source: AWS's Node SDK. */
export const DEFAULT_STREAMING_THRESHOLD = 100

export interface Settings {
  /** `AWS_XRAY_SDK_ENABLED`: `false`, `n`, `no`, `f`, `off`, `0` switch everything off. */
  readonly enabled: boolean
  /** `AWS_XRAY_CONTEXT_MISSING`. Default IGNORE_ERROR; LOG_ERROR logs once a process; RUNTIME_ERROR throws. */
  readonly contextMissing: ContextMissing
  /** `AWS_XRAY_LOG_LEVEL`, default `error`; `AWS_XRAY_DEBUG_MODE` set makes it `debug`. */
  readonly logLevel: LogLevel
  /** `AWS_XRAY_TRACING_NAME`: the name of a server's segments; beats the code's. */
  readonly tracingName: string | undefined
  /** `AWS_XRAY_DAEMON_ADDRESS`. */
  readonly daemonAddress: string | undefined
  /** `AWS_XRAY_COLLECT_SQL_QUERIES`: any text that is not empty records SQL statements, as in AWS's SDK. */
  readonly collectSql: boolean
  /** `SONDE_TRACE_STREAMING_THRESHOLD`, default {@link DEFAULT_STREAMING_THRESHOLD}. */
  readonly streamingThreshold: number
  /** `SONDE_TRACE_SAMPLING_RULES`: the file of local sampling rules. */
  readonly samplingRules: string | undefined
  /** `AWS_LAMBDA_FUNCTION_NAME` or `LAMBDA_TASK_ROOT` is set. */
  readonly inLambda: boolean
}

const OFF = new Set(['false', 'n', 'no', 'f', 'off', '0'])

const missing = (text: string | undefined): ContextMissing =>
  text === 'LOG_ERROR' || text === 'RUNTIME_ERROR' ? text : 'IGNORE_ERROR'

const level = (environment: NodeJS.ProcessEnv): LogLevel =>
  environment.AWS_XRAY_DEBUG_MODE
    ? 'debug'
    : (LEVELS.find(name => name === environment.AWS_XRAY_LOG_LEVEL) ?? 'error')

const threshold = (text: string | undefined): number => {
  const count = Number(text)
  return text && Number.isInteger(count) && count >= 0 ? count : DEFAULT_STREAMING_THRESHOLD
}

/** Reads an environment. Pure. */
export const readSettings = (environment: NodeJS.ProcessEnv): Settings => ({
  enabled: !OFF.has((environment.AWS_XRAY_SDK_ENABLED ?? '').toLowerCase()),
  // Lambda itself sets LOG_ERROR for every function; inside it the default therefore stays quiet (one line a process).
  contextMissing: missing(environment.AWS_XRAY_CONTEXT_MISSING),
  logLevel: level(environment),
  tracingName: environment.AWS_XRAY_TRACING_NAME || undefined,
  daemonAddress: environment.AWS_XRAY_DAEMON_ADDRESS || undefined,
  collectSql: Boolean(environment.AWS_XRAY_COLLECT_SQL_QUERIES),
  streamingThreshold: threshold(environment.SONDE_TRACE_STREAMING_THRESHOLD),
  samplingRules: environment.SONDE_TRACE_SAMPLING_RULES || undefined,
  inLambda: Boolean(environment.AWS_LAMBDA_FUNCTION_NAME || environment.LAMBDA_TASK_ROOT),
})

let current: Settings | undefined

/** This process's settings. */
export const settings = (): Settings => {
  current ??= readSettings(process.env)
  return current
}

/** Reads the environment again: for tests that change it. */
export const reloadSettings = (): void => {
  current = undefined
}

/** Writes one line to stderr where the level asks for it. Never throws. */
export const log = (at: LogLevel, message: string): void => {
  if (LEVELS.indexOf(at) > LEVELS.indexOf(settings().logLevel)) return
  try {
    process.stderr.write(`[sonde trace] ${at}: ${message}\n`)
  } catch {
    // A closed stderr is no reason to harm the app.
  }
}
