/** For tests: EventBridge on its own, on a stepped clock, with targets that note what reaches them. */
import { onTestFinished } from 'vitest'
import { FakeTargets } from '../../delivery/test-ports.ts'
import { createClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { createStore, type Store } from '../../kernel/store.ts'
import { createEvents } from './index.ts'
import type { EventsOperations } from './service.ts'

export const NEW_YEAR = Date.UTC(2030, 0, 1)
export const ACCOUNT = '123456789012'
export const OTHER_ACCOUNT = '210987654321'
export const SCOPE = { account: ACCOUNT, region: 'eu-west-1' }
export const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`
export const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`

type Input<N extends keyof EventsOperations> = Parameters<NonNullable<EventsOperations[N]>>[0]
type Output<N extends keyof EventsOperations> = Awaited<ReturnType<NonNullable<EventsOperations[N]>>>

const contextOf = (account: string): RequestContext => ({
  scope: { ...SCOPE, account },
  identity: { account, arn: `arn:aws:iam::${account}:root`, userId: account },
  requestId: 'r',
  endpoint: '',
})

export const startEvents = async (options: { store?: Store; at?: number } = {}) => {
  const clock = createClock()
  clock.step(options.at ?? NEW_YEAR)
  const store = options.store ?? createStore(undefined)
  const targets = new FakeTargets(clock)
  const defects: unknown[] = []
  const service = createEvents({
    store,
    clock,
    ...targets.ports,
    metrics: targets.metrics,
    authorizer: { allows: () => false },
    onDefect: error => defects.push(error),
  })
  await service.start?.()
  onTestFinished(() => {
    clock.close()
    if (defects.length > 0) throw defects[0]
  })
  const operations = service.apis[0]?.operations as EventsOperations
  const call = async <N extends keyof EventsOperations>(
    name: N,
    input: Partial<Input<N>>,
    account = ACCOUNT,
  ): Promise<Output<N>> => {
    const handler = operations[name] as unknown as (
      input: object,
      context: RequestContext,
    ) => Promise<Output<N>>
    return handler(input, contextOf(account))
  }
  /** Puts an event of source `mine`. */
  const emit = (detail: object, more: object = {}, account = ACCOUNT) =>
    call(
      'PutEvents',
      { Entries: [{ Source: 'mine', DetailType: 'T', Detail: JSON.stringify(detail), ...more }] },
      account,
    )
  /** Lets deliveries happen. */
  const settle = () => clock.advance(0)
  return { service, clock, store, targets, call, emit, settle }
}
