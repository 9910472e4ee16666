import type { Clock } from '../../kernel/clock.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Repository } from './repository.ts'
import type { Subscriptions } from './usage-plans/subscriptions.ts'
import type { UsageLedger } from './usage-plans/usage-ledger.ts'
import type { UsageReports } from './usage-plans/usage-reports.ts'

/** What the control plane's operations need. */
export interface ControlPlane {
  readonly repository: Repository
  readonly subscriptions: Subscriptions
  readonly ledger: UsageLedger
  readonly usageReports: UsageReports
  readonly clock: Clock
}

/** All that operations look at of a request's context; CloudFormation resources call them with this alone. */
export interface ScopeContext {
  readonly scope: Scope
}
