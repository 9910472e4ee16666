import type { Context, Keyword } from './keywords.ts'
import type {
  CallFacts,
  CauseEntityFacts,
  CauseExceptionFacts,
  CauseServiceFacts,
  HttpFacts,
  SegmentFacts,
  TraceFacts,
} from './trace-facts.ts'

export type Value = string | number | boolean

/** The values that a keyword has in some facts: none where it is not set. */
export type View<F> = Readonly<Partial<Record<Keyword, (facts: F) => Value | readonly string[] | undefined>>>

/** One element of a root cause with its place in the list of such elements. */
export interface Listed<F> {
  readonly element: F
  /** From 0. */
  readonly index: number
  readonly last: boolean
}

const HTTP: View<{ readonly http: HttpFacts }> = {
  'http.status': ({ http }) => http.status,
  'http.url': ({ http }) => http.url,
  'http.method': ({ http }) => http.method,
  'http.useragent': ({ http }) => http.userAgent,
  'http.clientip': ({ http }) => http.clientIp,
}

const CALL: View<CallFacts> = {
  ...HTTP,
  ok: ({ ok }) => ok,
  error: ({ error }) => error,
  throttle: ({ throttle }) => throttle,
  fault: ({ fault }) => fault,
  partial: ({ partial }) => partial,
  responsetime: ({ responseTime }) => responseTime,
  duration: ({ duration }) => duration,
}

/** A segment together with its service. */
export interface ServiceCall {
  readonly segment: SegmentFacts
  readonly names: readonly string[]
  readonly type?: string | undefined
}

const ofSegment = (view: View<SegmentFacts>): View<ServiceCall> =>
  Object.fromEntries(
    Object.entries(view).map(([keyword, read]) => [keyword, ({ segment }: ServiceCall) => read(segment)]),
  )

const LISTED: View<Listed<unknown>> = {
  first: ({ index }) => index === 0,
  last: ({ last }) => last,
  index: ({ index }) => index,
}

const ENTITY: View<Listed<CauseEntityFacts>> = {
  ...LISTED,
  name: ({ element }) => element.name,
  remote: ({ element }) => element.remote,
}

export const TRACE_VIEW: View<TraceFacts> = {
  ...CALL,
  inferred: ({ inferred }) => inferred,
  user: ({ users }) => users,
  'resource.arn': ({ resourceArns }) => resourceArns,
  'instance.id': ({ instanceIds }) => instanceIds,
  availabilityzone: ({ availabilityZones }) => availabilityZones,
}

export const SERVICE_VIEW: View<ServiceCall> = {
  ...ofSegment({
    ...CALL,
    inferred: ({ inferred }) => inferred,
    root: ({ root }) => root,
    user: ({ user }) => user,
    'resource.arn': ({ resourceArn }) => resourceArn,
    'instance.id': ({ instanceId }) => instanceId,
    availabilityzone: ({ availabilityZone }) => availabilityZone,
  }),
  name: ({ names }) => names,
  type: ({ type }) => type,
}

export const EDGE_VIEW: View<CallFacts> = CALL

export const CAUSE_SERVICE_VIEW: View<Listed<CauseServiceFacts>> = {
  ...LISTED,
  name: ({ element }) => element.names,
  type: ({ element }) => element.type,
  inferred: ({ element }) => element.inferred,
}

export const CAUSE_ENTITY_VIEW: View<Listed<CauseEntityFacts>> = {
  ...ENTITY,
  coverage: ({ element }) => element.coverage,
}

export const CAUSE_EXCEPTION_VIEW: View<Listed<CauseExceptionFacts>> = {
  ...LISTED,
  name: ({ element }) => element.name,
  message: ({ element }) => element.message,
}

/** Which keywords each context reads: the parser lets no other ones through. */
export const VIEWS: Readonly<Record<Context, View<never>>> = {
  trace: TRACE_VIEW,
  service: SERVICE_VIEW,
  edge: EDGE_VIEW,
  causeService: CAUSE_SERVICE_VIEW,
  coverageEntity: CAUSE_ENTITY_VIEW,
  causeEntity: ENTITY,
  causeException: CAUSE_EXCEPTION_VIEW,
}
