import { ServiceError } from '@sonde/wire'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createClock } from '../kernel/clock.ts'
import { createStore } from '../kernel/store.ts'
import { Deliveries, type Delivery } from './deliveries.ts'
import { failureOf } from './failure.ts'
import { retryWait } from './retry.ts'
import { targetKind } from './target-kind.ts'
import { Timetable } from './timetable.ts'

const SCOPE = { account: '123456789012', region: 'eu-west-1' }
const NEW_YEAR = Date.UTC(2030, 0, 1)
const QUEUE = 'arn:aws:sqs:eu-west-1:123456789012:dead'
const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:f'

const deliveryOf = (over: Partial<Delivery> = {}): Delivery => ({
  id: 'd',
  targetArn: FUNCTION,
  payload: '{"a":1}',
  acceptedAt: NEW_YEAR,
  attempts: 0,
  dueAt: NEW_YEAR,
  maximumRetryAttempts: 3,
  maximumEventAge: 86_400,
  deadLetterQueue: QUEUE,
  ...over,
})

const start = (fail: (attempt: number) => unknown, store = createStore(undefined)) => {
  const clock = createClock()
  clock.step(NEW_YEAR)
  const attempts: number[] = []
  const letters: object[] = []
  const defects: unknown[] = []
  const waiting = store.collection<Delivery>('waiting')
  const deliveries = new Deliveries({
    clock,
    waiting,
    queues: {
      send: async ({ queueArn, body, attributes, deliverer }) => {
        letters.push({ queueArn, body, attributes, deliverer })
        return 'id'
      },
    },
    deliver: async (_scope, delivery) => {
      attempts.push(clock.now() - NEW_YEAR)
      const error = fail(delivery.attempts)
      if (error) throw error
    },
    deadLetter: () => ({
      attributes: { RULE_ARN: 'r' },
      deliverer: { service: 'events.amazonaws.com', sourceArn: 'r' },
    }),
    onDefect: error => defects.push(error),
  })
  return { clock, attempts, letters, waiting, deliveries, defects }
}

const throttled = () => new ServiceError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 })

