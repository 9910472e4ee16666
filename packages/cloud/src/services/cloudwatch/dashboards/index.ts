import type { Clock } from '../../../kernel/clock.ts'
import type { ResourceTypes } from '../../../kernel/resource-type.ts'
import type { Store } from '../../../kernel/store.ts'
import type { FindTaggable } from '../tags.ts'
import { createDashboards } from './dashboards.ts'
import { createDashboardOperations, type DashboardOperations, findDashboard } from './operations.ts'
import { createDashboardResource } from './resources.ts'

export interface DashboardRoom {
  readonly operations: DashboardOperations
  readonly resources: ResourceTypes
  readonly findTaggable: FindTaggable
}

/** Dashboards: what CloudWatch sees of the room. All state is in the store. */
export const createDashboardRoom = ({
  store,
  clock,
}: {
  readonly store: Store
  readonly clock: Clock
}): DashboardRoom => {
  const dashboards = createDashboards(store, () => clock.now())
  return {
    operations: createDashboardOperations(dashboards),
    findTaggable: findDashboard(dashboards),
    resources: { 'AWS::CloudWatch::Dashboard': createDashboardResource(dashboards) },
  }
}
