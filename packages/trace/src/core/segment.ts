/** Segments that this process writes itself: requests of servers, messages of workers, runs of scripts. */
import { failEntity, follow } from './capture.ts'
import { storage } from './context.ts'
import { type Entity, newRoot, newTrace, type SegmentFields } from './entity.ts'
import { type Capture, captureOf } from './handle.ts'
import { newTraceId } from './ids.ts'
import { closeEntity } from './recorder.ts'
import { settings } from './settings.ts'
import { parseTraceHeader, type TraceHeader } from './trace-header.ts'

/** `service` of every segment: what runs it. */
const SERVICE = { runtime: 'nodejs', runtime_version: process.versions.node }

export interface SegmentOptions {
  /** An incoming `X-Amzn-Trace-Id`. */
  readonly header?: string | undefined
  /** Decides where the header does not. Default: record. */
  readonly sample?: (() => { sampled: boolean; rule?: string | undefined }) | undefined
  /** The AWS resource that runs the code, such as `AWS::EC2::Instance`. */
  readonly origin?: string | undefined
  /** The version of the service. */
  readonly version?: string | undefined
}

const EMPTY: TraceHeader = { root: undefined, parent: undefined, sampled: undefined, extra: '' }

const decide = (
  header: TraceHeader,
  sample: SegmentOptions['sample'],
): { sampled: boolean; rule?: string | undefined } => {
  if (!settings().enabled) return { sampled: false }
  // Who called has decided: a trace is recorded whole or not at all.
  if (typeof header.sampled === 'boolean') return { sampled: header.sampled }
  return sample?.() ?? { sampled: true }
}

/** Opens a segment. What is not sampled has one too, for the header of outgoing calls; it is never written. */
export const openSegment = (name: string, options: SegmentOptions = {}): Entity => {
  const header = options.header ? parseTraceHeader(options.header) : EMPTY
  const { sampled, rule } = decide(header, options.sample)
  const trace = newTrace(
    header.root ?? newTraceId(),
    sampled,
    header.extra,
    false,
    settings().streamingThreshold,
  )
  const fields: SegmentFields = {
    // Without a valid root there is no trace that the parent could be in.
    parentId: header.root === undefined ? undefined : header.parent,
    service: options.version === undefined ? SERVICE : { ...SERVICE, version: options.version },
    rule,
    ...(options.origin !== undefined && { origin: options.origin }),
  }
  return newRoot(trace, settings().tracingName ?? name, fields)
}

/** Ends a segment, and sends it where it is sampled. */
export const closeSegment = (entity: Entity): void => {
  if (entity.trace.sampled) closeEntity(entity)
}

/**
 * Runs `run` as a segment of its own, the root of a new trace or a part of the one that `options.header` names. For
 * workers, scripts and servers without an adapter; inside of Lambda the segment is Lambda's, use `capture`.
 *
 * @example await segment('nightly-report', () => report(), { header: message.attributes.AWSTraceHeader })
 */
export const segment = <T>(name: string, run: (capture: Capture) => T, options: SegmentOptions = {}): T => {
  const entity = openSegment(name, options)
  const call = (): T => (run.length === 0 ? (run as () => T)() : run(captureOf(entity)))
  if (!entity.trace.sampled) return storage.run(entity, call)
  let result: T
  try {
    result = storage.run(entity, call)
  } catch (error) {
    failEntity(entity, error)
    closeEntity(entity)
    throw error
  }
  return follow(entity, result)
}
