import type { ServiceMinute } from './service-minute.ts'

/** What a cause makes of a healthy minute. */
export type Turn = (minute: ServiceMinute) => ServiceMinute

/** Failed requests that come from the function. */
export const failing =
  (share: number): Turn =>
  minute => ({
    ...minute,
    failed: share,
    function: { ...minute.function, errors: share },
  })

export const inFunction =
  (change: Partial<ServiceMinute['function']>): Turn =>
  minute => ({ ...minute, function: { ...minute.function, ...change } })

export const inTable =
  (change: Partial<ServiceMinute['table']>): Turn =>
  minute => ({ ...minute, table: { ...minute.table, ...change } })

export const inModel =
  (change: Partial<ServiceMinute['model']>): Turn =>
  minute => ({ ...minute, model: { ...minute.model, ...change } })

export const inInstances =
  (change: Partial<ServiceMinute['instances']>): Turn =>
  minute => ({ ...minute, instances: { ...minute.instances, ...change } })

/** What the gateway and the watch see: nothing behind them shows it. */
export const atEdge =
  (change: Partial<ServiceMinute>): Turn =>
  minute => ({ ...minute, ...change })

/** The function, the table and the model see as many requests as the gateway. */
export const traffic =
  (times: (requests: number) => number): Turn =>
  minute => {
    const requests = Math.round(times(minute.requests))
    return {
      ...minute,
      requests,
      function: {
        ...minute.function,
        concurrency: Math.ceil((minute.function.concurrency * requests) / minute.requests),
      },
      model: { ...minute.model, invocations: requests },
    }
  }
