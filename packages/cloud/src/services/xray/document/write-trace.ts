import type { Trace } from '@aws-sdk/client-xray'
import { calledIds, isInferred } from '../graph/visits.ts'
import type { Entity } from './entity.ts'
import { inferSegment } from './inferred.ts'
import { mergeDocuments } from './merge.ts'
import { writeDocument } from './write-document.ts'

/**
 * https://docs.aws.amazon.com/general/latest/gr/xray.html: a trace of more is cut by the service. Here all of it is
 * kept, and the trace says that the limit is exceeded.
 */
const MAX_TRACE_BYTES = 500 * 1024

/**
 * A trace as BatchGetTraces gives it: segments with all their subsegments, subsegments whose parent has not arrived,
 * and segments inferred from calls.
 *
 * @param documents as they were sent, in the order in which they came
 */
export const writeTrace = (traceId: string, documents: readonly string[]): Trace => {
  const merged = mergeDocuments(documents.map(text => JSON.parse(text) as Entity))
  const tops = [...merged.segments, ...merged.orphans]
  const segments = tops.map(node => ({ Id: node.entity.id, Document: writeDocument(node) }))
  const called = calledIds(merged)
  for (const node of merged.nodes.values()) {
    if (!isInferred(node, called)) continue
    const { id, document } = inferSegment(traceId, node)
    segments.push({ Id: id, Document: document })
  }
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { earliest, latest } of tops) {
    start = Math.min(start, earliest)
    end = Math.max(end, latest)
  }
  const bytes = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  return {
    Id: traceId,
    Duration: Math.round((end - start) * 1_000) / 1_000,
    LimitExceeded: bytes > MAX_TRACE_BYTES,
    Segments: segments,
  }
}
