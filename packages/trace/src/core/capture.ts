/** `capture`, the decorator `captured`, and the running capture. */
import { recordException } from './cause.ts'
import { active, contextMissing, storage } from './context.ts'
import { type AnnotationValue, detailsOf, type Entity, openChild } from './entity.ts'
import { followGenerator, isGenerator } from './generators.ts'
import { addMetadata, annotateEntity, type Capture, captureOf, NO_CAPTURE } from './handle.ts'
import { closeEntity } from './recorder.ts'
import { settings } from './settings.ts'

export interface CaptureOptions {
  readonly annotations?: Readonly<Record<string, AnnotationValue>>
  /** Under the namespace `default`. */
  readonly metadata?: Readonly<Record<string, unknown>>
  /** `remote` makes a node of the call in the service graph. Default: none, code of the service itself. */
  readonly namespace?: 'aws' | 'remote'
}

/** Marks an entity as failed by an exception that leaves it. */
export const failEntity = (entity: Entity, error: unknown): void => {
  detailsOf(entity).fault = true
  recordException(entity, error)
}

const applyOptions = (entity: Entity, options: CaptureOptions): void => {
  if (options.namespace) entity.namespace = options.namespace
  for (const [key, value] of Object.entries(options.annotations ?? {})) annotateEntity(entity, key, value)
  for (const [key, value] of Object.entries(options.metadata ?? {})) addMetadata(entity, key, value)
}

/** The entity to open a capture under, where it is to be recorded at all. */
export const recordingParent = (name: string): Entity | undefined => {
  const parent = active()
  if (parent === undefined) {
    contextMissing(name)
    return undefined
  }
  return parent.trace.sampled && settings().enabled ? parent : undefined
}

interface Thenable {
  then(resolve: (value: unknown) => unknown, reject: (error: unknown) => unknown): unknown
}

const isThenable = (value: unknown): value is Thenable =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

/** Closes an entity when the outcome of its function is there, whatever kind it is. Returns what the caller gets. */
export const follow = <T>(entity: Entity, result: T): T => {
  if (typeof result === 'object' && result !== null) {
    if (isThenable(result)) {
      return result.then(
        value => {
          closeEntity(entity)
          return value
        },
        error => {
          failEntity(entity, error)
          closeEntity(entity)
          throw error
        },
      ) as T
    }
    if (isGenerator(result)) return followGenerator(entity, result) as T
  }
  closeEntity(entity)
  return result
}

/** Runs a function inside of an open entity, and closes that when the outcome is there. */
export const runIn = <T>(entity: Entity, run: () => T): T => {
  let result: T
  try {
    result = storage.run(entity, run)
  } catch (error) {
    failEntity(entity, error)
    closeEntity(entity)
    throw error
  }
  return follow(entity, result)
}

/**
 * Runs `run` as a subsegment of what runs now, and gives its outcome on unchanged: a value, a promise, a generator or
 * async generator (open until that is exhausted, closed or fails). Captures within nest under it, however often and in
 * whichever order they run. An exception marks the subsegment as a fault and is recorded once per trace, by the innermost
 * capture; then it flies on.
 *
 * Outside of any trace, and where the request is not sampled, `run` is simply called. It is handed the capture where it
 * declares a parameter.
 *
 * @param name characters that X-Ray refuses are dropped; at most 200
 * @throws ContextMissingError outside of any trace, with `AWS_XRAY_CONTEXT_MISSING=RUNTIME_ERROR` only
 * @example const features = await capture('## preprocess', () => preprocess(event))
 */
export const capture = <T>(name: string, run: (capture: Capture) => T, options?: CaptureOptions): T => {
  const parent = recordingParent(name)
  if (parent === undefined) return run.length === 0 ? (run as () => T)() : run(currentCapture())
  const entity = openChild(parent, name)
  if (options !== undefined) applyOptions(entity, options)
  let result: T
  try {
    // A function that declares no parameter gets none: it may have one with a default, `load(path = '…')`.
    result =
      run.length === 0 ? storage.run(entity, run as () => T) : storage.run(entity, run, captureOf(entity))
  } catch (error) {
    failEntity(entity, error)
    closeEntity(entity)
    throw error
  }
  return follow(entity, result)
}

/** The running capture; one that records nothing outside of any trace, and where the request is not sampled. */
export const currentCapture = (): Capture => {
  const entity = active()
  return entity === undefined ? NO_CAPTURE : captureOf(entity)
}

/** Adds an annotation to the running capture; see {@link Capture.annotate}. */
export const annotate = (key: string, value: AnnotationValue): void => {
  currentCapture().annotate(key, value)
}
