import type { CauseKind } from './ast.ts'

/**
 * What filter expressions ask about one trace, as plain data. Lists are empty and optional members absent where there is
 * nothing; times are in seconds.
 */
export interface TraceFacts extends FlagFacts {
  /** Any segment or subsegment in progress. */
  readonly partial: boolean
  /** Any inferred segment. */
  readonly inferred: boolean
  /** From start to end of the root segment; absent while that is in progress. */
  readonly responseTime?: number
  /** From the earliest start to the latest end of all segments. */
  readonly duration?: number
  /** Of the root segment. */
  readonly http: HttpFacts
  /** Of all segments. */
  readonly users: readonly string[]
  readonly resourceArns: readonly string[]
  readonly instanceIds: readonly string[]
  readonly availabilityZones: readonly string[]
  /** The values of each key over all segments and subsegments. */
  readonly annotations: ReadonlyMap<string, readonly AnnotationValue[]>
  /** The nodes of the trace's graph. The client may be among them: it has no calls. */
  readonly services: readonly ServiceFacts[]
  readonly edges: readonly EdgeFacts[]
  readonly rootCauses: Readonly<Record<CauseKind, readonly RootCauseFacts[]>>
}

export type AnnotationValue = string | number | boolean

/**
 * Of a trace, its root segment's flags (`throttle`: any segment's); of a call, its own. `ok` is none of the others.
 * Several of the others may be set at once.
 */
export interface FlagFacts {
  readonly ok: boolean
  /** Status 4xx. */
  readonly error: boolean
  /** Status 429. */
  readonly throttle: boolean
  /** Status 5xx. */
  readonly fault: boolean
}

export interface HttpFacts {
  readonly url?: string
  readonly method?: string
  readonly userAgent?: string
  readonly clientIp?: string
  readonly status?: number
}

/** A service or edge in `id()` and in `service()`. */
export interface NodeFacts {
  /** The canonical one first. */
  readonly names: readonly string[]
  /** Its origin (`AWS::Lambda::Function`), `remote` or `client`; absent for services without one. */
  readonly type?: string
  readonly accountId?: string
}

/** What a braced filter is asked of: one segment of a service, or one call over an edge. */
export interface CallFacts extends FlagFacts {
  /** Itself or what is nested in it in progress. */
  readonly partial: boolean
  /** From start to end; absent while in progress. */
  readonly responseTime?: number
  /** From start to end with all that is nested in it. */
  readonly duration?: number
  readonly http: HttpFacts
}

export interface SegmentFacts extends CallFacts {
  readonly inferred: boolean
  /** Whether no other segment of the trace is its parent. */
  readonly root: boolean
  readonly user?: string
  readonly resourceArn?: string
  readonly instanceId?: string
  readonly availabilityZone?: string
}

export interface ServiceFacts extends NodeFacts {
  /** The segments of the trace that the service wrote, or that were inferred for it. */
  readonly segments: readonly SegmentFacts[]
}

export interface EdgeFacts {
  readonly source: NodeFacts
  readonly target: NodeFacts
  /** As the caller saw them. */
  readonly calls: readonly CallFacts[]
}

/** One root cause of the trace, from the entry service to the culprit. */
export interface RootCauseFacts {
  readonly services: readonly CauseServiceFacts[]
  readonly clientImpacting: boolean
}

export interface CauseServiceFacts extends NodeFacts {
  readonly inferred: boolean
  /** From the service's segment to the subsegment at fault. */
  readonly entityPath: readonly CauseEntityFacts[]
}

export interface CauseEntityFacts {
  readonly name: string
  readonly remote: boolean
  /** Share of the root's response time, 0 to 1; of response-time causes alone. */
  readonly coverage?: number
  /** Of fault and error causes alone. */
  readonly exceptions: readonly CauseExceptionFacts[]
}

export interface CauseExceptionFacts {
  readonly name?: string
  readonly message?: string
}
