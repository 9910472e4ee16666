import { describe, expect, it } from 'vitest'
import type { ScheduleInput } from './check-schedule.ts'
import { ACCOUNT, FUNCTION, NEW_YEAR, QUEUE, ROLE, startScheduler } from './test-service.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const ARN = `arn:aws:scheduler:eu-west-1:${ACCOUNT}:schedule/default/s`

describe('a schedule', () => {
  it('by rate begins at once where it has no start date, and keeps in step', async () => {
    const { clock, create, call, minutes } = await startScheduler()
    await create('rate(10 minutes)')
    await clock.advance(25 * 60_000)
    await call('UpdateSchedule', {
      Name: 's',
      ScheduleExpression: 'rate(10 minutes)',
      Description: 'changed',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: FUNCTION, RoleArn: ROLE },
    })
    await clock.advance(10 * 60_000)
    expect(minutes()).toEqual([0, 10, 20, 30])
  })

  it('occurs between its start and end dates', async () => {
    const { clock, create, minutes } = await startScheduler()
    await create('rate(30 minutes)', {
      StartDate: new Date(NEW_YEAR + HOUR),
      EndDate: new Date(NEW_YEAR + 2 * HOUR),
    })
    await clock.advance(DAY)
    expect(minutes()).toEqual([60, 90, 120])
  })

  it('by cron follows the clocks of its time zone', async () => {
    const { clock, create, targets } = await startScheduler({ at: Date.UTC(2030, 2, 30) })
    await create('cron(0 9 * * ? *)', { ScheduleExpressionTimezone: 'Europe/Berlin' })
    await clock.advance(2 * DAY)
    expect(targets.arrivals.map(({ at }) => new Date(at).toISOString())).toEqual([
      '2030-03-30T08:00:00.000Z',
      '2030-03-31T07:00:00.000Z',
    ])
  })

  it('of one time occurs once, and is gone afterwards where that was asked for', async () => {
    const { clock, create, call, minutes } = await startScheduler()
    await create('at(2030-01-01T01:00:00)', { ActionAfterCompletion: 'DELETE' })
    await create('at(2030-01-01T01:00:00)', { Name: 'kept' })
    await clock.advance(DAY)
    expect(minutes()).toEqual([60, 60])
    await expect(call('GetSchedule', { Name: 's' })).rejects.toThrow('Schedule s does not exist.')
    expect(await call('GetSchedule', { Name: 'kept' })).toMatchObject({ State: 'ENABLED' })
  })

  it('is invoked within its flexible window, at the same place of it on every run', async () => {
    const run = async () => {
      const { clock, create, targets } = await startScheduler()
      await create('cron(0 * * * ? *)', {
        FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
        Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '"<aws.scheduler.scheduled-time>"' },
      })
      await clock.advance(3 * HOUR)
      expect(targets.bodies(FUNCTION).slice(0, 2)).toEqual([
        '"2030-01-01T00:00:00Z"',
        '"2030-01-01T01:00:00Z"',
      ])
      return targets.arrivals.map(({ at }) => (at - NEW_YEAR) % HOUR)
    }
    const places = await run()
    expect(new Set(places).size).toBe(1)
    expect(places[0]).toBeGreaterThan(0)
    expect(places[0]).toBeLessThan(15 * 60_000)
    expect(await run()).toEqual(places)
  })

  it('survives the process, and does not make up for the time that it was not there', async () => {
    const first = await startScheduler()
    await first.create('cron(0/10 * * * ? *)')
    await first.create('at(2030-01-01T00:30:00)', { Name: 'once' })
    await first.create('at(2030-01-01T00:30:00)', { Name: 'gone', ActionAfterCompletion: 'DELETE' })
    await first.clock.advance(60_000)
    await first.service.stop?.()
    const second = await startScheduler({ store: first.store, at: NEW_YEAR + HOUR })
    await second.clock.advance(20 * 60_000)
    expect(second.minutes()).toEqual([70, 80])
    const { Schedules = [] } = await second.call('ListSchedules', {})
    expect(Schedules.map(({ Name }) => Name)).toEqual(['once', 's'])
  })

  it('that is disabled is not invoked', async () => {
    const { clock, create, targets } = await startScheduler()
    await create('rate(1 minute)', { State: 'DISABLED' })
    await clock.advance(DAY)
    expect(targets.arrivals).toEqual([])
  })
})

