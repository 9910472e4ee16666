import type { Objectives } from '../../sla/service-level-agreement.ts'

/** A deployed API, as its metrics name it. */
export interface ApiSubject {
  readonly apiName: string
  readonly stageName: string
}

export interface FunctionSubject {
  readonly functionName: string
  /** Invocations that may run at the same time: the function's reserved concurrency, or the account's quota. */
  readonly concurrency: number
}

export interface TableSubject {
  readonly tableName: string
  /** The operations that the service uses, such as `BatchGetItem`. */
  readonly operations: readonly string[]
}

export interface EndpointSubject {
  readonly endpointName: string
  readonly variantName: string
  /** Of the instance type: CPUUtilization is the sum over the cores. */
  readonly cores: number
}

/** What a load test has shown that it takes. */
export interface ProvenCapacity {
  readonly requestsPerMinute: number
  /** Of one instance of the model. */
  readonly invocationsPerInstance?: number
  /** Requests a minute below which something is wrong. No alarm on little traffic where absent. */
  readonly floor?: number
}

/** Shares of the latency bound that the parts of an answer may take, in ms, until a load test tells better. */
export interface LatencyShares {
  readonly function: number
  readonly table: number
  readonly model: number
  readonly overhead: number
}

/** What alarms are made about. */
export interface Subjects {
  /** Of the service; dimension of what the watch itself records. */
  readonly service: string
  readonly objectives: Objectives
  readonly shares: LatencyShares
  readonly api: ApiSubject
  readonly function?: FunctionSubject
  readonly table?: TableSubject
  readonly endpoint?: EndpointSubject
  readonly capacity?: ProvenCapacity
  /** Whether a health check reports to this account. */
  readonly healthCheck: boolean
  /** Whether usage plans are reported in this account. */
  readonly usageReport: boolean
  /** The name of the topic that pages. */
  readonly pageTopic: string
}

/** Of 200 ms: gateway 20, function 30, table 15, overhead of the endpoint 15, model 100; 20 in reserve. */
const SHARES: Readonly<Record<keyof LatencyShares, number>> = {
  function: 0.15,
  table: 0.075,
  overhead: 0.075,
  model: 0.5,
}

/** The shares of a latency bound (ms). They do not add up to it: percentiles do not add. */
export const sharesOf = (latency: number): LatencyShares => ({
  function: SHARES.function * latency,
  table: SHARES.table * latency,
  overhead: SHARES.overhead * latency,
  model: SHARES.model * latency,
})
