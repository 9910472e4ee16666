import type * as Sdk from '@aws-sdk/client-xray'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import type { Groups } from '../groups/groups.ts'
import type { TraceStore } from '../store/trace-store.ts'

export type XRayOperations = Operations<typeof Sdk, RequestContext>

/** What operations on traces work with. */
export interface TraceOperationsDependencies {
  readonly traces: () => TraceStore
  readonly groups: Groups
}
