import { ByteText } from './byte-text.ts'
import {
  type Bytes,
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  findQuote,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipBlanks,
  skipColon,
  skipValue,
  UNSURE,
} from './json-bytes.ts'
import { skipId, skipTime, skipTraceId } from './skip-member.ts'
import { SharedValue } from './value-cache.ts'

/** The members of an entity that the index wants to know. Any of JSON's values, none but what the shape says. */
export const READ_MEMBERS = [
  'id',
  'parent_id',
  'name',
  'start_time',
  'end_time',
  'in_progress',
  'type',
  'subsegments',
  'fault',
  'error',
  'throttle',
  'http',
  'annotations',
  'user',
  'cause',
  'origin',
  'aws',
  'namespace',
  'sql',
  'inferred',
  'resource_arn',
] as const

export type ReadMember = (typeof READ_MEMBERS)[number]

/** How a hole is told: `value` is any JSON, which `read` or nobody wants to know. */
export type HoleKind = 'trace_id' | 'id' | 'parent_id' | 'start_time' | 'end_time' | 'read' | 'skipped'

/** What differs between documents of a shape. */
export interface Hole {
  readonly kind: HoleKind
  /** Of `read` holes. */
  readonly member: ReadMember | undefined
  /** Position of the entity that it belongs to in {@link Shape.entities}. */
  readonly entity: number
  readonly depth: number
  /** What was there in the document that the shape was learned from: mostly it is there again. */
  readonly likely: ByteText
  /** Of `read` holes. */
  readonly likelyValue: SharedValue | undefined
}

/** An entity of a shape: what all documents say of it. */
export interface ShapeEntity {
  /** Position of what it is a subsegment of; negative for the document itself. */
  readonly parent: number
  readonly constants: Readonly<Partial<Record<ReadMember, unknown>>>
}

/**
 * What documents have in common that one piece of code made: all bytes but for ids, times and what a request is about.
 * `literals` stand before, between and behind the holes, one more than there are of these.
 */
export interface Shape {
  readonly literals: readonly ByteText[]
  readonly holes: readonly Hole[]
  /** Parents before their subsegments. */
  readonly entities: readonly ShapeEntity[]
}

/** Longer documents, or such with more holes, are no more likely to come again in the same shape. */
const MAX_BYTES = 8_192
export const MAX_HOLES = 256
const MAX_DEPTH = 50

/**
 * What code says of itself; requests hardly change it. With it what intake checks, where it is something else than it mostly
 * is, such as null. All else that the index wants is read from each document.
 */
const CONSTANT: ReadonlySet<string> = new Set([
  'id',
  'parent_id',
  'start_time',
  'end_time',
  'subsegments',
  'name',
  'origin',
  'namespace',
  'type',
  'in_progress',
  'inferred',
  'fault',
  'error',
  'throttle',
])

interface ToldMember {
  readonly kind: HoleKind
  readonly skip: (bytes: Bytes, at: number) => number
  /** Around what differs. */
  readonly quotes: number
  /** Of documents alone it is checked by intake. */
  readonly ofDocument: boolean
}

const TOLD: ReadonlyMap<string, ToldMember> = new Map(
  [
    { kind: 'id', skip: skipId, quotes: 1, ofDocument: false },
    { kind: 'parent_id', skip: skipId, quotes: 1, ofDocument: true },
    { kind: 'trace_id', skip: skipTraceId, quotes: 1, ofDocument: true },
    { kind: 'start_time', skip: skipTime, quotes: 0, ofDocument: false },
    { kind: 'end_time', skip: skipTime, quotes: 0, ofDocument: false },
  ].map(told => [told.kind, told as ToldMember]),
)

const READ: ReadonlySet<string> = new Set(READ_MEMBERS)
const decoder = new TextDecoder()

class Learner {
  readonly literals: ByteText[] = []
  readonly holes: Hole[] = []
  readonly entities: Array<{ parent: number; constants: Partial<Record<ReadMember, unknown>> }> = []
  readonly #bytes: Bytes
  /** Where the literal begins that is not yet ended. */
  #literal: number

  constructor(bytes: Bytes, from: number) {
    this.#bytes = bytes
    this.#literal = from
  }