describe('a delivery', () => {
  it('is tried again with growing waits until it succeeds', async () => {
    const { clock, attempts, letters, waiting, deliveries } = start(attempt => attempt < 3 && throttled())
    deliveries.send(SCOPE, deliveryOf())
    await clock.advance(3_600_000)
    expect(attempts).toHaveLength(3)
    expect(attempts[0]).toBe(0)
    expect(attempts[1]).toBeGreaterThanOrEqual(500)
    expect(attempts[1]).toBeLessThanOrEqual(1_000)
    expect([letters, waiting.list(SCOPE)]).toEqual([[], []])
  })

  it('goes to the dead-letter queue after its last retry, and says so', async () => {
    const { clock, attempts, letters, deliveries } = start(throttled)
    deliveries.send(SCOPE, deliveryOf({ maximumRetryAttempts: 2 }))
    await clock.advance(3_600_000)
    expect(attempts).toHaveLength(3)
    expect(letters).toEqual([
      {
        queueArn: QUEUE,
        body: '{"a":1}',
        attributes: {
          RULE_ARN: 'r',
          TARGET_ARN: FUNCTION,
          ERROR_CODE: 'THROTTLING',
          ERROR_MESSAGE: 'Rate Exceeded.',
          EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
          RETRY_ATTEMPTS: '2',
        },
        deliverer: { service: 'events.amazonaws.com', sourceArn: 'r' },
      },
    ])
  })

  it('is given up when it is too old', async () => {
    const { clock, attempts, letters, deliveries } = start(throttled)
    deliveries.send(SCOPE, deliveryOf({ maximumRetryAttempts: 185, maximumEventAge: 60 }))
    await clock.advance(3_600_000)
    expect(attempts.length).toBeGreaterThan(4)
    expect(Math.max(...attempts)).toBeLessThanOrEqual(60_000)
    expect(letters).toMatchObject([{ attributes: { EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds' } }])
  })

  it('makes all of 185 retries within 24 hours', async () => {
    const { clock, attempts, letters, deliveries } = start(throttled)
    deliveries.send(SCOPE, deliveryOf({ maximumRetryAttempts: 185 }))
    await clock.advance(86_400_000)
    expect(attempts).toHaveLength(186)
    expect(letters).toMatchObject([{ attributes: { EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts' } }])
  })

  it('to what is missing or forbidden is not tried again', async () => {
    const { clock, attempts, letters, deliveries } = start(
      () => new ServiceError('ResourceNotFoundException', 'Function not found', { status: 404 }),
    )
    deliveries.send(SCOPE, deliveryOf())
    await clock.advance(1)
    expect(attempts).toEqual([0])
    expect(letters).toMatchObject([{ attributes: { ERROR_CODE: 'NO_RESOURCE', RETRY_ATTEMPTS: '0' } }])
    expect(letters[0]).not.toHaveProperty('attributes.EXHAUSTED_RETRY_CONDITION')
  })

  it('that waits for another attempt survives the process', async () => {
    const store = createStore(undefined)
    const first = start(throttled, store)
    first.deliveries.send(SCOPE, deliveryOf())
    await first.clock.advance(1)
    first.deliveries.stop()
    const second = start(() => undefined, store)
    second.deliveries.start()
    await second.clock.advance(3_600_000)
    expect(second.attempts).toHaveLength(1)
    expect(second.waiting.list(SCOPE)).toEqual([])
  })

  it('that was forgotten by a reset does not come back', async () => {
    const { clock, attempts, waiting, deliveries, defects } = start(throttled)
    deliveries.send(SCOPE, deliveryOf())
    deliveries.reset()
    await clock.advance(3_600_000)
    expect([attempts, waiting.list(SCOPE), defects]).toEqual([[0], [], []])
  })

  it('waits the same on every run, and never longer than 8 minutes', () => {
    for (let attempts = 1; attempts < 200; attempts++) {
      const wait = retryWait(attempts, 'seed')
      expect(wait).toBe(retryWait(attempts, 'seed'))
      expect(wait).toBeLessThanOrEqual(480_000)
    }
  })
})

describe('an error of a target', () => {
  it.each([
    ['TooManyRequestsException', 'THROTTLING', true],
    ['ResourceNotFoundException', 'NO_RESOURCE', false],
    ['NotFound', 'NO_RESOURCE', false],
    ['AWS.SimpleQueueService.NonExistentQueue', 'NO_RESOURCE', false],
    ['AccessDeniedException', 'NO_PERMISSIONS', false],
    ['AuthorizationError', 'NO_PERMISSIONS', false],
    ['ServiceException', 'ERROR_FROM_TARGET', true],
  ])('%s is %s, retried: %s', (cause, code, isRetryable) => {
    expect(failureOf(new ServiceError(cause, 'm'))).toEqual({ code, cause, message: 'm', isRetryable })
  })
})

describe('an ARN', () => {
  it.each([
    [FUNCTION, 'lambda'],
    [`${FUNCTION}:live`, 'lambda'],
    ['arn:aws:sns:eu-west-1:123456789012:topic', 'sns'],
    [QUEUE, 'sqs'],
    [`${QUEUE}.fifo`, undefined],
    ['arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/x', 'logs'],
    ['arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/x:*', 'logs'],
    ['arn:aws:events:eu-west-1:123456789012:event-bus/default', 'event-bus'],
    ['arn:aws:scheduler:::aws-sdk:sqs:sendMessage', undefined],
    ['arn:aws:states:eu-west-1:123456789012:stateMachine:x', undefined],
    ['nonsense', undefined],
  ])('%s is a target of kind %s', (arn, kind) => {
    expect(targetKind(arn)).toBe(kind)
  })
})

describe('deliveries that wait', () => {
  it('are bounded: what fails beyond them goes to the dead-letter queue at once', async () => {
    const { clock, letters, waiting, deliveries } = start(throttled)
    for (let index = 0; index < 10_005; index++) deliveries.send(SCOPE, deliveryOf({ id: String(index) }))
    await clock.advance(0)
    expect(letters).toHaveLength(5)
    expect(waiting.list(SCOPE)).toHaveLength(10_000)
  })
})

describe('a delivery that waited when the clock was ahead', () => {
  it('is made at once after a restart at the present time', async () => {
    const store = createStore(undefined)
    const ahead = start(throttled, store)
    ahead.clock.step(NEW_YEAR + 30 * 86_400_000)
    ahead.deliveries.send(SCOPE, deliveryOf({ acceptedAt: ahead.clock.now(), dueAt: ahead.clock.now() }))
    await ahead.clock.advance(0)
    ahead.deliveries.stop()
    const { clock, attempts, deliveries } = start(() => undefined, store)
    deliveries.start()
    await clock.advance(0)
    expect(attempts).toEqual([0])
  })
})

describe('a timetable', () => {
  const everyMinute = (fired: number[], now: () => number) => ({
    next: (after: number) => (Math.floor(after / 60_000) + 1) * 60_000,
    fire: () => void fired.push(now() - NEW_YEAR),
  })

  it('makes every occurrence of a stepped day, each at its time', async () => {
    const clock = createClock()
    clock.step(NEW_YEAR)
    const fired: number[] = []
    new Timetable(clock).set('a', everyMinute(fired, clock.now))
    await clock.advance(86_400_000)
    expect(fired).toEqual(Array.from({ length: 1_440 }, (_, index) => (index + 1) * 60_000))
  })

  it('does not make up for what a clock that was set forward has passed', async () => {
    const clock = createClock()
    clock.step(NEW_YEAR)
    const fired: number[] = []
    new Timetable(clock).set('a', everyMinute(fired, clock.now))
    clock.step(NEW_YEAR + 30 * 86_400_000)
    await clock.advance(60_000)
    expect(fired).toEqual([30 * 86_400_000 + 60_000])
  })

  it('makes every occurrence at speed 60 when the machine was busy for seconds', () => {
    vi.useFakeTimers({ now: NEW_YEAR, toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const clock = createClock()
    clock.scale(60)
    const due: number[] = []
    new Timetable(clock).set('a', {
      ...everyMinute([], clock.now),
      fire: time => void due.push((time - NEW_YEAR) / 60_000),
    })
    // Five seconds in which no timer fires: five minutes of the clock.
    vi.setSystemTime(NEW_YEAR + 5_000)
    vi.runOnlyPendingTimers()
    expect(due.slice(0, 5)).toEqual([1, 2, 3, 4, 5])
    // A laptop that has slept is another matter.
    due.length = 0
    vi.setSystemTime(NEW_YEAR + 3_600_000)
    vi.runOnlyPendingTimers()
    expect(due.length).toBeLessThanOrEqual(61)
    clock.close()
  })

  it('tells the end, and holds no timer from then on', async () => {
    const clock = createClock()
    clock.step(NEW_YEAR)
    const seen: string[] = []
    const timetable = new Timetable(clock)
    timetable.set('a', {
      next: after => (after < NEW_YEAR + 5 ? NEW_YEAR + 5 : undefined),
      fire: () => void seen.push('fired'),
      end: () => void seen.push('ended'),
    })
    timetable.set('b', { next: () => undefined, fire: () => {}, end: () => void seen.push('never') })
    await clock.advance(1_000)
    expect(seen).toEqual(['fired', 'ended'])
  })
})
