import { createHash } from 'node:crypto'
import { inferredServiceOf } from '../graph/service-node.ts'
import type { EntityNode } from './merge.ts'

/** Ids of inferred segments: made from what they stand for, so that every reading of a trace gives the same. */
const inferredId = (traceId: string, id: string): string =>
  createHash('sha256').update(`${traceId}/${id}`).digest('hex').slice(0, 16)

export interface InferredSegment {
  readonly id: string
  readonly document: string
}

/**
 * The segment that X-Ray makes up for a call to what sends none itself.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
 */
export const inferSegment = (traceId: string, { entity }: EntityNode): InferredSegment => {
  const id = inferredId(traceId, entity.id)
  const { name, start_time, end_time, in_progress, http, aws, error, throttle, fault, cause } = entity
  const { type } = inferredServiceOf(entity)
  const document = JSON.stringify({
    id,
    name,
    start_time,
    end_time,
    in_progress,
    parent_id: entity.id,
    inferred: true,
    http,
    aws,
    error,
    throttle,
    fault,
    cause,
    trace_id: traceId,
    ...(type?.startsWith('AWS::') && { origin: type }),
  })
  return { id, document }
}
