import type {
  AnnotationValue,
  ErrorRootCause,
  FaultRootCause,
  Http,
  ResponseTimeRootCause,
} from '@aws-sdk/client-xray'
import type { ServiceKey } from '../graph/service-node.ts'

export type AnnotationScalar = string | number | boolean

/** An annotation's value and the services that set it, as positions in {@link TraceDigest.services}. */
export interface DigestAnnotation {
  readonly key: string
  readonly value: AnnotationScalar
  readonly services: readonly number[]
}

/**
 * What GetTraceSummaries tells of one trace, and what filter expressions ask of it.
 *
 * @see https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html
 */
export interface TraceDigest {
  /** Seconds since the epoch: the earliest start of all segments, and their latest end. */
  readonly start: number
  readonly end: number
  /** Seconds from start to end of the root segment. Absent while no segment has arrived, or it has not ended. */
  readonly responseTime?: number
  /** Of the root segment. */
  readonly fault: boolean
  readonly error: boolean
  /** Of any segment. */
  readonly throttle: boolean
  /** Whether a segment is in progress. */
  readonly partial: boolean
  readonly http?: Http
  readonly services: readonly ServiceKey[]
  /** Position in `services`. */
  readonly entryPoint?: number
  readonly annotations: readonly DigestAnnotation[]
  readonly users: ReadonlyArray<{ readonly name: string; readonly services: readonly number[] }>
  readonly resourceArns: readonly string[]
  readonly instanceIds: readonly string[]
  readonly availabilityZones: readonly string[]
  readonly faultCauses: readonly FaultRootCause[]
  readonly errorCauses: readonly ErrorRootCause[]
  readonly responseTimeCauses: readonly ResponseTimeRootCause[]
}

export const annotationValue = (value: AnnotationScalar): AnnotationValue => {
  if (typeof value === 'number') return { NumberValue: value }
  return typeof value === 'boolean' ? { BooleanValue: value } : { StringValue: value }
}