describe("a schedule's target", () => {
  it('gets an event where it has no input', async () => {
    const { clock, create, targets } = await startScheduler()
    await create('at(2030-01-01T00:01:00)')
    await clock.advance(60_000)
    expect(targets.arrivals).toMatchObject([{ more: { invocationType: 'Event' } }])
    expect(targets.arrivals[0]?.more).not.toHaveProperty('caller')
    expect(JSON.parse(targets.bodies(FUNCTION)[0] ?? '')).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: ACCOUNT,
      time: '2030-01-01T00:01:00Z',
      region: 'eu-west-1',
      resources: [ARN],
      detail: '{}',
    })
  })

  it('gets its input with the context of the invocation, and of each attempt', async () => {
    const { clock, create, targets } = await startScheduler()
    const Input =
      '{"a":"<aws.scheduler.schedule-arn>","t":"<aws.scheduler.scheduled-time>","e":"<aws.scheduler.execution-id>",' +
      '"n":<aws.scheduler.attempt-number>}'
    await create('at(2030-01-01T00:01:00)', { Target: { Arn: FUNCTION, RoleArn: ROLE, Input } })
    targets.throttling(FUNCTION)
    await clock.advance(61_000)
    targets.failing.clear()
    await clock.advance(60_000)
    expect(targets.bodies(FUNCTION).map(body => JSON.parse(body))).toEqual([
      {
        a: ARN,
        t: '2030-01-01T00:01:00Z',
        e: expect.stringMatching(/^[0-9a-f-]{36}$/),
        n: expect.any(Number),
      },
    ])
    expect(JSON.parse(targets.bodies(FUNCTION)[0] ?? '').n).toBeGreaterThan(1)
    const counted = (name: string) =>
      targets.counts.get(`${ACCOUNT}/eu-west-1 AWS/Scheduler ${name} {"ScheduleGroup":"default"}`)
    expect(counted('InvocationAttemptCount')).toBe((counted('TargetErrorThrottledCount') ?? 0) + 1)
  })

  it('is not invoked where the role does not allow it', async () => {
    const { clock, create, targets, denied } = await startScheduler()
    denied.add('lambda:InvokeFunction')
    await create('at(2030-01-01T00:01:00)', {
      Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{"x":1}', DeadLetterConfig: { Arn: QUEUE } },
    })
    await clock.advance(60_000)
    expect(targets.arrivals).toEqual([
      {
        target: QUEUE,
        body: '{"x":1}',
        at: NEW_YEAR + 60_000,
        more: {
          attributes: {
            TARGET_ARN: FUNCTION,
            ERROR_CODE: 'AccessDeniedException',
            ERROR_MESSAGE: expect.stringContaining(
              `${ROLE} is not authorized to perform: lambda:InvokeFunction`,
            ),
            RETRY_ATTEMPTS: '0',
            EXECUTION_ID: expect.any(String),
            IS_PAYLOAD_TRUNCATED: 'false',
            SCHEDULED_TIME: '2030-01-01T00:01:00Z',
            SCHEDULE_ARN: ARN,
          },
        },
      },
    ])
  })

  it('loses its dead letters where the role may not send them, and counts that', async () => {
    const { clock, create, targets, denied } = await startScheduler()
    denied.add('lambda:InvokeFunction')
    denied.add('sqs:SendMessage')
    await create('at(2030-01-01T00:01:00)', {
      Target: { Arn: FUNCTION, RoleArn: ROLE, DeadLetterConfig: { Arn: QUEUE } },
    })
    await clock.advance(60_000)
    expect(targets.arrivals).toEqual([])
    const name = 'InvocationsFailedToBeSentToDeadLetterCount'
    expect(targets.counts.get(`${ACCOUNT}/eu-west-1 AWS/Scheduler ${name} {"ScheduleGroup":"default"}`)).toBe(
      1,
    )
  })

  it('may be a queue, a topic, or an event bus of another account', async () => {
    const { clock, create, targets, busEvents } = await startScheduler()
    const topic = `arn:aws:sns:eu-west-1:${ACCOUNT}:t`
    const bus = 'arn:aws:events:eu-west-1:210987654321:event-bus/b'
    const at = 'at(2030-01-01T00:01:00)'
    await create(at, { Name: 'q', Target: { Arn: QUEUE, RoleArn: ROLE, Input: 'plain text' } })
    await create(at, { Name: 't', Target: { Arn: topic, RoleArn: ROLE, Input: 'hello' } })
    await create(at, {
      Name: 'b',
      Target: {
        Arn: bus,
        RoleArn: ROLE,
        Input: '{"a":1}',
        EventBridgeParameters: { Source: 'mine', DetailType: 'T' },
      },
    })
    await clock.advance(60_000)
    expect([targets.bodies(QUEUE), targets.bodies(topic)]).toEqual([['plain text'], ['hello']])
    expect(busEvents).toEqual([
      {
        bus,
        entry: {
          source: 'mine',
          detailType: 'T',
          detail: '{"a":1}',
          resources: [`arn:aws:scheduler:eu-west-1:${ACCOUNT}:schedule/default/b`],
        },
        from: { account: ACCOUNT, region: 'eu-west-1', isPassedOn: false },
      },
    ])
  })
})

