import type { LogWriter } from '../../../kernel/ports.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Environment } from './environment.ts'
import type { RuntimeProcessDependencies } from './runtime-process.ts'

export interface EnvironmentDependencies extends RuntimeProcessDependencies {
  readonly logs: LogWriter
  /** `host:port` of the X-Ray daemon of a scope. */
  readonly daemonAddress: (scope: Scope) => string | Promise<string>
  /** Holds each environment's /tmp. */
  readonly temporaryFolder: string
}

/** Told by an environment what it can do next. */
export interface EnvironmentOwner {
  /** The runtime asked for its first invocation. */
  onInitialised(environment: Environment): void
  /** May be given an invocation. */
  onIdle(environment: Environment): void
  /** The first initialisation failed: {@link Environment.retry} or {@link Environment.end} it. */
  onInitFailed(environment: Environment): void
  /** Called once, last. */
  onEnded(environment: Environment): void
}
