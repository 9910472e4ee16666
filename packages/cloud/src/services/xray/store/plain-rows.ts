import type { Http } from '@aws-sdk/client-xray'
import { objectOf, textOf } from '../document/entity.ts'
import type { SharedValue } from '../document/value-cache.ts'
import { clientOf, inferredServiceOf, serviceOf } from '../graph/service-node.ts'
import { httpOf } from '../summaries/http.ts'
import { isIndexed, MAX_ANNOTATIONS } from '../summaries/summarize.ts'
import type { Dictionary } from './dictionary.ts'
import { PlainCauses } from './plain-causes.ts'
import { type PlainEntity, PlainTrace } from './plain-trace.ts'
import { CAUSES, INFERRED, ROOT, UNSET } from './schema.ts'
import {
  type AnnotationRow,
  annotationRow,
  statusOf,
  type TraceNumber,
  type TraceWriters,
  writeResources,
} from './trace-rows.ts'

/** What rows have of an `http` block. */
class HttpFacts {
  readonly status: number
  readonly #block: unknown
  #http: Http | undefined

  constructor(block: unknown) {
    this.status = statusOf(block)
    this.#block = block
  }

  /** Told when it is asked for: of root segments alone. */
  http(): Http | undefined {
    this.#http ??= httpOf(this.#block)
    return this.#http
  }
}

const NO_HTTP = new HttpFacts(undefined)

const httpFactsOf = (block: SharedValue | undefined): HttpFacts => {
  if (block === undefined) return NO_HTTP
  block.memo ??= new HttpFacts(block.value)
  return block.memo as HttpFacts
}

/** The service of all segments of a shape, in one scope. */
interface KnownService {
  readonly scope: number
  readonly service: number
}

/**
 * Writes what the index knows of plain traces: the same rows as `writeTrace` makes of these, without the objects on the
 * way, at a third of what they cost.
 */
