import { describe, expect, it } from 'vitest'
import { ACCOUNT, FUNCTION, OTHER_ACCOUNT, QUEUE, SCOPE, startEvents } from './test-service.ts'

const MINE = JSON.stringify({ source: ['mine'] })

describe('an event', () => {
  it('reaches every kind of target of the rules that it matches', async () => {
    const { call, emit, settle, targets } = await startEvents()
    const topic = `arn:aws:sns:eu-west-1:${ACCOUNT}:t`
    await call('PutRule', { Name: 'all', EventPattern: MINE })
    await call('PutRule', { Name: 'other', EventPattern: '{"source":["other"]}' })
    await call('PutTargets', {
      Rule: 'all',
      Targets: [
        { Id: 'f', Arn: FUNCTION },
        { Id: 't', Arn: topic, InputPath: '$.detail' },
        { Id: 'q', Arn: QUEUE, Input: '{"constant":true}' },
        {
          Id: 'l',
          Arn: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/events/all`,
          InputTransformer: { InputPathsMap: { a: '$.detail.a' }, InputTemplate: '{"a": <a>}' },
        },
      ],
    })
    await call('PutTargets', { Rule: 'other', Targets: [{ Id: 'f', Arn: `${QUEUE}2` }] })
    await emit({ a: 'x' }, { TraceHeader: 'Root=1-5e66d96f-7491f092d2a5079d18acf3d0' })
    await settle()
    expect(targets.arrivals).toHaveLength(4)
    expect(targets.bodies(topic)).toEqual(['{"a":"x"}'])
    expect(targets.bodies(QUEUE)).toEqual(['{"constant":true}'])
    expect(targets.bodies(`${ACCOUNT}/eu-west-1 /aws/events/all`)).toEqual(['{"a": "x"}'])
    expect(targets.arrivals.find(({ target }) => target === FUNCTION)?.more).toMatchObject({
      traceHeader: 'Root=1-5e66d96f-7491f092d2a5079d18acf3d0',
    })
    const counted = (name: string) =>
      targets.counts.get(`${ACCOUNT}/eu-west-1 AWS/Events ${name} {"RuleName":"all"}`)
    expect(['MatchedEvents', 'TriggeredRules', 'Invocations', 'FailedInvocations'].map(counted)).toEqual([
      1,
      1,
      4,
      undefined,
    ])
  })

  it('of a service reaches the rules of the default bus', async () => {
    const { call, service, settle, targets } = await startEvents()
    await call('PutRule', { Name: 'alarms', EventPattern: '{"source":["aws.cloudwatch"]}' })
    await call('PutTargets', { Rule: 'alarms', Targets: [{ Id: '1', Arn: QUEUE }] })
    service.put(SCOPE, {
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: ['a'],
      detail: { alarmName: 'a' },
    })
    await settle()
    expect(targets.bodies(QUEUE).map(body => JSON.parse(body))).toMatchObject([
      { 'detail-type': 'CloudWatch Alarm State Change', resources: ['a'], detail: { alarmName: 'a' } },
    ])
  })

  it('that a target cannot take goes to its dead-letter queue', async () => {
    const { call, emit, settle, clock, targets } = await startEvents()
    const dead = `${QUEUE}-dead`
    await call('PutRule', { Name: 'r', EventPattern: MINE })
    await call('PutTargets', {
      Rule: 'r',
      Targets: [
        { Id: 'missing', Arn: FUNCTION, DeadLetterConfig: { Arn: dead } },
        {
          Id: 'busy',
          Arn: QUEUE,
          Input: '1',
          DeadLetterConfig: { Arn: dead },
          RetryPolicy: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 60 },
        },
        {
          Id: 'broken',
          Arn: `${QUEUE}3`,
          InputTransformer: { InputPathsMap: { a: '$.detail.a' }, InputTemplate: '<a> x' },
          DeadLetterConfig: { Arn: dead },
        },
      ],
    })
    targets.missing(FUNCTION)
    targets.throttling(QUEUE)
    await emit({ a: 1 })
    await settle()
    await clock.advance(60_000)
    const letters = targets.arrivals.filter(({ target }) => target === dead)
    const attributes = letters.map(({ more }) => more.attributes as Record<string, string>)
    expect(attributes.map(({ TARGET_ARN, ERROR_CODE }) => [TARGET_ARN, ERROR_CODE])).toEqual(
      expect.arrayContaining([
        [FUNCTION, 'NO_RESOURCE'],
        [QUEUE, 'THROTTLING'],
        [`${QUEUE}3`, 'INVALID_JSON'],
      ]),
    )
    expect(attributes[0]?.RULE_ARN).toBe(`arn:aws:events:eu-west-1:${ACCOUNT}:rule/r`)
    const counted = (name: string) =>
      targets.counts.get(`${ACCOUNT}/eu-west-1 AWS/Events ${name} {"RuleName":"r"}`)
    expect(['Invocations', 'FailedInvocations', 'InvocationsSentToDlq'].map(counted)).toEqual([3, 3, 3])
  })

  it.each([
    [
      { Source: undefined },
      'InvalidArgument',
      'Parameter Source is not valid. Reason: Source is a required argument.',
    ],
    [
      { DetailType: '' },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [
      { Detail: undefined },
      'InvalidArgument',
      'Parameter Detail is not valid. Reason: Detail is a required argument.',
    ],
    [{ Detail: '[]' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Detail: '{' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Source: 'aws.ec2' }, 'NotAuthorizedForSource', 'Not authorized for the source.'],
  ])('with %j is refused by itself', async (entry, code, message) => {
    const { emit } = await startEvents()
    expect(await emit({}, entry)).toEqual({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: code, ErrorMessage: message }],
    })
  })

  it('for a bus that is not there is taken, as on AWS', async () => {
    const { emit } = await startEvents()
    expect(await emit({}, { EventBusName: 'nobody' })).toMatchObject({ FailedEntryCount: 0 })
  })

  it('beside one for a bus that takes none of the account goes nowhere: the request is refused as a whole', async () => {
    const { call, targets, settle } = await startEvents()
    await call('PutRule', { Name: 'r', EventPattern: MINE })
    await call('PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: FUNCTION }] })
    const entry = { Source: 'mine', DetailType: 'T', Detail: '{}' }
    const foreign = `arn:aws:events:eu-west-1:${OTHER_ACCOUNT}:event-bus/default`
    await expect(
      call('PutEvents', { Entries: [entry, { ...entry, EventBusName: foreign }] }),
    ).rejects.toMatchObject({ code: 'AccessDeniedException' })
    await settle()
    expect(targets.arrivals).toEqual([])
  })

  it.each([-1, Date.UTC(10_000, 0, 1)])(
    'of the time %i, which no event can print, is refused',
    async time => {
      const { emit } = await startEvents()
      expect(await emit({}, { Time: new Date(time) })).toEqual({
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Time is not valid.' }],
      })
    },
  )

  it('that is too large is refused with all of its request', async () => {
    const { emit } = await startEvents()
    await expect(emit({ a: 'x'.repeat(256 * 1024) })).rejects.toThrow(
      'Total size of the entries in the request is over the limit.',
    )
  })
})

describe('a rule', () => {
  it('is described and listed as it was put', async () => {
    const { call } = await startEvents()
    const put = { Name: 'r', EventPattern: MINE, Description: 'd', State: 'DISABLED' as const }
    const RuleArn = `arn:aws:events:eu-west-1:${ACCOUNT}:rule/r`
    expect(await call('PutRule', put)).toEqual({ RuleArn })
    const described = { ...put, Arn: RuleArn, EventBusName: 'default' }
    expect(await call('DescribeRule', { Name: 'r' })).toEqual({ ...described, CreatedBy: ACCOUNT })
    expect(await call('ListRules', {})).toEqual({ Rules: [described] })
  })

  it('keeps its targets and tags when it is put again', async () => {
    const { call } = await startEvents()
    await call('PutRule', { Name: 'r', EventPattern: MINE, Tags: [{ Key: 'a', Value: '1' }] })
    await call('PutTargets', { Rule: 'r', Targets: [{ Id: '1', Arn: QUEUE }] })
    await call('PutRule', { Name: 'r', EventPattern: MINE, Tags: [{ Key: 'b', Value: '2' }] })
    expect(await call('ListTargetsByRule', { Rule: 'r' })).toEqual({ Targets: [{ Id: '1', Arn: QUEUE }] })
    const ResourceARN = `arn:aws:events:eu-west-1:${ACCOUNT}:rule/r`
    expect(await call('ListTagsForResource', { ResourceARN })).toEqual({ Tags: [{ Key: 'a', Value: '1' }] })
    await call('TagResource', { ResourceARN, Tags: [{ Key: 'b', Value: '2' }] })
    await call('UntagResource', { ResourceARN, TagKeys: ['a'] })
    expect(await call('ListTagsForResource', { ResourceARN })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] })
    await expect(call('DeleteRule', { Name: 'r' })).rejects.toThrow(
      "Rule can't be deleted since it has targets.",
    )
  })

  it('is found by its targets, page by page', async () => {
    const { call } = await startEvents()
    for (const Name of ['a', 'b', 'c']) {
      await call('PutRule', { Name, EventPattern: MINE })
      await call('PutTargets', { Rule: Name, Targets: [{ Id: '1', Arn: QUEUE }] })
    }
    const first = await call('ListRuleNamesByTarget', { TargetArn: QUEUE, Limit: 2 })
    expect(first).toEqual({ RuleNames: ['a', 'b'], NextToken: expect.any(String) })
    const NextToken = first.NextToken ?? ''
    expect(await call('ListRuleNamesByTarget', { TargetArn: QUEUE, NextToken })).toEqual({ RuleNames: ['c'] })
    await expect(call('ListRules', { NextToken: '???' })).rejects.toMatchObject({
      code: 'ValidationException',
    })
  })

  it.each<[input: object, code: string, message: string]>([
    [
      { Name: 'r' },
      'ValidationException',
      'Parameter(s) EventPattern or ScheduleExpression must be specified.',
    ],
    [
      { Name: 'a b', EventPattern: MINE },
      'ValidationException',
      "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular " +
        'expression pattern: [\\.\\-_A-Za-z0-9]+',
    ],
    [
      { Name: 'r', ScheduleExpression: 'rate(1 minutes)' },
      'ValidationException',
      'Parameter ScheduleExpression is not valid.',
    ],
    [
      { Name: 'r', ScheduleExpression: 'rate(1 minute)', EventBusName: 'b' },
      'ValidationException',
      'ScheduleExpression is supported only on the default event bus.',
    ],
    [
      { Name: 'r', EventPattern: '{"a":1}' },
      'InvalidEventPatternException',
      'Event pattern is not valid. Reason: "a" must be an object or an array',
    ],
    [
      { Name: 'r', EventPattern: MINE, EventBusName: 'x' },
      'ResourceNotFoundException',
      'Event bus x does not exist.',
    ],
    [
      { Name: 'r', EventPattern: MINE, State: 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' },
      'NotImplemented',
      'State ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS of PutRule is not implemented by Sonde.',
    ],
  ])('of %j is refused', async (input, code, message) => {
    const { call } = await startEvents()
    await expect(call('PutRule', input)).rejects.toMatchObject({ code, message })
  })

  it.each<[target: object, code: string, message: string]>([
    [
      { Arn: 'x' },
      'ValidationException',
      'Parameter x is not valid. Reason: Provided Arn is not in correct format.',
    ],
    [
      { Arn: `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:s` },
      'NotImplemented',
      `A rule target of states (arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:s) is not implemented by Sonde.`,
    ],
    [
      { Input: '1', InputPath: '$' },
      'ValidationException',
      'Only one of Input, InputPath, or InputTransformer must be provided for target t.',
    ],
    [{ Input: '{' }, 'ValidationException', 'JSON syntax error in input for target t.'],
    [
      { InputTransformer: { InputTemplate: '<notdefinedkey>' } },
      'ValidationException',
      'InputTemplate for target t contains invalid placeholder notdefinedkey.',
    ],
    [
      { SqsParameters: { MessageGroupId: 'g' } },
      'NotImplemented',
      'SqsParameters of a rule target is not implemented by Sonde.',
    ],
    [
      { Id: '!@#' },
      'ValidationException',
      "1 validation error detected: Value '!@#' at 'targets.1.member.id' failed to satisfy constraint: Member must " +
        'satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+',
    ],
  ])('refuses the target %j', async (target, code, message) => {
    const { call } = await startEvents()
    await call('PutRule', { Name: 'r', EventPattern: MINE })
    const Targets = [{ Id: 't', Arn: QUEUE, ...target }]
    await expect(call('PutTargets', { Rule: 'r', Targets })).rejects.toMatchObject({ code, message })
  })

  it('takes five targets, and none where there is no rule', async () => {
    const { call } = await startEvents()
    const Targets = Array.from({ length: 6 }, (_, index) => ({ Id: `t${index}`, Arn: QUEUE }))
    await expect(call('PutTargets', { Rule: 'r', Targets })).rejects.toThrow(
      'Rule r does not exist on EventBus default.',
    )
    await call('PutRule', { Name: 'r', EventPattern: MINE })
    await expect(call('PutTargets', { Rule: 'r', Targets })).rejects.toMatchObject({
      code: 'LimitExceededException',
    })
    expect(await call('PutTargets', { Rule: 'r', Targets: Targets.slice(1) })).toEqual({
      FailedEntryCount: 0,
      FailedEntries: [],
    })
  })

  it('can be tried on an event', async () => {
    const { call } = await startEvents()
    const Event = '{"source":"mine"}'
    expect(await call('TestEventPattern', { EventPattern: MINE, Event })).toEqual({ Result: true })
    for (const wrong of ['x', '[]', '"a"']) {
      await expect(call('TestEventPattern', { EventPattern: MINE, Event: wrong })).rejects.toThrow(
        'Parameter Event is not valid.',
      )
    }
  })
})
