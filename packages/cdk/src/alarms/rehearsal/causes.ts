import { around, latencies } from './service-minute.ts'
import { atEdge, failing, inFunction, inInstances, inModel, inTable, type Turn, traffic } from './turns.ts'

/** Why an alarm fires under a cause that is another's. By key. */
type Implied = Readonly<Record<string, string>>

/** Something that goes wrong, and the alarms that are to say so. */
export interface Cause {
  /** In a sentence. */
  readonly happens: string
  /** What it makes of a healthy minute. */
  readonly turn: Turn
  /** How long it goes on, in minutes. */
  readonly minutes: number
  /** When it ends, in minutes after midnight of the first day of a window of three days. Default 0. */
  readonly endsAt?: number
  /** Keys of the alarms that are there to tell. */
  readonly own: readonly string[]
  readonly implied?: Implied
  /** Whether somebody is woken: once, and told once when it is over. */
  readonly pages?: true
  /** Minutes until the alarms can tell that it is over, beyond those that they look back. Default 0. */
  readonly lingers?: number
  /** What is not there at all, instead of being there and healthy before. */
  readonly without?: 'health check' | 'a first health check'
}

const HOUR = 60
const DAY = 24 * HOUR

const PAGED = { pages: true } as const

const usage = (usedPercent: number | undefined) => atEdge({ usedPercent })

const UNUSUAL = 'such traffic is also not what it is at this hour'
const SLOWER_BURN = 'as many failures are too many for three days as well'

