import { decimalAt } from '../document/decimal.ts'
import type { Entity } from '../document/entity.ts'
import type { Bytes } from '../document/json-bytes.ts'
import type { Hole, Shape } from '../document/shape.ts'
import { LIKELY, ShapeMatcher } from '../document/shape-matcher.ts'
import { ID_LENGTH } from '../document/skip-member.ts'
import { type SharedValue, ValueCache } from '../document/value-cache.ts'
import { isCall } from '../graph/service-node.ts'

/** Traces of more entities are not plain, as entities are compared with each other here. */
const MAX_ENTITIES = 48

/** What all documents of a shape say of one of their entities. */
export interface PlainEntity {
  /** Unique, and the same for the same entity of all documents of a shape. */
  readonly number: number
  /** Position of what it is a subsegment of among the document's entities; -1 for the segment. */
  readonly parent: number
  readonly constants: Entity
  readonly isCall: boolean
}

/** What else may be read of an entity. */
interface OtherMembers {
  aws: unknown
  sql: unknown
  user: unknown
  resource_arn: unknown
}

interface PlainShape {
  readonly isPlain: boolean
  readonly holes: readonly Hole[]
  readonly entities: readonly PlainEntity[]
}

/** What rows keep in the memos of values. */
const USES: Readonly<Record<string, number>> = { http: 1, annotations: 2 }
const EMPTY = Buffer.alloc(0)

let lastNumber = 0

const isPlainEntity = ({ parent, constants }: Shape['entities'][number]): boolean => {
  const { fault, error, throttle, inferred, parent_id: caller, type } = constants
  if ([fault, error, throttle, inferred].includes(true)) return false
  return parent >= 0 || ((caller === undefined || caller === null) && type !== 'subsegment')
}

const toldOnce = ({ holes, entities }: Shape, kind: Hole['kind']): boolean =>
  holes.filter(hole => hole.kind === kind).length === entities.length

const plainShape = (shape: Shape): PlainShape => ({
  isPlain:
    shape.entities.every(isPlainEntity) &&
    toldOnce(shape, 'id') &&
    toldOnce(shape, 'start_time') &&
    toldOnce(shape, 'end_time') &&
    !shape.holes.some(({ member }) => member === 'cause'),
  holes: shape.holes,
  entities: shape.entities.map(({ parent, constants }) => {
    lastNumber++
    const entity = constants as unknown as Entity
    return { number: lastNumber, parent, constants: entity, isCall: isCall(entity) }
  }),
})

const isSameId = (bytes: Bytes, a: number, b: number): boolean => {
  // Ids that differ mostly do so at their ends.
  for (let index = ID_LENGTH - 1; index >= 0; index--) if (bytes[a + index] !== bytes[b + index]) return false
  return true
}

const isIdBefore = (bytes: Bytes, a: number, b: number): boolean => {
  for (let index = 0; index < ID_LENGTH; index++) {
    const difference = (bytes[a + index] as number) - (bytes[b + index] as number)
    if (difference !== 0) return difference < 0
  }
  return false
}

/**
 * A trace as what takes most of them: whole segments of known shapes, each entity once, complete, without faults, errors
 * and causes. What the index wants of it stands in columns by entity, segments before their subsegments, so that no objects
 * are made. All other traces are read by `mergeDocuments`.
 */
export class PlainTrace {
  /** How many entities there are. */
  count = 0
  readonly entities: PlainEntity[] = []
  readonly start = new Float64Array(MAX_ENTITIES)
  readonly end = new Float64Array(MAX_ENTITIES)
  /** The segment that an entity is under, itself for segments. */
  readonly top = new Int16Array(MAX_ENTITIES)
  /** What an entity stands under or, of segments, what called it; -1 where that is not known. */
  readonly parent = new Int16Array(MAX_ENTITIES)
  /** Whether a segment names a caller, known or not. */
  readonly isCalled = new Uint8Array(MAX_ENTITIES)
  /** Of an entity and all under it. */
  readonly earliest = new Float64Array(MAX_ENTITIES)
  readonly latest = new Float64Array(MAX_ENTITIES)
  /** Members that were read, shared between traces. */
  readonly http: Array<SharedValue | undefined> = new Array(MAX_ENTITIES).fill(undefined)
  readonly annotations: Array<SharedValue | undefined> = new Array(MAX_ENTITIES).fill(undefined)
  /** `undefined` where there are none. */
  readonly others: Array<OtherMembers | undefined> = new Array(MAX_ENTITIES).fill(undefined)

  readonly #idAt = new Int32Array(MAX_ENTITIES)
  readonly #callerAt = new Int32Array(MAX_ENTITIES)
  readonly #matcher = new ShapeMatcher(plainShape)
  readonly #values = new ValueCache()
  #bytes: Buffer = EMPTY

