import type { Clock } from '../../kernel/clock.ts'
import type { LogEvent, LogWriter, MetricRecorder } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import type { LogsOperations } from './context.ts'
import { createEventOperations } from './event-operations.ts'
import { createGroupOperations } from './group-operations.ts'
import { createGroups } from './groups.ts'
import { LogMetrics } from './log-metrics.ts'
import { MetricFilters } from './metric-filters/metric-filters.ts'
import { createMetricFilterOperations } from './metric-filters/operations.ts'
import { createResources } from './resources.ts'
import { openSegmentFiles, type SegmentFiles } from './segment-files.ts'
import { createSubscriptionFilterOperations } from './subscription-filters/operations.ts'
import type { SubscriberFunctions } from './subscription-filters/subscriber.ts'
import { SubscriptionFilters } from './subscription-filters/subscription-filters.ts'

/** What the logs of all accounts may take on disk; the oldest go first. */
const MAX_TOTAL_BYTES = 1024 ** 3

/** Gets what is written, after it was taken. Must not throw. */
export type LogListener = (scope: Scope, group: string, stream: string, events: readonly LogEvent[]) => void

export interface LogsDependencies {
  readonly store: Store
  readonly clock: Clock
  /** Where metrics go that are embedded in events, filtered from them, or about them. */
  readonly metrics: MetricRecorder
  /** Where subscription filters deliver to. Without it they are refused. */
  readonly functions?: SubscriberFunctions
  /** In bytes, of all groups of all accounts. Default 1 GiB. */
  readonly maxTotalBytes?: number
}

/**
 * CloudWatch Logs: groups, streams and events in append-only files. Events of {@link LogWriter} are on the disk within
 * 50 ms; PutLogEvents answers when they are.
 */
export const createLogs = ({
  store,
  clock,
  metrics,
  functions,
  maxTotalBytes = MAX_TOTAL_BYTES,
}: LogsDependencies): CloudService &
  LogWriter & {
    /** Calls `listener` with what is written from now on. Returns what ends that. */
    subscribe(listener: LogListener): () => void
  } => {
  let opened: SegmentFiles | undefined
  const files = (): SegmentFiles => {
    opened ??= openSegmentFiles(store.folder('logs'), maxTotalBytes)
    return opened
  }
  const filters = new MetricFilters(store, clock, metrics)
  const logMetrics = new LogMetrics({ clock, metrics, filters })
  const subscriptions = new SubscriptionFilters({ store, clock, metrics, functions })
  const groups = createGroups(store, clock, files, (scope, name) => {
    filters.removeAll(scope, name)
    subscriptions.removeAll(scope, name)
  })
  const subscriptionParts = { groups, subscriptions, clock, functions }
  const listeners = new Set<LogListener>()
  const dropped = new Map<string, number>()

  const tell: LogListener = (scope, group, stream, events) => {
    for (const listener of listeners) listener(scope, group, stream, events)
    logMetrics.take(scope, group, events)
    subscriptions.take(scope, group, stream, events)
  }

  const write: LogWriter['write'] = (scope, group, stream, events) => {
    if (events.length === 0) return
    try {
      if (!groups.find(scope, group)) groups.put(scope, { name: group, created: clock.now(), tags: {} })
      const { id } = groups.findStream(scope, group, stream) ?? groups.addStream(scope, group, stream)
      const missing = dropped.get(id)
      const now = clock.now()
      const notice = {
        timestamp: now,
        message: `Sonde dropped ${missing} log events: the disk did not keep up.`,
      }
      const lost = files().append(id, missing === undefined ? events : [notice, ...events], now)
      if (lost > 0) dropped.set(id, (missing ?? 0) + events.length)
      else if (missing !== undefined) dropped.delete(id)
    } catch {
      // A disk that cannot be written must not fail the function that logs; the next write tries again.
    }
    tell(scope, group, stream, events)
  }

  const operations: LogsOperations = {
    ...createGroupOperations(groups, filters, clock),
    ...createEventOperations(groups, files, clock, tell),
    ...createMetricFilterOperations(groups, filters, clock),
    ...createSubscriptionFilterOperations(subscriptionParts),
  }

  return {
    id: 'logs',
    apis: [{ api: 'logs', operations }],
    resources: createResources(filters, subscriptionParts),
    write,
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: async () => {
      files()
      groups.startSweeping()
    },
    stop: async () => {
      logMetrics.flush()
      await opened?.close()
    },
    reset: () => {
      files().clear()
      groups.forget()
      filters.forget()
      subscriptions.forget()
      logMetrics.clear()
    },
  }
}
