/** One request to an AWS API of the local cloud. Requests to deployed APIs have their access logs instead. */
export interface RequestRecord {
  /** ms since the epoch, of the cloud's clock. */
  readonly time: number
  /** Real milliseconds until the response was handed over. */
  readonly duration: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly requestId?: string
  /** `lambda`, `dynamodb`, … */
  readonly service?: string
  readonly operation?: string
  readonly errorCode?: string
}

/** The latest requests, oldest first. */
export interface RequestLog {
  add(record: RequestRecord): void
  latest(): RequestRecord[]
  clear(): void
}

/** @param capacity how many requests it keeps */
export const createRequestLog = (capacity = 1_000): RequestLog => {
  const ring: RequestRecord[] = []
  let next = 0
  return {
    add: record => {
      ring[next] = record
      next = (next + 1) % capacity
    },
    latest: () => [...ring.slice(next), ...ring.slice(0, next)],
    clear: () => {
      ring.length = 0
      next = 0
    },
  }
}
