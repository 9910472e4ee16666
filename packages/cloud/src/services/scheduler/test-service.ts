/** For tests: EventBridge Scheduler on its own, on a stepped clock, with targets that note what reaches them. */
import { onTestFinished } from 'vitest'
import type { BusEntry, Origin } from '../../delivery/target-ports.ts'
import { FakeTargets } from '../../delivery/test-ports.ts'
import { createClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { createStore, type Store } from '../../kernel/store.ts'
import type { ScheduleInput } from './check-schedule.ts'
import { createScheduler } from './index.ts'
import type { SchedulerOperations } from './operations.ts'

export const NEW_YEAR = Date.UTC(2030, 0, 1)
export const ACCOUNT = '123456789012'
export const SCOPE = { account: ACCOUNT, region: 'eu-west-1' }
export const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`
export const QUEUE = `arn:aws:sqs:eu-west-1:${ACCOUNT}:q`
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/scheduler`

/** Trusts Scheduler for groups of this account but one. */
const TRUST = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'scheduler.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: {
          'aws:SourceAccount': ACCOUNT,
        },
        StringNotLike: {
          'aws:SourceArn': `arn:aws:scheduler:eu-west-1:${ACCOUNT}:schedule-group/untrusted`,
        },
      },
    },
  ],
}

type Input<N extends keyof SchedulerOperations> = Parameters<NonNullable<SchedulerOperations[N]>>[0]
type Output<N extends keyof SchedulerOperations> = Awaited<ReturnType<NonNullable<SchedulerOperations[N]>>>

const CONTEXT: RequestContext = {
  scope: SCOPE,
  identity: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, userId: ACCOUNT },
  requestId: 'r',
  endpoint: '',
}

export const startScheduler = async (options: { store?: Store; at?: number } = {}) => {
  const clock = createClock()
  clock.step(options.at ?? NEW_YEAR)
  const store = options.store ?? createStore(undefined)
  const targets = new FakeTargets(clock)
  const denied = new Set<string>()
  const busEvents: Array<{ bus: string; entry: BusEntry; from: Origin }> = []
  const defects: unknown[] = []
  const service = createScheduler({
    store,
    clock,
    ...targets.ports,
    buses: { send: (bus, entry, from) => void busEvents.push({ bus, entry, from }) },
    metrics: targets.metrics,
    authorizer: { allows: (identity, action) => identity === ROLE && !denied.has(action) },
    trustPolicy: arn => (arn === ROLE ? JSON.stringify(TRUST) : undefined),
    onDefect: error => defects.push(error),
  })
  await service.start?.()
  onTestFinished(() => {
    clock.close()
    if (defects.length > 0) throw defects[0]
  })
  const operations = service.apis[0]?.operations as SchedulerOperations
  const call = async <N extends keyof SchedulerOperations>(
    name: N,
    input: Partial<Input<N>>,
  ): Promise<Output<N>> => {
    const handler = operations[name] as unknown as (
      input: object,
      context: RequestContext,
    ) => Promise<Output<N>>
    return handler(input, CONTEXT)
  }
  /** Creates the schedule `s`, of a function, without a window. */
  const create = (ScheduleExpression: string, more: ScheduleInput = {}) =>
    call('CreateSchedule', {
      Name: 's',
      ScheduleExpression,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: FUNCTION, RoleArn: ROLE },
      ...more,
    } as Input<'CreateSchedule'>)
  /** When targets were reached, in minutes from the new year. */
  const minutes = () => targets.arrivals.map(({ at }) => (at - NEW_YEAR) / 60_000)
  return { service, clock, store, targets, denied, busEvents, call, create, minutes }
}
