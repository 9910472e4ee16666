import { newSegmentId, newTraceId, parseTraceHeader } from '../../kernel/trace-header.ts'

/** The segments of a sampled invocation of a function with active tracing. */
export interface InvocationTrace {
  readonly traceId: string
  /** The caller's segment or subsegment. */
  readonly parentId: string | undefined
  /** Of the service's segment, `AWS::Lambda`. */
  readonly segmentId: string
  /** Of the function's, `AWS::Lambda::Function`: the parent of what the function itself records. */
  readonly functionSegmentId: string
}

/** What a function is told of the trace it belongs to, and what Lambda records of it. */
export interface TraceDecision {
  /** `_X_AMZN_TRACE_ID` */
  readonly header: string
  /** `undefined` where nothing is recorded. */
  readonly trace: InvocationTrace | undefined
}

/**
 * Decides about the trace of an invocation.
 *
 * With active tracing the caller's decision counts, and where there is none `sample` decides; the function gets its own
 * segment as the parent. Without, Lambda records nothing and hands on the root alone, by which SDKs in the function know
 * that they are not to record either.
 *
 * @param incoming the caller's `X-Amzn-Trace-Id`
 * @param sample asked where the caller leaves the decision open
 * @param now ms since the epoch; dates a new root
 */
export const decideTrace = (
  mode: 'Active' | 'PassThrough',
  incoming: string | undefined,
  sample: () => boolean,
  now: number,
): TraceDecision => {
  if (mode === 'PassThrough') {
    if (incoming === undefined) return { header: `Root=${newTraceId(now)}`, trace: undefined }
    const { root = newTraceId(now), rest } = parseTraceHeader(incoming)
    return { header: `Root=${root}${rest}`, trace: undefined }
  }
  const { root, parent, sampled, rest } = parseTraceHeader(incoming ?? '')
  const traceId = root ?? newTraceId(now)
  const isSampled = sampled === '1' || (sampled !== '0' && sample())
  const functionSegmentId = newSegmentId()
  return {
    header: `Root=${traceId};Parent=${functionSegmentId};Sampled=${isSampled ? 1 : 0}${rest}`,
    trace: isSampled
      ? {
          traceId,
          // A parent in a trace of which we do not know the id is in another trace.
          parentId: root === undefined ? undefined : parent,
          segmentId: newSegmentId(),
          functionSegmentId,
        }
      : undefined,
  }
}

/**
 * Lambda's own sampling, which X-Ray's rules do not change: one request a second, and 5 % of the others.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
const REQUESTS_PER_SECOND = 1
const FIXED_RATE = 0.05

/** {@link REQUESTS_PER_SECOND} and {@link FIXED_RATE}, for each function. */
export class InvocationSampler {
  readonly #seconds = new Map<string, { second: number; taken: number }>()
  readonly #random: () => number

  /** @param random uniform in [0, 1) */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /**
   * @param functionKey tells functions apart
   * @param now ms since the epoch
   */
  sample(functionKey: string, now: number): boolean {
    const second = Math.floor(now / 1000)
    let used = this.#seconds.get(functionKey)
    if (!used) {
      used = { second, taken: 0 }
      this.#seconds.set(functionKey, used)
    }
    if (used.second !== second) {
      used.second = second
      used.taken = 0
    }
    if (used.taken >= REQUESTS_PER_SECOND) return this.#random() < FIXED_RATE
    used.taken++
    return true
  }

  clear(): void {
    this.#seconds.clear()
  }
}
