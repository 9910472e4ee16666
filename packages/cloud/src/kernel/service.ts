import type { ResourceTypes } from './resource-type.ts'

/**
 * What every service folder's `index.ts` gives to the composition root, besides the ports it provides.
 * `Sdk` handlers are the wire's {@link Operations}.
 */
export interface CloudService {
  /** The id in `/_sonde/health` and the catalogue: `lambda`, `apigateway`, `cloudwatch`, … */
  readonly id: string
  /** One entry per SDK client that this folder answers for: most have one, SageMaker has two. */
  readonly apis: ReadonlyArray<{ readonly api: string; readonly operations: object }>
  readonly resources?: ResourceTypes
  /** Resumes what was running (environments, instances) from stored state. */
  start?(): Promise<void>
  /** Stops processes and flushes. Called once, in reverse order of start. */
  stop?(): Promise<void>
  /** `POST /_sonde/reset`: forgets everything. State in collections is cleared by the kernel. */
  reset?(): void
}