/** Each alarm's own cause, and what else that cause implies. */
export const CAUSES: Readonly<Record<string, Cause>> = {
  'errors, fast': {
    happens: '0.8 % of requests fail for an hour',
    turn: atEdge({ failed: 0.008 }),
    minutes: HOUR,
    own: ['availability-burn-fast'],
    ...PAGED,
  },
  'errors, medium': {
    happens: '0.4 % of requests fail for six hours',
    turn: atEdge({ failed: 0.004 }),
    minutes: 6 * HOUR,
    own: ['availability-burn-medium'],
    ...PAGED,
  },
  'errors, slow': {
    happens: '0.2 % of requests fail for a day',
    turn: atEdge({ failed: 0.002 }),
    minutes: DAY,
    own: ['availability-burn-slow'],
    implied: { 'availability-burn-creeping': SLOWER_BURN },
  },
  'errors, creeping': {
    happens: '0.08 % of requests fail for three days',
    turn: atEdge({ failed: 0.0008 }),
    minutes: 3 * DAY,
    own: ['availability-burn-creeping'],
  },
  'slow, fast': {
    happens: '65 % of responses take longer than 200 ms for an hour',
    turn: atEdge({ latency: latencies(0.65) }),
    minutes: HOUR,
    own: ['latency-burn-fast'],
    ...PAGED,
  },
  'slow, medium': {
    happens: '35 % of responses take longer than 200 ms for six hours',
    turn: atEdge({ latency: latencies(0.35) }),
    minutes: 6 * HOUR,
    own: ['latency-burn-medium'],
    ...PAGED,
  },
  'slow, slow': {
    happens: '18 % of responses take longer than 200 ms for a day',
    turn: atEdge({ latency: latencies(0.18) }),
    minutes: DAY,
    own: ['latency-burn-slow'],
  },
  'slow, creeping': {
    happens: '12 % of responses take longer than 200 ms for three days',
    turn: atEdge({ latency: latencies(0.12) }),
    minutes: 3 * DAY,
    own: ['latency-burn-creeping'],
  },
  'API down': {
    happens: 'every request fails at the gateway',
    turn: atEdge({ failed: 1, check: { succeeded: false, latency: 20 } }),
    minutes: 10,
    own: ['sla-at-risk'],
    implied: {
      'health-check-failing': 'checks are requests and fail as well',
      'health-check-silent': 'no check succeeds',
      'availability-burn-fast': 'ten minutes without an answer are 3 % of the budget and more',
      'availability-burn-medium': 'and 2.8 % of the requests of six hours',
      'availability-burn-slow': 'and 0.7 % of those of a day',
      'availability-burn-creeping': 'and 0.2 % of those of three days',
    },
    ...PAGED,
  },
  'checks stop': {
    happens: 'the other account no longer checks',
    turn: atEdge({ check: undefined }),
    minutes: 10,
    own: ['health-check-silent'],
    ...PAGED,
  },
  'checks never began': {
    happens: 'the health check has not been deployed yet',
    turn: atEdge({ check: undefined }),
    minutes: 10,
    own: ['health-check-not-running'],
    implied: { 'health-check-silent': 'it hears the silence too; until a check has run it wakes nobody' },
    without: 'a first health check',
  },
  'checks fail': {
    happens: 'checks are answered wrongly while other requests are not',
    turn: atEdge({ check: { succeeded: false, latency: 110 } }),
    minutes: 4,
    own: ['health-check-failing'],
    ...PAGED,
  },
  'checks slow': {
    happens: 'checks take 400 ms while other requests do not',
    turn: atEdge({ check: { succeeded: true, latency: 400 } }),
    minutes: 30,
    own: ['health-check-slow'],
  },
  'traffic doubles': {
    happens: 'twice as many requests as at this hour of other days',
    turn: traffic(requests => 2 * requests),
    minutes: 20,
    own: ['traffic-anomalous'],
  },
  'traffic over capacity': {
    happens: '5,900 requests a minute where a load test has shown 6,000',
    turn: traffic(() => 5_900),
    minutes: 20,
    own: ['traffic-high-warn', 'traffic-high-critical'],
    implied: { 'traffic-anomalous': UNUSUAL },
    ...PAGED,
  },
  'traffic gone': {
    happens: 'nobody asks but the health check',
    turn: traffic(() => 1),
    minutes: 20,
    own: ['traffic-low'],
    implied: { 'traffic-anomalous': UNUSUAL },
  },
  'traffic gone, no health check': {
    happens: 'nobody asks, in a service without a health check',
    turn: traffic(() => 0),
    minutes: 20,
    own: ['traffic-silent'],
    without: 'health check',
  },
  'client errors': {
    happens: '30 % of requests are refused with 4XX',
    turn: atEdge({ refused: 0.3 }),
    minutes: 8,
    own: ['client-errors-warn', 'client-errors-critical'],
  },
  'function fails': {
    happens: '8 % of invocations of the function fail, and so do their requests',
    turn: failing(0.08),
    minutes: 4,
    own: ['function-errors-warn', 'function-errors-critical'],
  },
  'function throttled': {
    happens: 'five invocations a minute are refused for want of concurrency',
    turn: minute => ({ ...inFunction({ throttles: 5 })(minute), failed: 5 / minute.requests }),
    minutes: 5,
    own: ['function-throttled'],
    ...PAGED,
  },
  'function busy': {
    happens: '97 of 100 invocations that may run at the same time do',
    turn: inFunction({ concurrency: 97 }),
    minutes: 6,
    own: ['function-concurrency-warn', 'function-concurrency-critical'],
    ...PAGED,
  },
  'function slow': {
    happens: 'the function takes 156 ms at p90 where 160 ms are its share',
    turn: inFunction({ duration: around(156) }),
    minutes: 8,
    own: ['function-duration-warn', 'function-duration-critical'],
  },
  'table throttles': {
    happens: 'DynamoDB throttles 20 reads a minute, which are tried again',
    turn: inTable({ throttledReads: 20 }),
    minutes: 6,
    own: ['table-throttled-warn', 'table-throttled-critical'],
    ...PAGED,
  },
  'table fails': {
    happens: 'DynamoDB answers 3 requests a minute with internal errors, which are tried again',
    turn: inTable({ systemErrors: 3 }),
    minutes: 6,
    own: ['table-system-errors'],
  },
  'table slow': {
    happens: 'reads take 14.6 ms at p90 where 15 ms are their share',
    turn: inTable({ latency: around(14.6) }),
    minutes: 8,
    own: ['table-latency-warn', 'table-latency-critical'],
  },
  'model fails': {
    happens: '5 % of invocations of the model fail, for which the function has another answer',
    turn: inModel({ errors: 0.05 }),
    minutes: 6,
    own: ['model-errors-warn', 'model-errors-critical'],
  },
  'model slow': {
    happens: 'the model takes 97 ms at p90 where 100 ms are its share',
    turn: minute => inFunction({ duration: around(147) })(inModel({ latency: around(97) })(minute)),
    minutes: 8,
    own: ['model-latency-warn', 'model-latency-critical'],
    implied: { 'function-duration-warn': 'the function waits for the model: 147 of its 160 ms' },
  },
  'endpoint slow': {
    happens: 'SageMaker takes 20 ms at p90 around the model where 15 ms are its share',
    turn: inModel({ overhead: around(20) }),
    minutes: 8,
    own: ['model-overhead'],
  },
  'endpoint asked by others': {
    happens: 'each of two instances is asked 5,900 times a minute where a load test has shown 6,000',
    turn: inModel({ invocations: 11_800 }),
    minutes: 6,
    own: ['endpoint-load-warn', 'endpoint-load-critical'],
    ...PAGED,
  },
  'CPU used up': {
    happens: 'both cores of an instance are used to 98 %',
    turn: inInstances({ cpu: 196 }),
    minutes: 8,
    own: ['endpoint-cpu-warn', 'endpoint-cpu-critical'],
    ...PAGED,
  },
  'memory used up': {
    happens: '97 % of an instance’s memory are used',
    turn: inInstances({ memory: 97 }),
    minutes: 8,
    own: ['endpoint-memory-warn', 'endpoint-memory-critical'],
    ...PAGED,
  },
  'disk used up': {
    happens: '97 % of an instance’s disk are used',
    turn: inInstances({ disk: 97 }),
    minutes: 8,
    own: ['endpoint-disk-warn', 'endpoint-disk-critical'],
    ...PAGED,
  },
  'quota at 82 %': {
    happens: 'the daily report finds a key that has used 82 % of its quota',
    turn: usage(82),
    minutes: HOUR,
    endsAt: 2 * HOUR,
    own: ['usage-plan-warn'],
  },
  'quota at 92 %': {
    happens: 'the daily report finds a key that has used 92 % of its quota',
    turn: usage(92),
    minutes: HOUR,
    endsAt: 2 * HOUR,
    own: ['usage-plan-warn', 'usage-plan-near'],
  },
  'quota at 97 %': {
    happens: 'the daily report finds a key that has used 97 % of its quota',
    turn: usage(97),
    minutes: HOUR,
    endsAt: 2 * HOUR,
    own: ['usage-plan-warn', 'usage-plan-near', 'usage-plan-critical'],
    // Until the next report.
    lingers: DAY,
    ...PAGED,
  },
  'reports stop': {
    happens: 'the daily report is not made',
    turn: usage(undefined),
    minutes: 5 * HOUR,
    endsAt: 5 * HOUR,
    own: ['usage-report-stale'],
  },
  'near every limit': {
    happens: 'everything is used to 85 % of what it takes, and a few calls within the service fail',
    turn: minute => {
      const busy = traffic(() => 5_100)(minute)
      return {
        ...busy,
        refused: 0.1,
        function: { ...busy.function, errors: 0.02, duration: around(136), concurrency: 85 },
        table: { ...busy.table, throttledReads: 3, latency: around(12.75) },
        model: { ...busy.model, invocations: 10_200, errors: 0.005, latency: around(85) },
        instances: { ...busy.instances, cpu: 170, memory: 85, disk: 85 },
      }
    },
    minutes: 20,
    own: [
      'client-errors-warn',
      'traffic-high-warn',
      'function-errors-warn',
      'function-concurrency-warn',
      'function-duration-warn',
      'table-throttled-warn',
      'table-latency-warn',
      'model-errors-warn',
      'model-latency-warn',
      'endpoint-cpu-warn',
      'endpoint-memory-warn',
      'endpoint-disk-warn',
      'endpoint-load-warn',
    ],
    implied: { 'traffic-anomalous': UNUSUAL },
  },
  'pages lost': {
    happens: 'SNS cannot deliver a page',
    turn: atEdge({ failedNotifications: 1 }),
    minutes: 6,
    own: ['notifications-failing'],
  },
}
