import type { InitializationType } from './plan.ts'

/** How an environment's phase or invocation ended, in the words of the platform's log. */
export type PlatformStatus = 'success' | 'error' | 'timeout'

/** The trace of a sampled invocation. */
export interface LoggedTrace {
  readonly traceId: string
  /** The function's segment. */
  readonly segmentId: string
  /** As the function has it. */
  readonly header: string
}

/** What a REPORT line says. Durations in ms, memory in MB. */
export interface InvocationReport {
  readonly requestId: string
  readonly durationMs: number
  readonly memorySizeMB: number
  readonly maxMemoryUsedMB: number
  /** Of the environment's first invocation. */
  readonly initDurationMs?: number | undefined
  readonly status: PlatformStatus
  readonly errorType?: string | undefined
  readonly tracing?: LoggedTrace | undefined
}

/** The lines that the platform itself writes to a function's log. */
export interface PlatformLines {
  initStart(time: number): string
  /** Written when an initialisation failed, and of provisioned concurrency also when it succeeded. */
  initReport(
    time: number,
    report: {
      readonly durationMs: number
      readonly phase: 'init' | 'invoke'
      readonly status: PlatformStatus
      readonly errorType?: string | undefined
    },
  ): string
  start(time: number, requestId: string, tracing?: LoggedTrace): string
  end(requestId: string): string | undefined
  report(time: number, report: InvocationReport): string
}

/** What the lines say about the function. */
export interface PlatformLinesOptions {
  readonly functionName: string
  readonly version: string
  readonly initializationType: InitializationType
  /** `nodejs:24.v24.21.0` */
  readonly runtimeVersion: string
  readonly runtimeVersionArn: string
}

const fixed = (milliseconds: number): string => milliseconds.toFixed(2)

const statusOf = (status: PlatformStatus, errorType: string | undefined): string =>
  status === 'success'
    ? ''
    : `\tStatus: ${status}${errorType === undefined ? '' : `\tError Type: ${errorType}`}`

/**
 * Log format Text.
 *
 * @example
 * lines.report(now, report) // REPORT RequestId: …\tDuration: 12.34 ms\tBilled Duration: 13 ms\t…
 */
export const textLines = (options: PlatformLinesOptions): PlatformLines => ({
  initStart: () =>
    `INIT_START Runtime Version: ${options.runtimeVersion}\tRuntime Version ARN: ${options.runtimeVersionArn}\n`,
  initReport: (_time, { durationMs, phase, status, errorType }) =>
    `INIT_REPORT Init Duration: ${fixed(durationMs)} ms\tPhase: ${phase}${statusOf(status, errorType)}\n`,
  start: (_time, requestId) => `START RequestId: ${requestId} Version: ${options.version}\n`,
  end: requestId => `END RequestId: ${requestId}\n`,
  report: (_time, report) => {
    const { initDurationMs, status } = report
    const init = initDurationMs === undefined ? '' : `Init Duration: ${fixed(initDurationMs)} ms\t`
    const end = status === 'success' ? '' : `${statusOf(status, report.errorType).slice(1)}\t`
    const { tracing } = report
    const xray =
      tracing === undefined
        ? ''
        : `XRAY TraceId: ${tracing.traceId}\tSegmentId: ${tracing.segmentId}\tSampled: true\t\n`
    return `REPORT RequestId: ${report.requestId}\tDuration: ${fixed(report.durationMs)} ms\tBilled Duration: ${Math.ceil(report.durationMs)} ms\tMemory Size: ${report.memorySizeMB} MB\tMax Memory Used: ${report.maxMemoryUsedMB} MB\t${init}${end}\n${xray}`
  },
})

const event = (time: number, type: string, record: object): string =>
  `${JSON.stringify({ time: new Date(time).toISOString(), type, record })}\n`

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000

const tracingMember = (tracing: LoggedTrace | undefined) =>
  tracing && {
    tracing: { spanId: tracing.segmentId, type: 'X-Amzn-Trace-Id', value: tracing.header },
  }

/** Log format JSON at system log level INFO: platform.initStart, platform.start and platform.report. */
export const jsonLines = (options: PlatformLinesOptions): PlatformLines => ({
  initStart: time =>
    event(time, 'platform.initStart', {
      initializationType: options.initializationType,
      phase: 'init',
      runtimeVersion: options.runtimeVersion,
      runtimeVersionArn: options.runtimeVersionArn,
      functionName: options.functionName,
      functionVersion: options.version,
    }),
  initReport: (time, { durationMs, phase, status, errorType }) =>
    event(time, 'platform.initReport', {
      initializationType: options.initializationType,
      phase,
      status,
      metrics: { durationMs: rounded(durationMs) },
      ...(errorType === undefined ? {} : { errorType }),
    }),
  start: (time, requestId, tracing) =>
    event(time, 'platform.start', { requestId, version: options.version, ...tracingMember(tracing) }),
  end: () => undefined,
  report: (time, report) =>
    event(time, 'platform.report', {
      requestId: report.requestId,
      metrics: {
        durationMs: rounded(report.durationMs),
        billedDurationMs: Math.ceil(report.durationMs),
        memorySizeMB: report.memorySizeMB,
        maxMemoryUsedMB: report.maxMemoryUsedMB,
        ...(report.initDurationMs === undefined ? {} : { initDurationMs: rounded(report.initDurationMs) }),
      },
      status: report.status,
      ...(report.errorType === undefined ? {} : { errorType: report.errorType }),
      ...tracingMember(report.tracing),
    }),
})
