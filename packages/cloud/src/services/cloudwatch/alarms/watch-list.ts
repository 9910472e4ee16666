import type { MetricWatch, QueryWatch } from './watch.ts'

/** Alarms on the same metric in the same buckets: read once for all. */
export interface MetricGroup {
  readonly watches: Map<string, MetricWatch>
  /** The most buckets that one of them looks at. */
  range: number
}

/** The metric alarms that are to be evaluated, by how often. */
export interface WatchList {
  readonly size: number
  /** Whether any alarm is evaluated this often (ms). */
  has(cadence: number): boolean
  groups(cadence: number): readonly MetricGroup[]
  queries(cadence: number): readonly QueryWatch[]
  find(key: string): MetricWatch | QueryWatch | undefined
  put(watch: MetricWatch | QueryWatch): void
  delete(key: string): void
  clear(): void
}

interface Cadence {
  readonly groups: Map<string, MetricGroup>
  readonly queries: Map<string, QueryWatch>
}

export const createWatchList = (): WatchList => {
  const watches = new Map<string, MetricWatch | QueryWatch>()
  const cadences = new Map<number, Cadence>()

  const cadenceOf = (length: number): Cadence => {
    let cadence = cadences.get(length)
    if (!cadence) {
      cadence = { groups: new Map(), queries: new Map() }
      cadences.set(length, cadence)
    }
    return cadence
  }

  const remove = (key: string): void => {
    const watch = watches.get(key)
    if (!watch) return
    watches.delete(key)
    const { groups, queries } = cadenceOf(watch.cadence)
    if (watch.kind === 'query') {
      queries.delete(key)
      return
    }
    const group = groups.get(watch.sourceKey)
    group?.watches.delete(key)
    if (group?.watches.size === 0) groups.delete(watch.sourceKey)
    else if (group) group.range = Math.max(...Array.from(group.watches.values(), ({ range }) => range))
  }

  return {
    get size() {
      return watches.size
    },
    has: length => {
      const { groups, queries } = cadenceOf(length)
      return groups.size > 0 || queries.size > 0
    },
    groups: length => [...cadenceOf(length).groups.values()],
    queries: length => [...cadenceOf(length).queries.values()],
    find: key => watches.get(key),
    put: watch => {
      remove(watch.key)
      watches.set(watch.key, watch)
      const { groups, queries } = cadenceOf(watch.cadence)
      if (watch.kind === 'query') {
        queries.set(watch.key, watch)
        return
      }
      const group = groups.get(watch.sourceKey)
      if (group) {
        group.watches.set(watch.key, watch)
        group.range = Math.max(group.range, watch.range)
      } else {
        groups.set(watch.sourceKey, { watches: new Map([[watch.key, watch]]), range: watch.range })
      }
    },
    delete: remove,
    clear: () => {
      watches.clear()
      cadences.clear()
    },
  }
}