export class PlainRows {
  readonly #dictionary: Dictionary
  readonly #trace = new PlainTrace()
  readonly #causes = new PlainCauses()
  readonly #services = new WeakMap<PlainEntity, KnownService>()
  /** By entity: of a segment its service, of other calls the one that is inferred. */
  readonly #service: number[] = []
  /** Annotations of the trace, each once. */
  readonly #found: AnnotationRow[] = []

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary
  }

  /**
   * @param places where each document of the trace begins and ends in the bytes, all that there are
   * @param causes tells the number of the root causes from the whole trace
   * @returns whether the trace was plain; else nothing is written
   */
  write(
    writers: TraceWriters,
    number: TraceNumber,
    bytes: Buffer,
    places: readonly number[],
    causes: () => number,
  ): boolean {
    const trace = this.#trace
    if (!trace.read(bytes, places) || !this.#findAnnotations()) return false
    const { scope, id } = number
    let root = -1
    for (let index = 0; index < trace.count; index++) {
      if (trace.top[index] === index && this.#isRootBefore(index, root)) root = index
      if (trace.top[index] === index) this.#service[index] = this.#serviceOf(index, scope)
    }
    let flags = trace.responseTime(root) > 0 ? CAUSES.responsetime : 0
    let start = Number.POSITIVE_INFINITY
    let end = Number.NEGATIVE_INFINITY
    for (let index = 0; index < trace.count; index++) {
      if (trace.top[index] === index) {
        this.#writeVisit(writers, scope, id, index)
        start = Math.min(start, trace.earliest[index] as number)
        end = Math.max(end, trace.latest[index] as number)
      } else if (trace.entities[index]?.isCall && !trace.isCaller(index)) {
        flags |= INFERRED
        this.#service[index] = this.#dictionary.serviceId(scope, inferredServiceOf(trace.entity(index)))
        this.#writeInferredVisit(writers, scope, id, index)
      }
      if (trace.others[index] !== undefined) this.#writeOthers(writers, id, index)
    }
    for (const { isText, name, value } of this.#found) {
      const writer = isText ? writers.texts : writers.numbers
      writer.add(id, name, value)
    }
    const http = httpFactsOf(trace.http[root]).http()
    writers.traces.add(
      scope,
      id,
      number.key,
      number.revision,
      start,
      end,
      trace.responseTime(root),
      flags,
      this.#causes.number(trace, root, index => this.#service[index] as number, causes),
      http?.HttpStatus ?? UNSET,
      http?.HttpURL ?? '',
      http?.HttpMethod ?? '',
      http?.UserAgent ?? '',
      http?.ClientIp ?? '',
    )
    return true
  }

  /** Nothing of the bytes that were read is held on to. */
  release(): void {
    this.#trace.release()
  }

  /** As `rootOf` chooses: a segment without a caller, else one whose caller is not known, else any; the first of these. */
  #isRootBefore(segment: number, other: number): boolean {
    if (other < 0) return true
    const difference = this.#rank(segment) - this.#rank(other)
    return difference === 0 ? this.#trace.isBefore(segment, other) : difference < 0
  }

  #rank(segment: number): number {
    if (this.#trace.isCalled[segment] === 0) return 0
    return (this.#trace.parent[segment] as number) < 0 ? 1 : 2
  }

  #serviceOf(segment: number, scope: number): number {
    const trace = this.#trace
    const entity = trace.entities[segment] as PlainEntity
    // Whose account it is stands there, and may be another each time.
    const isKnown = trace.others[segment]?.aws === undefined
    const known = isKnown ? this.#services.get(entity) : undefined
    if (known?.scope === scope) return known.service
    const service = this.#dictionary.serviceId(scope, serviceOf(trace.entity(segment)))
    if (isKnown) this.#services.set(entity, { scope, service })
    return service
  }

  #writeVisit(writers: TraceWriters, scope: number, id: number, segment: number): void {
    const trace = this.#trace
    const above = trace.parent[segment] as number
    const isRoot = above < 0
    const source = isRoot
      ? this.#dictionary.serviceId(
          scope,
          clientOf(serviceOf((trace.entities[segment] as PlainEntity).constants)),
        )
      : (this.#service[trace.top[above] as number] as number)
    const caller = !isRoot && trace.entities[above]?.isCall ? above : segment
    this.#addVisit(writers, scope, id, segment, isRoot ? ROOT : 0, source, caller)
  }

  #writeInferredVisit(writers: TraceWriters, scope: number, id: number, call: number): void {
    const source = this.#service[this.#trace.top[call] as number] as number
    this.#addVisit(writers, scope, id, call, INFERRED, source, call)
  }

  #addVisit(
    { visits }: TraceWriters,
    scope: number,
    id: number,
    entity: number,
    flags: number,
    source: number,
    caller: number,
  ): void {
    const trace = this.#trace
    visits.add(
      scope,
      id,
      trace.start[entity] as number,
      this.#service[entity] as number,
      flags,
      trace.responseTime(entity),
      Math.max(0, (trace.latest[entity] as number) - (trace.earliest[entity] as number)),
      httpFactsOf(trace.http[entity]).status,
      source,
      0,
      trace.responseTime(caller),
    )
  }

  /** Returns whether all of them are indexed. */
  #findAnnotations(): boolean {
    const { annotations, count } = this.#trace
    const found = this.#found
    found.length = 0
    let last: SharedValue | undefined
    for (let index = 0; index < count; index++) {
      const own = annotations[index]
      if (own === undefined || own === last) continue
      last = own
      for (const row of this.#rowsOf(own)) {
        if (!found.some(({ name, value }) => name === row.name && value === row.value)) found.push(row)
      }
    }
    return found.length <= MAX_ANNOTATIONS
  }

  #rowsOf(annotations: SharedValue): readonly AnnotationRow[] {
    if (annotations.memo === undefined) {
      const rows: AnnotationRow[] = []
      const own = objectOf(annotations.value)
      for (const key of Object.keys(own)) {
        const value = own[key]
        if (isIndexed(key, value)) rows.push(annotationRow(key, value, this.#dictionary))
      }
      annotations.memo = rows
    }
    return annotations.memo as readonly AnnotationRow[]
  }

  #writeOthers({ texts }: TraceWriters, id: number, index: number): void {
    const entity = this.#trace.entity(index)
    const user = textOf(entity.user)
    if (user !== undefined) texts.add(id, this.#dictionary.nameId('user', ''), user)
    if (this.#trace.top[index] === index) writeResources(texts, id, entity, this.#dictionary)
  }
}
