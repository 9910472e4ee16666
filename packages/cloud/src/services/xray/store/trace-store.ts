import type { Service, TimeSeriesServiceStatistics, Trace } from '@aws-sdk/client-xray'
import type { Clock } from '../../../kernel/clock.ts'
import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import { type DocumentLog, openDocumentLog } from '../intake/document-log.ts'
import { createIndexThread } from './index-thread.ts'
import type { GraphQuery, SummariesPage, SummariesQuery, TimeSeriesQuery } from './queries.ts'
import { indexPath } from './trace-index.ts'

/** https://docs.aws.amazon.com/general/latest/gr/xray.html: X-Ray keeps traces for 30 days. */
export const RETENTION = 30 * 86_400_000
/** Ours: what the documents of all accounts may take on disk; the oldest go first. */
const MAX_BYTES = 2 * 1024 ** 3
const SWEEP_INTERVAL = 3_600_000
/** What is written is loaded when there is this much; before, by the first query, so that who never asks pays nothing. */
const EAGER_BYTES = 8 * 1024 ** 2
/** Where the index is open already: this soon (ms, real), so that queries have little left to load. */
const LOAD_DELAY = 500
/** Queries wait so long (ms, real) for what was acknowledged before to be loaded, then answer with what there is. */
const FRESHNESS = 2_000
/** Loads are cut into slices (ms, real), so that queries come between them. */
const SLICE = 250

type Unscoped<Q> = Omit<Q, 'scope'>

/** Where traces are kept and searched. Documents that `append` resolved for survive the process being killed. */
export interface TraceStore {
  /** @throws LogFullError rejects */
  append(lines: Buffer): Promise<void>
  summaries(scope: Scope, query: Unscoped<SummariesQuery>): Promise<SummariesPage>
  traces(scope: Scope, traceIds: readonly string[]): Promise<Trace[]>
  traceGraph(scope: Scope, traceIds: readonly string[]): Promise<Service[]>
  services(scope: Scope, query: Unscoped<GraphQuery>): Promise<Service[]>
  timeSeries(scope: Scope, query: Unscoped<TimeSeriesQuery>): Promise<TimeSeriesServiceStatistics[]>
  /** Removes what is older than 30 days, and the oldest of what is too much. */
  sweep(): Promise<void>
  startSweeping(): void
  clear(): void
  close(): Promise<void>
}

export interface TraceStoreOptions {
  readonly folder: string
  /** The index is in memory. */
  readonly ephemeral: boolean
  readonly clock: Clock
  readonly onDefect: (error: unknown) => void
  /** Of the documents, in bytes. Default 2 GiB. */
  readonly maxBytes?: number
}

export const openTraceStore = (options: TraceStoreOptions): TraceStore => {
  const { folder, ephemeral, clock, onDefect, maxBytes = MAX_BYTES } = options
  const log: DocumentLog = openDocumentLog(folder, () => clock.now())
  const thread = createIndexThread({ folder, path: ephemeral ? undefined : indexPath(folder) })
  let notLoaded = 0
  let loading = false
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const loadAll = async (): Promise<void> => {
    if (loading || closed) return
    loading = true
    try {
      for (let done = false; !done && !closed; ) {
        notLoaded = 0
        done = await thread.call('load', log.position(), SLICE)
      }
    } catch (error) {
      if (!closed) onDefect(error)
    } finally {
      loading = false
    }
  }

  const loadSoon = (): void => {
    if (notLoaded >= EAGER_BYTES) void loadAll()
    else if (thread.running) {
      timer ??= setTimeout(() => {
        timer = undefined
        void loadAll()
      }, LOAD_DELAY).unref()
    }
  }

  /** A query sees what was acknowledged before it, unless there is too much of it to wait for. */
  const fresh = async (): Promise<void> => {
    if (!(await thread.call('load', log.flush(), FRESHNESS))) void loadAll()
  }

  const sweep = async (): Promise<void> => {
    const before = clock.now() - RETENTION
    const files = log.files()
    // The first file ended when the second was begun.
    const isOld = (files[1]?.created ?? Number.POSITIVE_INFINITY) < before
    if (!isOld && log.bytes() <= maxBytes) return
    await thread.call('retain', { before, maxBytes }, log.position().file)
  }

  const sweepOn = (): void => {
    clock.after(SWEEP_INTERVAL, async () => {
      if (closed) return
      await sweep().catch(onDefect)
      sweepOn()
    })
  }

  return {
    append: async lines => {
      await log.append(lines)
      notLoaded += lines.length
      loadSoon()
    },
    summaries: async (scope, query) => {
      await fresh()
      return thread.call('summaries', { ...query, scope: scopeKey(scope) })
    },
    traces: async (scope, traceIds) => {
      await fresh()
      return thread.call('traces', scopeKey(scope), traceIds)
    },
    traceGraph: async (scope, traceIds) => {
      await fresh()
      return thread.call('traceGraph', scopeKey(scope), traceIds)
    },
    services: async (scope, query) => {
      await fresh()
      return thread.call('services', { ...query, scope: scopeKey(scope) })
    },
    timeSeries: async (scope, query) => {
      await fresh()
      return thread.call('timeSeries', { ...query, scope: scopeKey(scope) })
    },
    sweep,
    startSweeping: sweepOn,
    clear: () => {
      const first = log.clear()
      notLoaded = 0
      if (thread.running) thread.call('clear', first).catch(onDefect)
    },
    close: async () => {
      closed = true
      clearTimeout(timer)
      log.close()
      await thread.close()
    },
  }
}
