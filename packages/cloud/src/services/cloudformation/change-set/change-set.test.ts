import { describe, expect, it } from 'vitest'
import { createTestCloud, type TestCloud, template, thing } from '../testing.ts'

const body = template({ A: thing({ Name: 'a' }), B: thing({ Name: 'b', Link: { Ref: 'A' } }) })

const changeSet = (cloud: TestCloud, templateBody: string, rest: object = {}) =>
  cloud.call('CreateChangeSet', {
    StackName: 'demo',
    ChangeSetName: 'set',
    TemplateBody: templateBody,
    ...rest,
  })

const deployed = async (): Promise<TestCloud> => {
  const cloud = createTestCloud()
  await changeSet(cloud, body, { ChangeSetType: 'CREATE' })
  await cloud.call('ExecuteChangeSet', { StackName: 'demo', ChangeSetName: 'set' })
  expect(await cloud.status('demo')).toBe('CREATE_COMPLETE')
  await cloud.call('DeleteChangeSet', { StackName: 'demo', ChangeSetName: 'set' })
  return cloud
}

const describeSet = (cloud: TestCloud, rest: object = {}) =>
  cloud.call('DescribeChangeSet', { StackName: 'demo', ChangeSetName: 'set', ...rest })

describe('a change set', () => {
  it('of type CREATE waits in a stack in review and makes it when executed', async () => {
    const cloud = createTestCloud()
    const { Id, StackId } = await changeSet(cloud, body, { ChangeSetType: 'CREATE', Description: 'first' })
    expect(Id).toMatch(/^arn:aws:cloudformation:eu-west-1:000000000000:changeSet\/set\/.{36}$/)
    expect(await cloud.status('demo')).toBe('REVIEW_IN_PROGRESS')
    expect(await describeSet(cloud)).toMatchObject({
      Status: 'CREATE_COMPLETE',
      ExecutionStatus: 'AVAILABLE',
      Description: 'first',
      Changes: [
        { Type: 'Resource', ResourceChange: { Action: 'Add', LogicalResourceId: 'A' } },
        { Type: 'Resource', ResourceChange: { Action: 'Add', LogicalResourceId: 'B' } },
      ],
    })
    expect(cloud.world.calls).toEqual([])
    await cloud.call('ExecuteChangeSet', { StackName: 'demo', ChangeSetName: 'set' })
    expect(await cloud.status(StackId ?? '')).toBe('CREATE_COMPLETE')
    expect((await describeSet(cloud)).ExecutionStatus).toBe('EXECUTE_COMPLETE')
    await expect(
      cloud.call('ExecuteChangeSet', { StackName: 'demo', ChangeSetName: 'set' }),
    ).rejects.toMatchObject({ code: 'InvalidChangeSetStatusException' })
  })

  it('says what an update would do, and does it', async () => {
    const cloud = await deployed()
    const next = template({ A: thing({ Name: 'a', Size: 2 }), C: thing({ Link: { Ref: 'A' } }) })
    await changeSet(cloud, next)
    const { Changes = [] } = await describeSet(cloud, { IncludePropertyValues: true })
    expect(Changes.map(({ ResourceChange: change }) => [change?.Action, change?.LogicalResourceId])).toEqual([
      ['Modify', 'A'],
      ['Add', 'C'],
      ['Remove', 'B'],
    ])
    expect(Changes[0]?.ResourceChange).toMatchObject({
      PhysicalResourceId: 'a',
      Replacement: 'Conditional',
      Scope: ['Properties'],
      BeforeContext: '{"Properties":{"Size":1,"Name":"a"}}',
      AfterContext: '{"Properties":{"Size":2,"Name":"a"}}',
    })
    expect(Changes[1]?.ResourceChange?.AfterContext).toBe(
      '{"Properties":{"Size":1,"Link":"{{changeSet:KNOWN_AFTER_APPLY}}"}}',
    )
    cloud.world.calls.length = 0
    await cloud.call('ExecuteChangeSet', { StackName: 'demo', ChangeSetName: 'set' })
    expect(await cloud.status('demo')).toBe('UPDATE_COMPLETE')
    expect(cloud.world.calls).toEqual(['update A', 'create C', 'delete b'])
  })

  it('without changes fails with the text that the command lines recognise', async () => {
    const cloud = await deployed()
    await changeSet(cloud, body)
    expect(await describeSet(cloud)).toMatchObject({
      Status: 'FAILED',
      ExecutionStatus: 'UNAVAILABLE',
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    })
    await changeSet(cloud, template({ A: thing({ Name: 'a', Size: 2 }) }))
    expect((await describeSet(cloud)).Status).toBe('CREATE_COMPLETE')
    await expect(changeSet(cloud, body)).rejects.toMatchObject({ code: 'AlreadyExistsException' })
  })

  it('is not found by a name that is none, and may be deleted by a name that is none', async () => {
    const cloud = await deployed()
    await expect(describeSet(cloud)).rejects.toMatchObject({
      code: 'ChangeSetNotFoundException',
      message: 'ChangeSet [set] does not exist',
    })
    expect(await cloud.call('DeleteChangeSet', { StackName: 'demo', ChangeSetName: 'set' })).toEqual({})
    await expect(cloud.call('DescribeChangeSet', { ChangeSetName: 'set' })).rejects.toThrow(
      'StackName must be specified if ChangeSetName is not specified as an ARN.',
    )
  })

  it('cannot create a stack that exists, nor update one that does not', async () => {
    const cloud = await deployed()
    await expect(changeSet(cloud, body, { ChangeSetType: 'CREATE' })).rejects.toThrow(
      'Stack [demo] already exists and cannot be created again with the changeSet [set].',
    )
    await expect(changeSet(cloud, body, { StackName: 'other' })).rejects.toThrow(
      'Stack [other] does not exist',
    )
  })

  it('that is refused leaves no stack in review', async () => {
    const cloud = createTestCloud()
    const unknown = template({ A: { Type: 'AWS::SQS::Queue' } })
    await expect(changeSet(cloud, unknown, { ChangeSetType: 'CREATE' })).rejects.toThrow(
      'Template format error: Unrecognized resource types: [AWS::SQS::Queue (A)]',
    )
    expect((await cloud.call('ListStacks', {})).StackSummaries).toEqual([])
  })

  it('goes with a stack in review that is deleted', async () => {
    const cloud = createTestCloud()
    const { StackId = '' } = await changeSet(cloud, body, { ChangeSetType: 'CREATE' })
    await cloud.call('DeleteStack', { StackName: 'demo' })
    expect(await cloud.status(StackId)).toBe('DELETE_COMPLETE')
  })
})