  endAt(to: number): void {
    this.literals.push(new ByteText(this.#bytes.subarray(this.#literal, to)))
  }

  entity(at: number, parent: number, depth: number): number {
    const bytes = this.#bytes
    if (bytes[at] !== OPEN_OBJECT || depth > MAX_DEPTH) return UNSURE
    const number = this.entities.push({ parent, constants: {} }) - 1
    const seen = new Set<string>()
    for (let position = skipBlanks(bytes, at + 1); ; ) {
      const quote = bytes[position] === QUOTE ? findQuote(bytes, position + 1) : UNSURE
      const value = quote === UNSURE ? UNSURE : skipColon(bytes, quote + 1)
      if (value === UNSURE) return UNSURE
      const member = decoder.decode(bytes.subarray(position + 1, quote))
      // Of a member that is there twice the last one counts.
      if (seen.has(member)) return UNSURE
      seen.add(member)
      const end =
        member === 'subsegments' && bytes[value] === OPEN_LIST
          ? this.#subsegments(value, number, depth)
          : this.#value(member, value, number, depth)
      if (end === UNSURE) return UNSURE
      position = skipBlanks(bytes, end)
      if (bytes[position] === CLOSE_OBJECT) return position + 1
      if (bytes[position] !== COMMA) return UNSURE
      position = skipBlanks(bytes, position + 1)
    }
  }

  #subsegments(at: number, parent: number, depth: number): number {
    const bytes = this.#bytes
    let position = skipBlanks(bytes, at + 1)
    // An empty list is a constant: nothing of it is made below.
    if (bytes[position] === CLOSE_LIST) return this.#constant('subsegments', at, position + 1, parent)
    for (;;) {
      position = this.entity(position, parent, depth + 1)
      if (position === UNSURE) return UNSURE
      position = skipBlanks(bytes, position)
      if (bytes[position] === CLOSE_LIST) return position + 1
      if (bytes[position] !== COMMA) return UNSURE
      position = skipBlanks(bytes, position + 1)
    }
  }

  #value(name: string, at: number, entity: number, depth: number): number {
    const end = skipValue(this.#bytes, at, depth)
    if (end === UNSURE) return UNSURE
    const told = TOLD.get(name)
    if (told && (depth === 0 || !told.ofDocument) && told.skip(this.#bytes, at) === end) {
      this.#hole({ kind: told.kind, member: undefined, entity, depth }, at + told.quotes, end - told.quotes)
      return end
    }
    if (!READ.has(name)) return this.#hole({ kind: 'skipped', member: undefined, entity, depth }, at, end)
    const member = name as ReadMember
    return CONSTANT.has(name)
      ? this.#constant(member, at, end, entity)
      : this.#hole({ kind: 'read', member, entity, depth }, at, end)
  }

  #constant(member: ReadMember, from: number, to: number, entity: number): number {
    const of = this.entities[entity]
    if (of) of.constants[member] = this.#parse(from, to)
    return to
  }

  #hole(hole: Omit<Hole, 'likely' | 'likelyValue'>, from: number, to: number): number {
    this.endAt(from)
    this.#literal = to
    const likelyValue = hole.kind === 'read' ? new SharedValue(this.#parse(from, to)) : undefined
    this.holes.push({ ...hole, likely: new ByteText(this.#bytes.subarray(from, to)), likelyValue })
    return to
  }

  #parse(from: number, to: number): unknown {
    return JSON.parse(decoder.decode(this.#bytes.subarray(from, to)))
  }
}

/**
 * The shape of a document.
 *
 * @param from where the document begins in the bytes
 * @param to where it ends; a line break must stand there
 * @returns `undefined` for one that is no JSON, that is long, or that only `JSON.parse` can tell
 */
export const learnShape = (bytes: Bytes, from: number, to: number): Shape | undefined => {
  if (to - from > MAX_BYTES) return undefined
  const learner = new Learner(bytes, from)
  const end = learner.entity(skipBlanks(bytes, from), -1, 0)
  if (end === UNSURE || skipBlanks(bytes, end) !== to || learner.holes.length > MAX_HOLES) return undefined
  learner.endAt(to)
  const { literals, holes, entities } = learner
  return { literals, holes, entities }
}
