import autocannon from 'autocannon'

export interface LoadOptions {
  readonly url: string
  readonly body: string
  readonly connections: number
  readonly seconds: number
}

export interface LoadResult {
  readonly requestsPerSecond: number
  readonly p50: number
  /** Milliseconds. */
  readonly p99: number
}

/**
 * As much load as the target takes, after a warm-up of a third of the time.
 *
 * @throws Error where any request fails: a rate of errors is no throughput
 */
export const saturate = async ({ url, body, connections, seconds }: LoadOptions): Promise<LoadResult> => {
  const options = {
    url,
    method: 'POST' as const,
    headers: { 'content-type': 'application/json' },
    body,
    connections,
  }
  await autocannon({ ...options, duration: Math.ceil(seconds / 3) })
  const result = await autocannon({ ...options, duration: seconds })
  if (result.errors > 0 || result.non2xx > 0) {
    throw new Error(`${url}: ${result.errors} errors, ${result.non2xx} answers that are not 2xx`)
  }
  return {
    requestsPerSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }
}
