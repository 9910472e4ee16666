import type { Clock } from '../../kernel/clock.ts'
import type { SegmentRecorder } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { Groups } from './groups/groups.ts'
import { createGroupOperations } from './groups/operations.ts'
import { groupResources } from './groups/resources.ts'
import { createIntake, type Intake } from './intake/intake.ts'
import type { XRayOperations } from './operations/context.ts'
import { createGraphOperations } from './operations/graphs.ts'
import { createResourcePolicyOperations } from './operations/resource-policies.ts'
import { createSegmentOperations } from './operations/segments.ts'
import { settingsOperations } from './operations/settings.ts'
import { createTraceOperations } from './operations/traces.ts'
import type { Sampler } from './sampling/sampler.ts'
import { createSampling } from './sampling/sampling.ts'
import { openTraceStore, type TraceStore } from './store/trace-store.ts'
import { createTagOperations } from './tags/operations.ts'
import { Tags } from './tags/tags.ts'

export interface XRayDependencies {
  readonly store: Store
  readonly clock: Clock
  /** Receives what fails off the request path: loads into the index, sweeps. */
  readonly onDefect?: (error: unknown) => void
  /** What documents may take on disk, in bytes. Default 2 GiB. */
  readonly maxBytes?: number
}

/** What other services and doors get of X-Ray. */
export interface XRay extends CloudService, SegmentRecorder, Pick<Intake, 'take' | 'counters'> {
  /** Decides for the cloud's own API Gateway stages. */
  readonly sampler: Sampler
}

/**
 * X-Ray: takes segment documents into a durable log, and answers from an index that is made of it off the request path,
 * with the first query. What has no handler here (insights, retrieval from CloudWatch Logs) cannot be answered truly.
 */
export const createXRay = ({ store, clock, onDefect = () => {}, maxBytes }: XRayDependencies): XRay => {
  let opened: TraceStore | undefined
  const traces = (): TraceStore => {
    opened ??= openTraceStore({
      folder: store.folder('xray'),
      ephemeral: store.ephemeral,
      clock,
      onDefect,
      ...(maxBytes !== undefined && { maxBytes }),
    })
    return opened
  }
  const intake = createIntake({ append: lines => traces().append(lines) })
  const groups = new Groups(store)
  const tags = new Tags(store)
  const sampling = createSampling({ store, clock, tags })
  const operations: XRayOperations = {
    ...createSegmentOperations(intake),
    ...createTraceOperations({ traces, groups }),
    ...createGraphOperations({ traces, groups }),
    ...createGroupOperations(groups, tags),
    ...createTagOperations(
      tags,
      (scope, arn) => sampling.hasRule(scope, arn) || groups.find(scope, { GroupARN: arn }) !== undefined,
    ),
    ...createResourcePolicyOperations(store, clock),
    ...settingsOperations,
    ...sampling.operations,
  }

  return {
    id: 'xray',
    apis: [{ api: 'xray', operations }],
    resources: { ...sampling.resources, ...groupResources(groups, tags) },
    record: intake.record,
    take: intake.take,
    counters: intake.counters,
    sampler: sampling.sampler,
    start: async () => traces().startSweeping(),
    stop: async () => opened?.close(),
    reset: () => {
      opened?.clear()
      sampling.reset()
    },
  }
}