describe('CreateSchedule', () => {
  it('is idempotent by its client token', async () => {
    const { create } = await startScheduler()
    expect(await create('rate(1 day)', { ClientToken: 'a' })).toEqual({ ScheduleArn: ARN })
    expect(await create('rate(1 day)', { ClientToken: 'a' })).toEqual({ ScheduleArn: ARN })
    await expect(create('rate(1 day)', { ClientToken: 'b' })).rejects.toMatchObject({
      code: 'ConflictException',
      message: 'Schedule s already exists.',
    })
  })

  const target = (more: object) => ({ Target: { Arn: FUNCTION, RoleArn: ROLE, ...more } }) as ScheduleInput

  it.each<[expression: string, more: ScheduleInput, code: string, message: string]>([
    ['rate(10 seconds)', {}, 'ValidationException', 'Invalid Schedule Expression rate(10 seconds).'],
    ['cron(0 1 * * * *)', {}, 'ValidationException', 'Invalid Schedule Expression cron(0 1 * * * *).'],
    [
      'at(2030-03-31T02:30:00)',
      { ScheduleExpressionTimezone: 'Europe/Berlin' },
      'ValidationException',
      'Invalid Schedule Expression at(2030-03-31T02:30:00).',
    ],
    [
      'rate(1 day)',
      { ScheduleExpressionTimezone: 'Mars/Base' },
      'ValidationException',
      'Invalid Schedule Expression Timezone Mars/Base.',
    ],
    ['rate(1 day)', { GroupName: 'g' }, 'ResourceNotFoundException', 'Schedule group g does not exist.'],
    [
      'rate(1 day)',
      { StartDate: new Date(NEW_YEAR - HOUR) },
      'ValidationException',
      'The StartDate you specify cannot be earlier than 5 minutes ago.',
    ],
    [
      'rate(1 day)',
      { StartDate: new Date(NEW_YEAR + HOUR), EndDate: new Date(NEW_YEAR) },
      'ValidationException',
      'The EndDate you specify must come after the StartDate.',
    ],
    [
      'rate(1 day)',
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } },
      'ValidationException',
      'MaximumWindowInMinutes must be specified for a FLEXIBLE time window.',
    ],
    [
      'rate(1 day)',
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1_441 } },
      'ValidationException',
      "1 validation error detected: Value '1441' at 'flexibleTimeWindow.maximumWindowInMinutes' failed to satisfy " +
        'constraint: Member must have value less than or equal to 1440',
    ],
    [
      'rate(1 day)',
      { KmsKeyArn: 'k' },
      'NotImplemented',
      'KmsKeyArn of a schedule is not implemented by Sonde.',
    ],
    [
      'rate(1 day)',
      target({ Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }),
      'NotImplemented',
      "A schedule's target arn:aws:scheduler:::aws-sdk:sqs:sendMessage is not implemented by Sonde.",
    ],
    [
      'rate(1 day)',
      target({ SqsParameters: { MessageGroupId: 'g' } }),
      'NotImplemented',
      "SqsParameters of a schedule's target is not implemented by Sonde.",
    ],
    [
      'rate(1 day)',
      target({ RoleArn: `${ROLE}-none` }),
      'ValidationException',
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    ],
    [
      'rate(1 day)',
      target({ RoleArn: 'arn:aws:iam::210987654321:role/r' }),
      'ValidationException',
      'Cross-account pass role is not allowed.',
    ],
    [
      'rate(1 day)',
      target({ Input: 'plain' }),
      'ValidationException',
      'Input must be well-formed JSON for a target of this kind.',
    ],
    [
      'rate(1 day)',
      target({ Arn: `arn:aws:events:eu-west-1:${ACCOUNT}:event-bus/default` }),
      'ValidationException',
      'EventBridgeParameters must be specified for event buses, and for them alone.',
    ],
  ])('of %s with %j is refused', async (expression, more, code, message) => {
    const { create } = await startScheduler()
    await expect(create(expression, more)).rejects.toMatchObject({ code, message })
  })
})

