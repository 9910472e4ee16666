import type { Clock } from '../../../kernel/clock.ts'
import type { ResourceTypes } from '../../../kernel/resource-type.ts'
import type { Store } from '../../../kernel/store.ts'
import { createDashboards } from './dashboards.ts'
import { createDashboardOperations, type DashboardOperations } from './operations.ts'
import { createDashboardResource } from './resources.ts'

/** Dashboards: what CloudWatch sees of the room. All state is in the store. */
export const createDashboardRoom = ({
  store,
  clock,
}: {
  readonly store: Store
  readonly clock: Clock
}): { readonly operations: DashboardOperations; readonly resources: ResourceTypes } => {
  const dashboards = createDashboards(store, () => clock.now())
  return {
    operations: createDashboardOperations(dashboards),
    resources: { 'AWS::CloudWatch::Dashboard': createDashboardResource(dashboards) },
  }
}
