import { describe, expect, it } from 'vitest'
import { startService } from '../test-service.ts'

describe('groups', () => {
  it('are created, listed, changed and deleted', async () => {
    const { call } = startService()
    const { Group } = await call('CreateGroup', { GroupName: 'slow', FilterExpression: 'responsetime > 5' })
    expect(Group).toMatchObject({
      GroupName: 'slow',
      GroupARN: expect.stringMatching(/^arn:aws:xray:us-east-1:123456789012:group\/slow\/[A-Z0-9]+$/),
      FilterExpression: 'responsetime > 5',
      InsightsConfiguration: { InsightsEnabled: false },
    })
    expect(await call('GetGroup', { GroupARN: Group?.GroupARN })).toEqual({ Group })
    await call('UpdateGroup', { GroupName: 'slow', FilterExpression: 'fault' })
    const { Groups } = await call('GetGroups', {})
    expect(Groups?.map(({ GroupName, FilterExpression }) => [GroupName, FilterExpression])).toEqual([
      ['Default', undefined],
      ['slow', 'fault'],
    ])
    expect(await call('DeleteGroup', { GroupName: 'slow' })).toEqual({})
    await expect(call('GetGroup', { GroupName: 'slow' })).rejects.toMatchObject({
      code: 'InvalidRequestException',
    })
  })

  it.each([
    [{ GroupName: 'Default' }, 'InvalidRequestException'],
    [{ GroupName: 'a b' }, 'InvalidRequestException'],
    [{ GroupName: 'x'.repeat(33) }, 'InvalidRequestException'],
    [{ GroupName: 'a', FilterExpression: 'fault >' }, 'InvalidRequestException'],
    [{ GroupName: 'a', FilterExpression: 'group.name = "none"' }, 'InvalidRequestException'],
    [{ GroupName: 'a', InsightsConfiguration: { InsightsEnabled: true } }, 'NotImplemented'],
    [{ GroupName: 'a', Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidRequestException'],
  ])('refuse %o', async (input, code) => {
    const { call } = startService()
    await expect(call('CreateGroup', input)).rejects.toMatchObject({ code })
    expect((await call('GetGroups', {})).Groups).toHaveLength(1)
  })

  it('are at most 25, and no two have one name', async () => {
    const { call } = startService()
    for (let n = 0; n < 25; n++) await call('CreateGroup', { GroupName: `g${n}` })
    for (const GroupName of ['g25', 'g3']) {
      await expect(call('CreateGroup', { GroupName })).rejects.toMatchObject({
        code: 'InvalidRequestException',
      })
    }
  })

  it('cannot name themselves', async () => {
    const { call } = startService()
    await call('CreateGroup', { GroupName: 'a', FilterExpression: 'fault' })
    await call('CreateGroup', { GroupName: 'b', FilterExpression: 'group.name = "a" AND ok' })
    await expect(
      call('UpdateGroup', { GroupName: 'a', FilterExpression: 'group.name = "b"' }),
    ).rejects.toMatchObject({ code: 'InvalidRequestException' })
  })
})

describe('tags', () => {
  it('belong to groups and sampling rules', async () => {
    const { call } = startService()
    const { Group } = await call('CreateGroup', { GroupName: 'g', Tags: [{ Key: 'team', Value: 'ml' }] })
    const ResourceARN = Group?.GroupARN ?? ''
    await call('TagResource', {
      ResourceARN,
      Tags: [
        { Key: 'team', Value: 'ops' },
        { Key: 'x', Value: '' },
      ],
    })
    await call('UntagResource', { ResourceARN, TagKeys: ['x'] })
    expect(await call('ListTagsForResource', { ResourceARN })).toEqual({
      Tags: [{ Key: 'team', Value: 'ops' }],
    })
    const many = Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: '' }))
    await expect(call('TagResource', { ResourceARN, Tags: many })).rejects.toMatchObject({
      code: 'TooManyTagsException',
    })
    await call('DeleteGroup', { GroupName: 'g' })
    await expect(call('ListTagsForResource', { ResourceARN })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      status: 404,
    })
  })
})

describe('settings', () => {
  it('are what is true here, and refuse what would not be', async () => {
    const { call } = startService()
    const none = { EncryptionConfig: { Status: 'ACTIVE', Type: 'NONE' } }
    expect(await call('GetEncryptionConfig', {})).toEqual(none)
    expect(await call('PutEncryptionConfig', { Type: 'NONE' })).toEqual(none)
    await expect(call('PutEncryptionConfig', { Type: 'KMS', KeyId: 'alias/k' })).rejects.toMatchObject({
      code: 'NotImplemented',
    })
    await expect(
      call('UpdateTraceSegmentDestination', { Destination: 'CloudWatchLogs' }),
    ).rejects.toMatchObject({
      code: 'NotImplemented',
    })
    expect(await call('GetTraceSegmentDestination', {})).toEqual({ Destination: 'XRay', Status: 'ACTIVE' })
  })
})

describe('resource policies', () => {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*' }] })

  it('are kept by name, with revisions', async () => {
    const { call } = startService()
    const put = (PolicyRevisionId?: string) =>
      call('PutResourcePolicy', {
        PolicyName: 'p',
        PolicyDocument: document,
        ...(PolicyRevisionId !== undefined && { PolicyRevisionId }),
      })
    expect((await put('0')).ResourcePolicy).toMatchObject({ PolicyName: 'p', PolicyRevisionId: '1' })
    await expect(put('0')).rejects.toMatchObject({ code: 'InvalidPolicyRevisionIdException' })
    expect((await put('1')).ResourcePolicy?.PolicyRevisionId).toBe('2')
    expect((await call('ListResourcePolicies', {})).ResourcePolicies).toMatchObject([
      { PolicyDocument: document },
    ])
    await call('DeleteResourcePolicy', { PolicyName: 'p' })
    expect((await call('ListResourcePolicies', {})).ResourcePolicies).toEqual([])
  })

  it.each([
    ['{', 'MalformedPolicyDocumentException'],
    ['{}', 'MalformedPolicyDocumentException'],
    [JSON.stringify({ Statement: { Effect: 'Maybe' } }), 'MalformedPolicyDocumentException'],
    [JSON.stringify({ Statement: { Effect: 'Deny' } }), 'NotImplemented'],
    [' '.repeat(5_121), 'PolicySizeLimitExceededException'],
  ])('refuse %j', async (PolicyDocument, code) => {
    const { call } = startService()
    await expect(call('PutResourcePolicy', { PolicyName: 'p', PolicyDocument })).rejects.toMatchObject({
      code,
    })
  })

  it('are at most five', async () => {
    const { call } = startService()
    const put = (n: number) => call('PutResourcePolicy', { PolicyName: `p${n}`, PolicyDocument: document })
    for (let n = 0; n < 5; n++) await put(n)
    await expect(put(5)).rejects.toMatchObject({ code: 'PolicyCountLimitExceededException' })
  })
})