describe('a schedule group', () => {
  it('that a role does not trust Scheduler for takes no schedule with that role', async () => {
    const { call, create } = await startScheduler()
    await call('CreateScheduleGroup', { Name: 'untrusted' })
    await expect(create('rate(1 day)', { GroupName: 'untrusted' })).rejects.toThrow(
      'must allow AWS EventBridge Scheduler to assume the role',
    )
  })

  it('is created with tags, listed, and takes its schedules with it', async () => {
    const { call, create, clock, targets } = await startScheduler()
    const ScheduleGroupArn = `arn:aws:scheduler:eu-west-1:${ACCOUNT}:schedule-group/g`
    const Tags = [{ Key: 'a', Value: '1' }]
    expect(await call('CreateScheduleGroup', { Name: 'g', Tags })).toEqual({ ScheduleGroupArn })
    await expect(call('CreateScheduleGroup', { Name: 'g' })).rejects.toMatchObject({
      code: 'ConflictException',
    })
    expect(await call('ListTagsForResource', { ResourceArn: ScheduleGroupArn })).toEqual({ Tags })
    await create('rate(1 minute)', { GroupName: 'g' })
    await create('rate(1 day)')
    const { ScheduleGroups } = await call('ListScheduleGroups', {})
    expect(ScheduleGroups?.map(({ Name }) => Name)).toEqual(['default', 'g'])
    const inGroup = await call('ListSchedules', { GroupName: 'g' })
    expect(inGroup.Schedules).toMatchObject([{ Name: 's', GroupName: 'g', Target: { Arn: FUNCTION } }])
    expect((await call('ListSchedules', {})).Schedules).toHaveLength(2)
    await call('DeleteScheduleGroup', { Name: 'g' })
    await clock.advance(HOUR)
    expect(targets.arrivals).toHaveLength(1)
    await expect(call('DeleteScheduleGroup', { Name: 'default' })).rejects.toMatchObject({
      code: 'ValidationException',
    })
  })
})

describe('GetSchedule', () => {
  it('tells all of a schedule, with what AWS fills in', async () => {
    const { call, create } = await startScheduler()
    await create('cron(0 9 * * ? *)')
    expect(await call('GetSchedule', { Name: 's' })).toEqual({
      Arn: ARN,
      Name: 's',
      GroupName: 'default',
      State: 'ENABLED',
      ScheduleExpression: 'cron(0 9 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      ActionAfterCompletion: 'NONE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      CreationDate: new Date(NEW_YEAR),
      LastModificationDate: new Date(NEW_YEAR),
      Target: {
        Arn: FUNCTION,
        RoleArn: ROLE,
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
      },
    })
    await call('DeleteSchedule', { Name: 's' })
    await expect(call('DeleteSchedule', { Name: 's' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
  })
})
