import type * as Sdk from '@aws-sdk/client-eventbridge'
import type { Operations } from '@sonde/wire'
import type { Clock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { Buses } from './buses.ts'
import type { Router } from './router.ts'
import type { Rules } from './rules.ts'

export type EventsOperations = Operations<typeof Sdk, RequestContext>

/** What operations and resource types work with. */
export interface EventsParts {
  readonly buses: Buses
  readonly rules: Rules
  readonly router: Router
  readonly clock: Clock
}
