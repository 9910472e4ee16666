import type { SegmentRecorder } from './kernel/ports.ts'
import type { Exchange } from './services/apigateway/index.ts'
import type { InvocationRecord } from './services/lambda/index.ts'
import { functionSegments } from './tracing/function-segments.ts'
import { createRealTime } from './tracing/real-time.ts'
import { stageSegment } from './tracing/stage-segment.ts'

/** What the services tell of their requests becomes segments. Called off the request path; neither throws. */
export interface Tracing {
  /** API Gateway's `onRequest`. */
  onRequest(exchange: Exchange): void
  /** Lambda's `onInvocation`. */
  onInvocation(record: InvocationRecord): void
}

/** Writes the segments that the cloud itself records, as API Gateway and Lambda do on AWS. */
export const createTracing = (segments: SegmentRecorder): Tracing => {
  const realTime = createRealTime()
  return {
    onRequest: exchange => {
      if (!exchange.stageTrace?.sampled) return
      const segment = stageSegment(exchange, realTime())
      if (segment) segments.record(exchange.stage.scope, segment)
    },
    onInvocation: record => {
      for (const segment of functionSegments(record, realTime())) segments.record(record.scope, segment)
    },
  }
}
