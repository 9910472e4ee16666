import { createClock } from '../../../kernel/clock.ts'
import { createStore } from '../../../kernel/store.ts'
import { createXRay } from '../index.ts'

const SCOPE = { account: '123456789012', region: 'us-east-1' }
const CONTEXT = {
  scope: SCOPE,
  identity: { account: SCOPE.account, arn: '', userId: '' },
  requestId: 'r',
  endpoint: '',
}
const BATCH = 50
/** So that loads run too. */
const QUERY_EVERY = 5 * BATCH

/** Unique over all processes. */
const traceId = (seconds: number, number: number): string =>
  `1-${seconds.toString(16)}-${process.pid.toString(16).padStart(8, '0')}${number.toString(16).padStart(16, '0')}`

/** For tests that kill it: writes the size of each batch to its output once that is acknowledged, until it is killed. */
export const startWriter = async (directory: string): Promise<never> => {
  const service = createXRay({ store: createStore(directory), clock: createClock() })
  const operations = service.apis[0]?.operations as Record<
    string,
    (input: object, context: object) => Promise<object>
  >
  for (let number = 0; ; ) {
    const seconds = Math.floor(Date.now() / 1_000)
    const documents = Array.from({ length: BATCH }, () =>
      JSON.stringify({
        id: '0000000000000001',
        trace_id: traceId(seconds, number++),
        name: 'api',
        start_time: seconds,
        end_time: seconds + 1,
      }),
    )
    await service.take(SCOPE, documents)
    process.stdout.write(`${BATCH}\n`)
    if (number % QUERY_EVERY > 0) continue
    const range = { StartTime: new Date((seconds - 60) * 1_000), EndTime: new Date((seconds + 60) * 1_000) }
    await operations.GetTraceSummaries?.(range, CONTEXT)
  }
}