  /**
   * Reads the documents of a trace, all of them, over what was read before.
   *
   * @param places where each document begins and ends in the bytes
   * @returns whether the trace is plain
   */
  read(bytes: Buffer, places: readonly number[]): boolean {
    this.#bytes = bytes
    this.count = 0
    for (let index = 0; index < places.length; index += 2) {
      const from = places[index] as number
      const to = places[index + 1] as number
      const shape = this.#matcher.match(bytes, from, to)
      if (!shape) {
        this.#matcher.learn(bytes, from, to)
        return false
      }
      if (!shape.isPlain || this.count + shape.entities.length > MAX_ENTITIES) return false
      this.#add(shape)
    }
    if (!this.#findCallers()) return false
    this.#addUp()
    return true
  }

  /** An entity with what tells services, resources and users. */
  entity(index: number): Entity {
    const { name, origin, namespace } = (this.entities[index] as PlainEntity).constants
    const others = this.others[index]
    return {
      id: '',
      name,
      start_time: 0,
      origin,
      namespace,
      aws: others?.aws,
      sql: others?.sql,
      user: others?.user,
      resource_arn: others?.resource_arn,
    }
  }

  /** Whether an entity comes before another where these are in order: by start, then id. */
  isBefore(a: number, b: number): boolean {
    const difference = (this.start[a] as number) - (this.start[b] as number)
    return difference === 0
      ? isIdBefore(this.#bytes, this.#idAt[a] as number, this.#idAt[b] as number)
      : difference < 0
  }

  /** Whether a segment names an entity as its caller. */
  isCaller(index: number): boolean {
    const { count, top, parent } = this
    for (let other = 0; other < count; other++)
      if (top[other] === other && parent[other] === index) return true
    return false
  }

  responseTime(index: number): number {
    return Math.max(0, (this.end[index] as number) - (this.start[index] as number))
  }

  /** Nothing of the bytes that were read is held on to. */
  release(): void {
    this.#bytes = EMPTY
    this.#matcher.release()
  }

  #add({ entities, holes }: PlainShape): void {
    const first = this.count
    for (let index = 0; index < entities.length; index++) {
      const entity = entities[index] as PlainEntity
      const at = first + index
      this.entities[at] = entity
      this.top[at] = first
      this.parent[at] = entity.parent < 0 ? -1 : first + entity.parent
      this.isCalled[at] = 0
      this.http[at] = undefined
      this.annotations[at] = undefined
      this.others[at] = undefined
    }
    this.count = first + entities.length
    for (let index = 0; index < holes.length; index++) this.#fill(holes[index] as Hole, index, first)
  }

  #fill({ kind, entity, member, likelyValue }: Hole, index: number, first: number): void {
    const bytes = this.#bytes
    const { places } = this.#matcher
    const at = first + entity
    const from = places[2 * index] as number
    const to = places[2 * index + 1] as number
    switch (kind) {
      case 'id':
        this.#idAt[at] = from
        break
      case 'parent_id':
        this.#callerAt[at] = from
        this.isCalled[at] = 1
        break
      case 'start_time':
        this.start[at] = decimalAt(bytes, from, to)
        break
      case 'end_time':
        this.end[at] = decimalAt(bytes, from, to)
        break
      case 'read': {
        const value =
          from === LIKELY ? likelyValue : this.#values.read(bytes, from, to, USES[member as string] ?? 0)
        if (member === 'http') this.http[at] = value
        else if (member === 'annotations') this.annotations[at] = value
        else this.#addOther(at, member as keyof OtherMembers, value?.value)
      }
    }
  }

  #addOther(at: number, member: keyof OtherMembers, value: unknown): void {
    let others = this.others[at]
    if (!others) {
      others = { aws: undefined, sql: undefined, user: undefined, resource_arn: undefined }
      this.others[at] = others
    }
    others[member] = value
  }

  /** Returns whether each entity is there once, and none is its own caller. */
  #findCallers(): boolean {
    const bytes = this.#bytes
    const { count } = this
    const ids = this.#idAt
    for (let a = 0; a < count; a++) {
      const id = ids[a] as number
      for (let b = a + 1; b < count; b++) if (isSameId(bytes, id, ids[b] as number)) return false
      if (this.isCalled[a] === 0) continue
      const caller = this.#callerAt[a] as number
      for (let b = 0; b < count; b++) {
        if (!isSameId(bytes, caller, ids[b] as number)) continue
        if (b === a) return false
        this.parent[a] = b
        break
      }
    }
    return true
  }

  #addUp(): void {
    const { count, earliest, latest, start, end, parent, top } = this
    for (let index = 0; index < count; index++) {
      earliest[index] = start[index] as number
      latest[index] = end[index] as number
    }
    for (let index = count - 1; index >= 0; index--) {
      if (top[index] === index) continue
      const above = parent[index] as number
      earliest[above] = Math.min(earliest[above] as number, earliest[index] as number)
      latest[above] = Math.max(latest[above] as number, latest[index] as number)
    }
  }
}
