import { partitionOf } from '../../../kernel/scope.ts'
import { runtimeVersionArnOf, runtimeVersionOf } from '../runtime/launch.ts'
import { EnvironmentLog, type EnvironmentLogDependencies } from './environment-log.ts'
import {
  type InvocationReport,
  jsonLines,
  type LoggedTrace,
  type PlatformLines,
  type PlatformStatus,
  textLines,
} from './log-lines.ts'
import type { FunctionPlan, Invocation } from './plan.ts'

/** What the log says of the trace. */
const tracingOf = ({ trace, traceHeader }: Invocation): LoggedTrace | undefined =>
  trace && { traceId: trace.traceId, segmentId: trace.functionSegmentId, header: traceHeader }

/** The log stream of one environment with what the platform writes into it, in the function's log format. */
export class PlatformLog extends EnvironmentLog {
  readonly #lines: PlatformLines

  /** @param id 32 hexadecimal digits, of the environment */
  constructor(plan: FunctionPlan, id: string, dependencies: EnvironmentLogDependencies) {
    const day = new Date(dependencies.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')
    super(plan.scope, plan.logGroup, `${day}/[${plan.version}]${id}`, dependencies)
    this.#lines = (plan.logFormat === 'JSON' ? jsonLines : textLines)({
      functionName: plan.functionName,
      version: plan.version,
      initializationType: plan.initializationType,
      runtimeVersion: runtimeVersionOf(plan.runtime),
      runtimeVersionArn: runtimeVersionArnOf(plan.runtime, partitionOf(plan.scope.region), plan.scope.region),
    })
  }

  initStart(): void {
    this.add(this.#lines.initStart(this.now()))
  }

  /** @param durationMs of the initialisation */
  initReport(
    durationMs: number,
    phase: 'init' | 'invoke',
    status: PlatformStatus,
    errorType?: string | undefined,
  ): void {
    this.add(this.#lines.initReport(this.now(), { durationMs, phase, status, errorType }))
  }

  start(invocation: Invocation): void {
    this.add(this.#lines.start(this.now(), invocation.requestId, tracingOf(invocation)))
  }

  /** The end of an invocation, and what it took. */
  report(invocation: Invocation, report: Omit<InvocationReport, 'requestId' | 'tracing'>): void {
    const { requestId } = invocation
    const end = this.#lines.end(requestId)
    if (end !== undefined) this.add(end)
    this.add(this.#lines.report(this.now(), { ...report, requestId, tracing: tracingOf(invocation) }))
  }
}
