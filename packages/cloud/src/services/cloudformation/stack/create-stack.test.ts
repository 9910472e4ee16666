import { describe, expect, it } from 'vitest'
import { createTestCloud, template, thing } from '../testing.ts'

const twoThings = template(
  {
    Second: thing({ Link: { Ref: 'First' }, Links: [{ 'Fn::GetAtt': ['First', 'Arn'] }] }),
    First: thing({ Name: 'first' }),
  },
  { Outputs: { Size: { Value: { 'Fn::GetAtt': 'First.Deep.Size' }, Description: 'how big' } } },
)

describe('creating a stack', () => {
  it('answers at once, creates in dependency order and gives references their values', async () => {
    const cloud = createTestCloud()
    const { StackId } = await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: twoThings })
    expect(StackId).toMatch(/^arn:aws:cloudformation:eu-west-1:000000000000:stack\/demo\/[0-9a-f-]{36}$/)
    const during = await cloud.call('DescribeStacks', { StackName: 'demo' })
    expect(during.Stacks?.[0]?.StackStatus).toBe('CREATE_IN_PROGRESS')
    expect(await cloud.status('demo')).toBe('CREATE_COMPLETE')
    expect(cloud.world.calls).toEqual(['create First', 'create Second'])
    const second = [...cloud.world.things].find(([id]) => /^demo-Second-[A-Z0-9]{12}$/.test(id))
    expect(second?.[1]).toEqual({ Size: 1, Link: 'first', Links: ['arn:thing:first'] })
    const after = await cloud.call('DescribeStacks', { StackName: 'demo' })
    expect(after.Stacks?.[0]?.Outputs).toEqual([
      { OutputKey: 'Size', OutputValue: '1', Description: 'how big', ExportName: undefined },
    ])
  })

  it('writes the events that AWS writes, progress included', async () => {
    const cloud = createTestCloud()
    await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: template({ A: thing() }) })
    expect(await cloud.events('demo')).toEqual([
      'demo CREATE_IN_PROGRESS User Initiated',
      'A CREATE_IN_PROGRESS',
      'A CREATE_IN_PROGRESS half way',
      'A CREATE_IN_PROGRESS Resource creation Initiated',
      'A CREATE_COMPLETE',
      'demo CREATE_COMPLETE',
    ])
  })

  it('creates independent resources in parallel, ten at a time', async () => {
    const cloud = createTestCloud()
    const gate = Promise.withResolvers<void>()
    const resources: Record<string, object> = {}
    for (let i = 0; i < 25; i++) {
      resources[`R${i}`] = thing()
      cloud.world.gates.set(`R${i}`, gate.promise)
    }
    await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: template(resources) })
    while (cloud.world.running < 10) await Promise.resolve()
    gate.resolve()
    expect(await cloud.status('demo')).toBe('CREATE_COMPLETE')
    expect(cloud.world.mostRunning).toBe(10)
  })

  it('takes everything back when a resource fails', async () => {
    const cloud = createTestCloud()
    cloud.world.failing.set('create Second', 'no room')
    await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: twoThings })
    expect(await cloud.status('demo')).toBe('ROLLBACK_COMPLETE')
    expect(cloud.world.things.size).toBe(0)
    const events = await cloud.events('demo')
    expect(events).toContain(
      'demo ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Second]. Rollback requested by user.',
    )
    expect(events.find(event => event.startsWith('Second CREATE_FAILED'))).toMatch(
      /^Second CREATE_FAILED Resource handler returned message: "no room" \(RequestToken: .{36}, HandlerErrorCode: InvalidRequest\)$/,
    )
    await expect(
      cloud.call('UpdateStack', { StackName: 'demo', TemplateBody: template({ A: thing() }) }),
    ).rejects.toThrow(/^Stack:arn:.* is in ROLLBACK_COMPLETE state and can not be updated\.$/)
  })

  it.each([
    [{ OnFailure: 'DO_NOTHING' as const }, 'CREATE_FAILED', 1],
    [{ DisableRollback: true }, 'CREATE_FAILED', 1],
    [{ OnFailure: 'DELETE' as const }, 'DELETE_COMPLETE', 0],
    [{ OnFailure: 'ROLLBACK' as const }, 'ROLLBACK_COMPLETE', 0],
  ])('ends a failed creation with %o in %s', async (options, status, left) => {
    const cloud = createTestCloud()
    cloud.world.failing.set('create Second', 'no room')
    const { StackId = '' } = await cloud.call('CreateStack', {
      StackName: 'demo',
      TemplateBody: twoThings,
      ...options,
    })
    expect(await cloud.status(StackId)).toBe(status)
    expect([...cloud.world.things.keys()].filter(id => id === 'first')).toHaveLength(left)
  })

  it('fails a resource whose attribute does not exist, by name', async () => {
    const cloud = createTestCloud()
    const body = template({ A: thing(), B: thing({ Link: { 'Fn::GetAtt': ['A', 'Nope'] } }) })
    await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: body })
    expect(await cloud.events('demo')).toContain(
      'B CREATE_FAILED Template error: resource A does not support attribute type Nope in Fn::GetAtt',
    )
    expect(await cloud.status('demo')).toBe('ROLLBACK_COMPLETE')
  })

  it('keeps what its DeletionPolicy retains when a creation is rolled back', async () => {
    const cloud = createTestCloud()
    cloud.world.failing.set('create Bad', 'no')
    const body = template({
      Kept: thing({ Name: 'kept' }, { DeletionPolicy: 'Retain' }),
      Except: thing({ Name: 'except' }, { DeletionPolicy: 'RetainExceptOnCreate' }),
      Bad: thing({}, { DependsOn: ['Kept', 'Except'] }),
    })
    await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: body })
    expect(await cloud.status('demo')).toBe('ROLLBACK_COMPLETE')
    expect([...cloud.world.things.keys()]).toEqual(['kept'])
  })

  it('rolls back when the time of TimeoutInMinutes has passed', async () => {
    const cloud = createTestCloud()
    const gate = Promise.withResolvers<void>()
    cloud.world.gates.set('A', gate.promise)
    const body = template({ A: thing(), B: thing({}, { DependsOn: 'A' }) })
    await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: body, TimeoutInMinutes: 1 })
    while (cloud.world.running < 1) await Promise.resolve()
    await cloud.clock.advance(60_000)
    gate.resolve()
    expect(await cloud.status('demo')).toBe('ROLLBACK_COMPLETE')
    expect(cloud.world.calls).not.toContain('create B')
    expect(await cloud.events('demo')).toContain(
      'demo ROLLBACK_IN_PROGRESS Stack creation time exceeded the specified timeout. Rollback requested by user.',
    )
  })

  it('lists every type that it does not know in one error, and leaves nothing behind', async () => {
    const cloud = createTestCloud()
    const body = template({
      Good: thing(),
      Queue: { Type: 'AWS::SQS::Queue' },
      Other: { Type: 'AWS::SQS::Queue' },
      Custom: { Type: 'Custom::Thing' },
      Sized: { Type: 'Test::Fake::Thing', Properties: { Colour: 'red' } },
    })
    await expect(cloud.call('CreateStack', { StackName: 'demo', TemplateBody: body })).rejects.toThrow(
      [
        'Template format error: Unrecognized resource types: [AWS::SQS::Queue (Queue, Other), Custom::Thing (Custom)]',
        'Properties validation failed for resource Sized (Test::Fake::Thing) with message: #: required key [Size] not found',
        'Properties validation failed for resource Sized (Test::Fake::Thing) with message: #: extraneous key [Colour] is not permitted',
      ].join('\n'),
    )
    expect((await cloud.call('ListStacks', {})).StackSummaries).toEqual([])
    expect(cloud.world.calls).toEqual([])
  })

  it('does not validate a resource whose condition does not hold', async () => {
    const cloud = createTestCloud()
    const body = template(
      { A: thing(), Never: { Type: 'AWS::SQS::Queue', Condition: 'No' } },
      { Conditions: { No: { 'Fn::Equals': ['a', 'b'] } } },
    )
    await cloud.call('CreateStack', { StackName: 'demo', TemplateBody: body })
    expect(await cloud.status('demo')).toBe('CREATE_COMPLETE')
  })

  it('answers a repeated call with the same token with the same stack, and another call with an error', async () => {
    const cloud = createTestCloud()
    const input = { StackName: 'demo', TemplateBody: twoThings, ClientRequestToken: 'once' }
    const first = await cloud.call('CreateStack', input)
    expect(await cloud.call('CreateStack', input)).toEqual(first)
    await expect(cloud.call('CreateStack', { ...input, ClientRequestToken: 'twice' })).rejects.toMatchObject({
      code: 'AlreadyExistsException',
      message: 'Stack [demo] already exists',
    })
  })

  it('asks for the capabilities that a template needs', async () => {
    const cloud = createTestCloud()
    const body = template({ Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'me' } } })
    await expect(cloud.call('CreateStack', { StackName: 'demo', TemplateBody: body })).rejects.toMatchObject({
      code: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    })
    await cloud.call('CreateStack', {
      StackName: 'demo',
      TemplateBody: body,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    })
    expect(await cloud.status('demo')).toBe('CREATE_COMPLETE')
  })

  it('refuses options that nobody has written yet, by name', async () => {
    const cloud = createTestCloud()
    const input = { StackName: 'demo', TemplateBody: twoThings }
    await expect(cloud.call('CreateStack', { ...input, StackPolicyBody: '{}' })).rejects.toMatchObject({
      code: 'NotImplemented',
      status: 501,
      message: 'StackPolicyBody of CloudFormation CreateStack is not implemented by Sonde.',
    })
  })
})
