import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ResourceRequest, ResourceType } from '../../kernel/resource-type.ts'

import { DAY, folder, HOUR, resourceRequest, SCOPE, startLogs, withStream } from './test-service.ts'

describe('events', () => {
  it('are read from the end, or from the head, and page by page to both sides', async () => {
    const { put, get, now } = await withStream()
    await put([now - 3, 'a'], [now - 2, 'b'], [now - 2, 'c'], [now - 1, 'd'])
    await put([now - 4, 'late'], [now, 'é "quoted"\n'])
    expect((await get()).messages).toEqual(['late', 'a', 'b', 'c', 'd', 'é "quoted"\n'])
    const head = await get({ startFromHead: true, limit: 2 })
    expect(head.messages).toEqual(['late', 'a'])
    const next = await get({ nextToken: head.forward, limit: 2 })
    expect(next.messages).toEqual(['b', 'c'])
    expect((await get({ nextToken: next.backward, limit: 1 })).messages).toEqual(['a'])
    const tail = await get({ limit: 2 })
    expect(tail.messages).toEqual(['d', 'é "quoted"\n'])
    const end = await get({ nextToken: tail.forward })
    expect(end).toMatchObject({ messages: [], forward: tail.forward })
    expect((await get({ nextToken: end.backward, limit: 1 })).messages).toEqual(['é "quoted"\n'])
    await put([now, 'new'])
    expect((await get({ nextToken: end.forward })).messages).toEqual(['new'])
    expect((await get({ startTime: now - 3, endTime: now - 1 })).messages).toEqual(['a', 'b', 'c'])
  })

  it('of all streams of a group are filtered in order of time', async () => {
    const { service, filter, call, put, now } = await withStream()
    service.write(SCOPE, 'g', 'other', [
      { timestamp: now - 2, message: 'ERROR one' },
      { timestamp: now, message: 'fine' },
    ])
    await put([now - 3, 'ERROR zero'], [now - 1, 'ERROR two'])
    const { events, nextToken } = await filter({ filterPattern: 'ERROR', limit: 2 })
    expect(events).toMatchObject([
      {
        logStreamName: 's',
        message: 'ERROR zero',
        timestamp: now - 3,
        eventId: expect.stringMatching(/^\d{56}$/),
      },
      { logStreamName: 'other', message: 'ERROR one' },
    ])
    const rest = await filter({ filterPattern: 'ERROR', limit: 2, nextToken })
    expect(rest).toMatchObject({ messages: ['ERROR two'], nextToken: undefined })
    expect((await filter({ logStreamNamePrefix: 'o' })).messages).toEqual(['ERROR one', 'fine'])
    expect((await filter({ logStreamNames: ['s'] })).messages).toEqual(['ERROR zero', 'ERROR two'])
    await expect(filter({ logStreamNames: ['x'] })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
    await expect(filter({ filterPattern: '{ $.a = }' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
    await expect(
      call.GetLogEvents({ logGroupName: 'g', logStreamName: 's', nextToken: 'x' }),
    ).rejects.toMatchObject({
      message: 'The specified nextToken is invalid.',
    })
  })

  it('beyond the bytes that are kept go, the oldest first', async () => {
    const { service, get, now } = await withStream({ maxTotalBytes: 3 * 1024 ** 2 })
    for (let n = 0; n < 600; n++) {
      service.write(SCOPE, 'g', 's', [{ timestamp: now + n, message: `${n} ${'x'.repeat(10_000)}` }])
      if (n % 100 === 99) await get()
    }
    const { messages } = await get({ startFromHead: true, limit: 1 })
    expect(Number(messages[0]?.split(' ')[0])).toBeGreaterThan(250)
    expect((await get({ limit: 1 })).messages[0]).toMatch(/^599 /)
  })
})

describe('PutLogEvents', () => {
  it('rejects what is too old, too new or expired, and takes the rest', async () => {
    const { put, get, call, now } = await withStream()
    expect(await put([now - 15 * DAY, 'old'], [now - 14 * DAY - 1, 'old'])).toMatchObject({
      rejectedLogEventsInfo: { tooOldLogEventEndIndex: 2 },
    })
    expect(await put([now, 'ok'], [now + 2 * HOUR + 1, 'new'])).toMatchObject({
      rejectedLogEventsInfo: { tooNewLogEventStartIndex: 1 },
    })
    await call.PutRetentionPolicy({ logGroupName: 'g', retentionInDays: 3 })
    expect(await put([now - 3 * DAY - 1, 'expired'], [now - 3 * DAY, 'kept'])).toMatchObject({
      rejectedLogEventsInfo: { expiredLogEventEndIndex: 1 },
    })
    expect((await get()).messages).toEqual(['kept', 'ok'])
  })

  it('refuses a batch as AWS does', async () => {
    const { put, call, now } = await withStream()
    await expect(put([now, 'a'], [now - 1, 'b'])).rejects.toMatchObject({
      message: 'Log events in a single PutLogEvents request must be in chronological order.',
    })
    await expect(put([now - DAY - 1, 'a'], [now, 'b'])).rejects.toMatchObject({
      message: 'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    })
    await expect(put([now, 'x'.repeat(1_048_551)])).rejects.toMatchObject({
      message: 'Upload too large: 1048577 bytes exceeds limit of 1048576',
    })
    await expect(put([now, ''])).rejects.toMatchObject({ code: 'InvalidParameterException' })
    const missing = { logGroupName: 'g', logStreamName: 'x', logEvents: [{ timestamp: now, message: 'm' }] }
    await expect(call.PutLogEvents(missing)).rejects.toMatchObject({
      message: 'The specified log stream does not exist.',
    })
  })
})

describe('groups', () => {
  it('are made once, listed by prefix or pattern in pages, and deleted with their events', async () => {
    const { call, service, now } = await startLogs()
    for (const logGroupName of ['/aws/b', '/aws/a', 'c']) await call.CreateLogGroup({ logGroupName })
    await expect(call.CreateLogGroup({ logGroupName: 'c' })).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    })
    const names = async (input: object) =>
      ((await call.DescribeLogGroups(input)).logGroups as Array<{ logGroupName: string }>).map(
        ({ logGroupName }) => logGroupName,
      )
    expect(await names({ logGroupNamePrefix: '/aws' })).toEqual(['/aws/a', '/aws/b'])
    expect(await names({ logGroupNamePattern: 'b' })).toEqual(['/aws/b'])
    const { nextToken } = await call.DescribeLogGroups({ limit: 2 })
    expect(await names({ limit: 2, nextToken })).toEqual(['c'])
    const [group] = (await call.DescribeLogGroups({ logGroupNamePrefix: 'c' })).logGroups as object[]
    expect(group).toMatchObject({
      arn: 'arn:aws:logs:us-east-1:123456789012:log-group:c:*',
      logGroupArn: 'arn:aws:logs:us-east-1:123456789012:log-group:c',
      creationTime: now,
      storedBytes: 0,
    })
    service.write(SCOPE, 'c', 's', [{ timestamp: now, message: 'gone' }])
    await call.DeleteLogGroup({ logGroupName: 'c' })
    await call.CreateLogGroup({ logGroupName: 'c' })
    expect((await call.FilterLogEvents({ logGroupName: 'c' })).events).toEqual([])
    await expect(call.DeleteLogGroup({ logGroupName: 'x' })).rejects.toMatchObject({
      message: 'The specified log group does not exist.',
    })
  })

  it.each([
    [
      'a b',
      "Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression",
    ],
    ['', 'Member must have length greater than or equal to 1'],
    ['x'.repeat(513), 'Member must have length less than or equal to 512'],
  ])('are not made under the name "%s"', async (logGroupName, message) => {
    const { call } = await startLogs()
    await expect(call.CreateLogGroup({ logGroupName })).rejects.toThrow(message)
  })

  it('forget what has expired, at once for readers and later on disk', async () => {
    const directory = folder()
    const { put, get, call, clock, now } = await withStream({ directory })
    await put([now, 'a'])
    await call.PutRetentionPolicy({ logGroupName: 'g', retentionInDays: 1 })
    await expect(call.PutRetentionPolicy({ logGroupName: 'g', retentionInDays: 2 })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    })
    expect((await get()).messages).toEqual(['a'])
    await clock.advance(DAY + 1)
    expect((await get()).messages).toEqual([])
    await clock.advance(HOUR)
    await expect.poll(() => readdirSync(join(directory, 'logs'))).toEqual([])
  })

  it('carry tags', async () => {
    const { call } = await startLogs()
    const resourceArn = 'arn:aws:logs:us-east-1:123456789012:log-group:g'
    await call.CreateLogGroup({ logGroupName: 'g', tags: { a: '1' } })
    await call.TagResource({ resourceArn: `${resourceArn}:*`, tags: { b: '2' } })
    await call.UntagResource({ resourceArn, tagKeys: ['a'] })
    expect(await call.ListTagsForResource({ resourceArn })).toEqual({ tags: { b: '2' } })
  })
})

describe('streams', () => {
  it('are listed by name or by their last event', async () => {
    const { call, service, now } = await startLogs()
    service.write(SCOPE, 'g', 'a', [{ timestamp: now, message: 'm' }])
    service.write(SCOPE, 'g', 'b', [{ timestamp: now - 5, message: 'm' }])
    const list = async (more: object) =>
      ((await call.DescribeLogStreams({ logGroupName: 'g', ...more })).logStreams as object[]).map(
        stream => (stream as { logStreamName: string }).logStreamName,
      )
    expect(await list({})).toEqual(['a', 'b'])
    expect(await list({ orderBy: 'LastEventTime' })).toEqual(['b', 'a'])
    expect(await list({ orderBy: 'LastEventTime', descending: true, limit: 1 })).toEqual(['a'])
    expect(await list({ logStreamNamePrefix: 'b' })).toEqual(['b'])
    await expect(list({ orderBy: 'LastEventTime', logStreamNamePrefix: 'b' })).rejects.toMatchObject({
      message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
    })
  })
})

describe('the port', () => {
  it('makes group and stream, and tells those who listen until they do not', async () => {
    const { service, now } = await startLogs()
    const heard: string[] = []
    const end = service.subscribe((_scope, group, stream, [event]) =>
      heard.push(`${group} ${stream} ${event?.message}`),
    )
    service.write(SCOPE, 'g', 's', [{ timestamp: now, message: 'one' }])
    end()
    service.write(SCOPE, 'g', 's', [{ timestamp: now, message: 'two' }])
    expect(heard).toEqual(['g s one'])
  })

  it('forgets all at a reset', async () => {
    const { service, call, now } = await startLogs()
    service.write(SCOPE, 'g', 's', [{ timestamp: now, message: 'one' }])
    service.reset?.()
    await call.DeleteLogGroup({ logGroupName: 'g' })
    service.write(SCOPE, 'g', 's', [{ timestamp: now, message: 'two' }])
    const { events } = await call.FilterLogEvents({ logGroupName: 'g' })
    expect(events).toMatchObject([{ message: 'two' }])
  })
})

describe('AWS::Logs::LogGroup', () => {
  it('makes a group, changes its retention, and deletes it', async () => {
    const { service, call } = await startLogs()
    const type = (service.resources as Record<string, ResourceType>)['AWS::Logs::LogGroup'] as ResourceType
    const request = (properties: ResourceRequest['properties']) => resourceRequest(properties, 'app-Logs-ABC')
    const properties = { RetentionInDays: '731' }
    const state = await type.create(request(properties))
    expect(state).toEqual({
      physicalId: 'app-Logs-ABC',
      attributes: { Arn: 'arn:aws:logs:us-east-1:123456789012:log-group:app-Logs-ABC:*' },
    })
    await type.update?.(request({ RetentionInDays: 7 }), { ...state, properties })
    expect((await call.DescribeLogGroups({})).logGroups).toMatchObject([{ retentionInDays: 7 }])
    expect(await type.update?.(request({ LogGroupName: 'x' }), { ...state, properties })).toBe('replace')
    await type.delete(SCOPE, state, properties)
    await type.delete(SCOPE, state, properties)
    expect((await call.DescribeLogGroups({})).logGroups).toEqual([])
  })
})
