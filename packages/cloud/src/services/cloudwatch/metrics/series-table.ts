import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import type { Column } from './column.ts'
import type { Metric } from './metric-reader.ts'

/** One metric of one account and region, and what of its data is in memory. */
export interface Series extends Metric {
  /** From 1 on, in the order of first appearance. */
  readonly id: number
  readonly scope: Scope
  /** What came in since the last flush. */
  head: Column[]
  /** What is being flushed. */
  frozen: Column[]
}

export type SeriesIdentity = Pick<Series, 'scope' | 'namespace' | 'name' | 'dimensions'>

export const sortedDimensions = (
  dimensions: Readonly<Record<string, string>>,
): Array<readonly [string, string]> => {
  const entries = Object.entries(dimensions)
  return entries.length < 2 ? entries : entries.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Equal exactly for the same metric: each text stands behind its length. */
const keyOf = (namespace: string, name: string, dimensions: Metric['dimensions']): string => {
  let key = `${namespace.length}:${namespace}${name.length}:${name}`
  for (const [dimension, value] of dimensions)
    key += `${dimension.length}:${dimension}${value.length}:${value}`
  return key
}

type Dimensions = Readonly<Record<string, string>>

/** Metrics of one object of dimensions that are found without their key. */
const MOST_SHARED = 32

const isSame = (a: Scope, b: Scope): boolean => a === b || (a.account === b.account && a.region === b.region)

interface ScopeSeries {
  readonly scope: Scope
  readonly byKey: Map<string, Series>
}

/** The metrics there are, by identity and by id. */
export class SeriesTable {
  readonly #scopes = new Map<string, ScopeSeries>()
  readonly #byId = new Map<number, Series>()
  #lastId = 0
  /** By the object that names their dimensions. */
  #shared = new WeakMap<Dimensions, Series[]>()
  /** The one that was asked for last: data of one request are of one scope. */
  #last: { readonly asked: Scope; readonly known: ScopeSeries } | undefined

  get size(): number {
    return this.#byId.size
  }

  byId(id: number): Series | undefined {
    return this.#byId.get(id)
  }

  all(): IterableIterator<Series> {
    return this.#byId.values()
  }

  of(scope: Scope): Iterable<Series> {
    return this.#scopes.get(scopeKey(scope))?.byKey.values() ?? []
  }

  find(
    scope: Scope,
    namespace: string,
    name: string,
    dimensions: Readonly<Record<string, string>>,
  ): Series | undefined {
    const { byKey } = this.#scopes.get(scopeKey(scope)) ?? {}
    return byKey?.get(keyOf(namespace, name, sortedDimensions(dimensions)))
  }

  /** Finds the metric or makes it, and tells `made` of one that is new. */
  take(
    scope: Scope,
    namespace: string,
    name: string,
    dimensions: Metric['dimensions'],
    made: (series: Series) => void,
  ): Series {
    const known = this.#scope(scope)
    const key = keyOf(namespace, name, dimensions)
    const present = known.byKey.get(key)
    if (present) return present
    const series = this.#make(this.#lastId + 1, { scope: known.scope, namespace, name, dimensions })
    made(series)
    return this.#add(key, series)
  }

  /**
   * As {@link take}, for services that name the dimensions of all of their requests by one object, which never changes: a request has
   * dozens of samples, and what they belong to need not be spelt out for each.
   */
  takeShared(
    scope: Scope,
    namespace: string,
    name: string,
    dimensions: Dimensions,
    made: (series: Series) => void,
  ): Series {
    const known = this.#shared.get(dimensions)
    for (const series of known ?? []) {
      if (series.name === name && series.namespace === namespace && isSame(series.scope, scope)) return series
    }
    const series = this.take(scope, namespace, name, sortedDimensions(dimensions), made)
    if (!known) this.#shared.set(dimensions, [series])
    else if (known.length < MOST_SHARED) known.push(series)
    return series
  }

  /** Puts one back that was written in an earlier life. */
  restore(id: number, identity: SeriesIdentity): void {
    const { scope } = this.#scope(identity.scope)
    const key = keyOf(identity.namespace, identity.name, identity.dimensions)
    this.#add(key, this.#make(id, { ...identity, scope }))
  }

  clear(): void {
    this.#scopes.clear()
    this.#byId.clear()
    this.#lastId = 0
    this.#shared = new WeakMap()
    this.#last = undefined
  }

  #scope(scope: Scope): ScopeSeries {
    if (this.#last?.asked === scope) return this.#last.known
    const key = scopeKey(scope)
    let known = this.#scopes.get(key)
    if (!known) {
      known = { scope: { account: scope.account, region: scope.region }, byKey: new Map() }
      this.#scopes.set(key, known)
    }
    this.#last = { asked: scope, known }
    return known
  }

  #make(id: number, identity: SeriesIdentity): Series {
    return { id, ...identity, lastTimestamp: 0, head: [], frozen: [] }
  }

  #add(key: string, series: Series): Series {
    this.#scope(series.scope).byKey.set(key, series)
    this.#byId.set(series.id, series)
    this.#lastId = Math.max(this.#lastId, series.id)
    return series
  }
}
