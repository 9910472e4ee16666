import { onTestFinished } from 'vitest'
import { createClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { createStore } from '../../kernel/store.ts'
import { createXRay } from './index.ts'
import type { XRayOperations } from './operations/context.ts'

export const SCOPE = { account: '123456789012', region: 'us-east-1' }

export const contextOf = (scope = SCOPE): RequestContext => ({
  scope,
  identity: { account: scope.account, arn: '', userId: '' },
  requestId: 'r',
  endpoint: '',
})

type Output<N extends keyof XRayOperations> = Awaited<ReturnType<NonNullable<XRayOperations[N]>>>
type Input<N extends keyof XRayOperations> = Parameters<NonNullable<XRayOperations[N]>>[0]

/** For tests: the service on its own, in memory or in a folder, with a defect of ours failing the test. */
export const startService = (directory?: string) => {
  const clock = createClock()
  const store = createStore(directory)
  const defects: unknown[] = []
  const service = createXRay({ store, clock, onDefect: error => defects.push(error) })
  const operations = service.apis[0]?.operations as XRayOperations
  let stopped = false
  const stop = async (): Promise<void> => {
    if (stopped) return
    stopped = true
    await service.stop?.()
    clock.close()
    store.close()
    if (defects.length > 0) throw defects[0]
  }
  onTestFinished(stop)
  const call = async <N extends keyof XRayOperations>(
    name: N,
    input: Partial<Input<N>>,
    scope = SCOPE,
  ): Promise<Output<N>> => {
    const handler = operations[name] as unknown as (
      input: object,
      context: RequestContext,
    ) => Promise<Output<N>>
    return handler(input, contextOf(scope))
  }
  const put = (...documents: unknown[]) =>
    call('PutTraceSegments', {
      TraceSegmentDocuments: documents.map(document =>
        typeof document === 'string' ? document : JSON.stringify(document),
      ),
    })
  const now = Math.floor(clock.now() / 1_000)
  const around = { StartTime: new Date((now - 1_000) * 1_000), EndTime: new Date((now + 1_000) * 1_000) }
  return { service, clock, store, call, put, stop, now, around }
}

/** A trace id of a time, in seconds since the epoch. */
export const traceIdAt = (seconds: number, number = 0): string =>
  `1-${Math.floor(seconds).toString(16).padStart(8, '0')}-${number.toString(16).padStart(24, '0')}`

export const idOf = (number: number): string => number.toString(16).padStart(16, '0')
