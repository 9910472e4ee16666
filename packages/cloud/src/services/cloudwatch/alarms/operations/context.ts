import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Operations } from '@sonde/wire'
import type { Clock } from '../../../../kernel/clock.ts'
import type { RequestContext } from '../../../../kernel/context.ts'
import type { Queries } from '../../queries/index.ts'
import type { AlarmEngine } from '../engine.ts'

export type AlarmOperations = Operations<typeof Sdk, RequestContext>

/** What the operations on alarms work with. */
export interface OperationDependencies {
  readonly engine: AlarmEngine
  readonly clock: Clock
  readonly queries: Pick<Queries, 'describe'>
}
