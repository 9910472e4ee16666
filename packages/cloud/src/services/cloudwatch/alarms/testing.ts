/** For tests of alarms: a stepped clock, and all around them in the plainest form that can be right. */
import type { DescribeAlarmsOutput } from '@aws-sdk/client-cloudwatch'
import { createClock, type DrivenClock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { InvokeRequest, ServiceEvent } from '../../../kernel/ports.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { createStore, type Store } from '../../../kernel/store.ts'
import type { MetricReader, Period } from '../metrics/metric-reader.ts'
import { createQueries, type Queries } from '../queries/index.ts'
import { createTagOperations } from '../tags.ts'
import { type Alarms, createAlarms } from './index.ts'
import type { AlarmOperations } from './operations/context.ts'

interface Sample {
  readonly time: number
  readonly value: number
  readonly unit: string
  readonly highResolution: boolean
}

export interface FakeMetrics extends MetricReader {
  put(name: string, time: number, value: number, options?: { unit?: string; highResolution?: boolean }): void
}

const MINUTE = 60_000

/** Metrics without dimensions, whatever their scope and namespace. Every read looks through all samples. */
export const createFakeMetrics = (): FakeMetrics => {
  const samples = new Map<string, Sample[]>()
  const periodOf = (time: number, unit: string, values: readonly number[]): Period => ({
    time,
    unit,
    count: values.length,
    sum: values.reduce((sum, value) => sum + value, 0),
    min: Math.min(...values),
    max: Math.max(...values),
    values: new Map(
      [...new Set(values)].map(value => [value, values.filter(other => other === value).length]),
    ),
  })
  return {
    put: (name, time, value, { unit = 'None', highResolution = false } = {}) => {
      samples.set(name, [...(samples.get(name) ?? []), { time, value, unit, highResolution }])
    },
    metrics: () => [],
    periods: (_scope: Scope, _namespace, name, _dimensions, { start, end, period, offset = 0 }) => {
      const grouped = new Map<string, { time: number; unit: string; values: number[] }>()
      for (const { time, value, unit, highResolution } of samples.get(name) ?? []) {
        if (time < start || time >= end || (period < MINUTE && !highResolution)) continue
        const at = Math.floor((time - offset) / period) * period + offset
        const key = `${at} ${unit}`
        const group = grouped.get(key) ?? { time: at, unit, values: [] }
        group.values.push(value)
        grouped.set(key, group)
      }
      return [...grouped.values()]
        .sort((a, b) => a.time - b.time)
        .map(({ time, unit, values }) => periodOf(time, unit, values))
    },
  }
}

/** What alarms have told others. */
export interface Told {
  readonly published: Array<{
    topicArn: string
    subject: string | undefined
    message: Record<string, unknown>
    text: string
    deliverer: unknown
  }>
  readonly invoked: InvokeRequest[]
  readonly events: ServiceEvent[]
}

/** Queries of the harness's metrics, that know no band, unless a test sets another answer. */
export interface AnsweringQueries extends Pick<Queries, 'describe' | 'evaluate'> {
  answer: Queries['evaluate']
}

export interface Harness {
  readonly clock: DrivenClock
  readonly metrics: FakeMetrics
  readonly queries: AnsweringQueries
  readonly alarms: Alarms
  readonly told: Told
  readonly store: Store
  /** Calls an operation as its handler sees it. */
  call<Name extends keyof AlarmOperations>(
    name: Name,
    input: Parameters<NonNullable<AlarmOperations[Name]>>[0],
  ): ReturnType<NonNullable<AlarmOperations[Name]>>
  /** `OK`, or `ALARM by WaitPeriod` of an alarm whose actions are held back. */
  state(name: string): string
  states(...names: string[]): string[]
}

export const SCOPE: Scope = { account: '123456789012', region: 'us-east-1' }
export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:ops'
/** Ahead of the machine's clock, which cannot be set back. */
export const START = Date.UTC(2099, 10, 23, 12)

/** Alarms on a stepped clock, with metrics that are put by hand and services that note what they are told. */
export const createHarness = ({
  store = createStore(undefined),
  clock,
  failing,
}: {
  store?: Store
  clock?: DrivenClock
  /** What topics and functions refuse with. */
  failing?: Error
} = {}): Harness => {
  const driven = clock ?? createClock(error => Promise.reject(error))
  if (!clock) driven.step(START)
  const metrics = createFakeMetrics()
  const told: Told = { published: [], invoked: [], events: [] }
  const real = createQueries({ metrics, bands: { band: () => undefined }, clock: driven })
  const queries: AnsweringQueries = {
    describe: real.describe,
    answer: real.evaluate,
    evaluate: (...asked) => queries.answer(...asked),
  }
  const alarms = createAlarms({
    store,
    clock: driven,
    metrics,
    queries,
    topics: {
      publish: async ({ topicArn, subject, message, deliverer }) => {
        if (failing) throw failing
        told.published.push({ topicArn, subject, message: JSON.parse(message), text: message, deliverer })
        return 'id'
      },
    },
    functions: {
      invoke: async request => {
        if (failing) throw failing
        told.invoked.push(request)
        return { status: 202, payload: new Uint8Array(), executedVersion: '$LATEST' }
      },
    },
    events: {
      put: (_scope, event) => {
        told.events.push(event)
      },
    },
    onDefect: error => {
      throw error
    },
  })
  const operations = { ...alarms.operations, ...createTagOperations([alarms.findTaggable]) }
  const context: RequestContext = {
    scope: SCOPE,
    identity: { account: SCOPE.account, arn: `arn:aws:iam::${SCOPE.account}:root`, userId: SCOPE.account },
    requestId: 'request',
    endpoint: 'http://127.0.0.1',
  }
  const call: Harness['call'] = (name, input) => {
    const handler = operations[name] as (input: unknown, context: RequestContext) => never
    return handler(input, context)
  }
  const state = (name: string): string => {
    const { MetricAlarms, CompositeAlarms } = call('DescribeAlarms', {
      AlarmNames: [name],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    }) as DescribeAlarmsOutput
    const [alarm] = [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])]
    const by = CompositeAlarms?.[0]?.ActionsSuppressedBy
    return `${alarm?.StateValue}${by ? ` by ${by}` : ''}`
  }
  return {
    clock: driven,
    metrics,
    queries,
    alarms,
    told,
    store,
    call,
    state,
    states: (...names) => names.map(state),
  }
}
