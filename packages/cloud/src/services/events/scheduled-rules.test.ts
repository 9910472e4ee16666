import { describe, expect, it } from 'vitest'
import { ACCOUNT, FUNCTION, NEW_YEAR, QUEUE, startEvents } from './test-service.ts'

const DAY = 86_400_000

describe('a scheduled rule', () => {
  it('invokes its function exactly 1,440 times in a stepped day, in order', async () => {
    const { clock, call, targets } = await startEvents()
    await call('PutRule', { Name: 'minutely', ScheduleExpression: 'rate(1 minute)' })
    await call('PutTargets', { Rule: 'minutely', Targets: [{ Id: '1', Arn: FUNCTION }] })
    await clock.advance(DAY)
    expect(targets.arrivals.map(({ at }) => at - NEW_YEAR)).toEqual(
      Array.from({ length: 1_440 }, (_, index) => (index + 1) * 60_000),
    )
    const times = targets.bodies(FUNCTION).map(body => JSON.parse(body).time)
    expect([times[0], times.at(-1)]).toEqual(['2030-01-01T00:01:00Z', '2030-01-02T00:00:00Z'])
    expect(targets.counts.get(`${ACCOUNT}/eu-west-1 AWS/Events Invocations {"RuleName":"minutely"}`)).toBe(
      1_440,
    )
  })

  it('sends the event that AWS sends, and tells whose it is', async () => {
    const { clock, call, targets } = await startEvents()
    await call('PutRule', { Name: 'daily', ScheduleExpression: 'cron(30 4 * * ? *)' })
    await call('PutTargets', { Rule: 'daily', Targets: [{ Id: '1', Arn: FUNCTION }] })
    await clock.advance(DAY)
    const arn = `arn:aws:events:eu-west-1:${ACCOUNT}:rule/daily`
    expect(targets.arrivals).toEqual([
      {
        target: FUNCTION,
        at: NEW_YEAR + 4.5 * 3_600_000,
        body: expect.any(String),
        more: {
          invocationType: 'Event',
          caller: { service: 'events.amazonaws.com', sourceArn: arn },
        },
      },
    ])
    expect(JSON.parse(targets.bodies(FUNCTION)[0] ?? '')).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: ACCOUNT,
      time: '2030-01-01T04:30:00Z',
      region: 'eu-west-1',
      resources: [arn],
      detail: {},
    })
  })

  it('stops when it is disabled or deleted, and goes on in step when enabled', async () => {
    const { clock, call, targets } = await startEvents()
    await call('PutRule', { Name: 'r', ScheduleExpression: 'rate(10 minutes)' })
    await call('PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: QUEUE, Input: '1' }] })
    await clock.advance(12 * 60_000)
    await call('DisableRule', { Name: 'r' })
    await clock.advance(20 * 60_000)
    await call('EnableRule', { Name: 'r' })
    await clock.advance(10 * 60_000)
    await call('RemoveTargets', { Rule: 'r', Ids: ['1'] })
    await call('DeleteRule', { Name: 'r' })
    await clock.advance(DAY)
    expect(targets.arrivals.map(({ at }) => (at - NEW_YEAR) / 60_000)).toEqual([10, 40])
  })

  it('survives the process, and does not make up for the time that it was not there', async () => {
    const first = await startEvents()
    await first.call('PutRule', { Name: 'r', ScheduleExpression: 'rate(10 minutes)' })
    await first.call('PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: QUEUE }] })
    await first.clock.advance(60_000)
    await first.service.stop?.()
    await first.clock.advance(DAY)
    expect(first.targets.arrivals).toEqual([])
    const second = await startEvents({ store: first.store, at: NEW_YEAR + 35 * 60_000 })
    await second.clock.advance(10 * 60_000)
    expect(second.targets.arrivals.map(({ at }) => (at - NEW_YEAR) / 60_000)).toEqual([40])
  })

  it('is forgotten by a reset', async () => {
    const { clock, call, targets, service, store } = await startEvents()
    await call('PutRule', { Name: 'r', ScheduleExpression: 'rate(1 minute)' })
    await call('PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: QUEUE }] })
    service.reset?.()
    store.reset()
    await clock.advance(DAY)
    expect(targets.arrivals).toEqual([])
  })
})
