/** What user code holds of a segment or subsegment. */
import { recordException } from './cause.ts'
import { type AnnotationValue, detailsOf, type Entity, headerOf } from './entity.ts'
import { log } from './settings.ts'

/** Longest key of an annotation. Source: the developer guide's SDK pages. */
const MAX_KEY_LENGTH = 500
/** Longest string value of an annotation. Source: the developer guide's SDK pages. */
const MAX_VALUE_LENGTH = 1000
/** Annotations that X-Ray indexes per trace; more on one entity are refused. */
const MAX_ANNOTATIONS = 50

/** An open capture. Its methods never throw, and do nothing where the request is not sampled. */
export interface Capture {
  /** 16 hex digits; of no recorded thing where {@link Capture.sampled} is false. */
  readonly id: string
  /** `1-…-…`; empty outside of any trace. */
  readonly traceId: string
  readonly sampled: boolean
  /** `X-Amzn-Trace-Id` for a call made from here; `undefined` where there is no decision to pass on. */
  readonly header: string | undefined
  /**
   * Adds an annotation, which X-Ray indexes. Keys of letters, digits and `_` can be used in filter expressions. Values
   * that are no string, finite number or boolean are refused with a debug line; strings are cut at 1,000 characters.
   */
  annotate(key: string, value: AnnotationValue): Capture
  /** Adds any JSON value, as it is now. What JSON cannot express is described in words. */
  metadata(key: string, value: unknown, namespace?: string): Capture
  /** Records an exception that the code handles itself, as a fault. */
  error(error: unknown): Capture
}

const jsonOf = (value: unknown): string => {
  try {
    const text = JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === 'bigint' ? inner.toString() : inner,
    )
    return text ?? JSON.stringify(String(value))
  } catch (error) {
    return JSON.stringify(`not serializable: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

/** Adds an annotation to an entity. */
export const annotateEntity = (entity: Entity, key: string, value: AnnotationValue): void => {
  const fits =
    typeof key === 'string' &&
    key !== '' &&
    key.length <= MAX_KEY_LENGTH &&
    (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value))
  const details = detailsOf(entity)
  details.annotations ??= new Map()
  if (!fits || (details.annotations.size >= MAX_ANNOTATIONS && !details.annotations.has(key))) {
    log('debug', `annotation ${String(key)} refused`)
    return
  }
  details.annotations.set(
    key,
    typeof value === 'string' && value.length > MAX_VALUE_LENGTH
      ? value.slice(0, MAX_VALUE_LENGTH).toWellFormed()
      : value,
  )
}

/** Adds metadata to an entity. */
export const addMetadata = (entity: Entity, key: string, value: unknown, namespace = 'default'): void => {
  const details = detailsOf(entity)
  details.metadata ??= new Map()
  const values = details.metadata.get(namespace) ?? new Map<string, string>()
  details.metadata.set(namespace, values)
  values.set(String(key), jsonOf(value))
}

class EntityCapture implements Capture {
  readonly #entity: Entity

  constructor(entity: Entity) {
    this.#entity = entity
  }

  get id(): string {
    return this.#entity.id
  }

  get traceId(): string {
    return this.#entity.trace.traceId
  }

  get sampled(): boolean {
    return this.#entity.trace.sampled
  }

  get header(): string | undefined {
    return headerOf(this.#entity)
  }

  /** A facade's segment is Lambda's, a closed entity is gone: there is nothing to write to. */
  get #writable(): boolean {
    return this.#entity.trace.sampled && !this.#entity.facade && !this.#entity.sent
  }

  annotate(key: string, value: AnnotationValue): Capture {
    if (this.#writable) annotateEntity(this.#entity, key, value)
    return this
  }

  metadata(key: string, value: unknown, namespace?: string): Capture {
    if (this.#writable) addMetadata(this.#entity, key, value, namespace)
    return this
  }

  error(error: unknown): Capture {
    if (!this.#writable) return this
    detailsOf(this.#entity).fault = true
    recordException(this.#entity, error)
    return this
  }
}

/** The handle of an entity. */
export const captureOf = (entity: Entity): Capture => new EntityCapture(entity)

/** The handle where nothing is recorded. */
export const NO_CAPTURE: Capture = {
  id: '0000000000000000',
  traceId: '',
  sampled: false,
  header: undefined,
  annotate: () => NO_CAPTURE,
  metadata: () => NO_CAPTURE,
  error: () => NO_CAPTURE,
}
