import type { TraceSummary } from '@aws-sdk/client-xray'
import type { Expression } from '../filter/ast.ts'

/** Seconds since the epoch. The start belongs to a range and the end does not. */
export interface TimeRange {
  readonly start: number
  readonly end: number
}

/** What of a trace must lie in a range: its start, any part of it, or the end of a segment. */
export type TimeRangeType = 'TraceId' | 'Event' | 'Service'

/** Where the next page of summaries begins: after this trace, in the order of the query. */
export interface SummariesCursor {
  readonly start: number
  /** A trace id. */
  readonly trace: string
}

export interface SummariesQuery {
  /** `account/region` */
  readonly scope: string
  readonly range: TimeRange
  readonly by: TimeRangeType
  /** With its groups resolved. Absent for all traces. */
  readonly filter?: Expression
  /** Every how many-th trace is looked at: 0 < rate <= 1, chosen by trace id. Default all. */
  readonly rate?: number
  readonly after?: SummariesCursor
  readonly limit: number
}

export interface SummariesPage {
  readonly summaries: readonly TraceSummary[]
  /** How many traces this page looked at, those that do not match among them. */
  readonly processed: number
  /** Absent on the last page. */
  readonly next?: SummariesCursor
}

export interface GraphQuery {
  readonly scope: string
  readonly range: TimeRange
  /** Restricts the graph to the traces that match. */
  readonly filter?: Expression
}

export interface TimeSeriesQuery extends GraphQuery {
  /** Seconds. */
  readonly period: number
  /** What is counted: the requests to a service, or the calls over an edge. All edges where absent. */
  readonly selector?: Extract<Expression, { kind: 'service' | 'edge' }>
}
