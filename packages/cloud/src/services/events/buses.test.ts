import { describe, expect, it } from 'vitest'
import { ACCOUNT, NEW_YEAR, OTHER_ACCOUNT, QUEUE, startEvents } from './test-service.ts'

const MINE = JSON.stringify({ source: ['mine'] })
const BUS = (account: string, name: string) => `arn:aws:events:eu-west-1:${account}:event-bus/${name}`

describe('an event bus', () => {
  it('of another account takes events where its policy allows that, and passes them on no further', async () => {
    const { call, emit, settle, targets } = await startEvents()
    const there = `arn:aws:sqs:eu-west-1:${OTHER_ACCOUNT}:q`
    await call('CreateEventBus', { Name: 'theirs' }, OTHER_ACCOUNT)
    await call('PutRule', { Name: 'in', EventBusName: 'theirs', EventPattern: MINE }, OTHER_ACCOUNT)
    await call(
      'PutTargets',
      {
        Rule: 'in',
        EventBusName: 'theirs',
        Targets: [
          { Id: 'q', Arn: there },
          { Id: 'on', Arn: BUS(OTHER_ACCOUNT, 'default'), DeadLetterConfig: { Arn: `${there}-dead` } },
        ],
      },
      OTHER_ACCOUNT,
    )
    await call('PutRule', { Name: 'out', EventPattern: MINE })
    await call('PutTargets', {
      Rule: 'out',
      Targets: [{ Id: 'b', Arn: BUS(OTHER_ACCOUNT, 'theirs'), DeadLetterConfig: { Arn: `${QUEUE}-dead` } }],
    })
    await emit({ n: 1 })
    await settle()
    expect(targets.arrivals).toMatchObject([
      { target: `${QUEUE}-dead`, more: { attributes: { ERROR_CODE: 'NO_PERMISSIONS' } } },
    ])

    const permission = {
      EventBusName: 'theirs',
      StatementId: 's',
      Action: 'events:PutEvents',
      Principal: ACCOUNT,
    }
    await call('PutPermission', permission, OTHER_ACCOUNT)
    const { Entries } = await emit({ n: 2 })
    await settle()
    expect(targets.bodies(there).map(body => JSON.parse(body))).toMatchObject([
      { id: Entries?.[0]?.EventId, account: ACCOUNT, detail: { n: 2 } },
    ])
    expect(targets.arrivals.at(-1)).toMatchObject({
      target: `${there}-dead`,
      more: { attributes: { ERROR_CODE: 'THIRD_ACCOUNT_HOP_DETECTED' } },
    })

    await emit({ n: 3 }, { EventBusName: BUS(OTHER_ACCOUNT, 'theirs') })
    await settle()
    expect(targets.bodies(there)).toHaveLength(2)
    await call('RemovePermission', { EventBusName: 'theirs', StatementId: 's' }, OTHER_ACCOUNT)
    await expect(emit({}, { EventBusName: BUS(OTHER_ACCOUNT, 'theirs') })).rejects.toMatchObject({
      code: 'AccessDeniedException',
    })
  })

  it('is created, described, listed and deleted', async () => {
    const { call } = await startEvents()
    const arn = BUS(ACCOUNT, 'b')
    expect(await call('CreateEventBus', { Name: 'b', Description: 'd' })).toEqual({
      EventBusArn: arn,
      Description: 'd',
    })
    await expect(call('CreateEventBus', { Name: 'b' })).rejects.toThrow('Event bus b already exists.')
    await expect(call('CreateEventBus', { Name: 'c', KmsKeyIdentifier: 'k' })).rejects.toMatchObject({
      code: 'NotImplemented',
    })
    expect(await call('DescribeEventBus', { Name: 'b' })).toEqual({
      Name: 'b',
      Arn: arn,
      Description: 'd',
      CreationTime: new Date(NEW_YEAR),
      LastModifiedTime: new Date(NEW_YEAR),
    })
    const { EventBuses } = await call('ListEventBuses', {})
    expect(EventBuses?.map(({ Name }) => Name)).toEqual(['b', 'default'])
    await call('PutRule', { Name: 'r', EventBusName: 'b', EventPattern: MINE })
    await expect(call('DeleteEventBus', { Name: 'b' })).rejects.toThrow("can't be deleted since it has rules")
    await call('DeleteRule', { Name: 'r', EventBusName: 'b' })
    await call('DeleteEventBus', { Name: 'b' })
    await expect(call('DescribeEventBus', { Name: 'b' })).rejects.toThrow('Event bus b does not exist.')
    await expect(call('DeleteEventBus', { Name: 'default' })).rejects.toThrow(
      'Cannot delete event bus default.',
    )
  })

  it('has a policy of statements', async () => {
    const { call } = await startEvents()
    await call('PutPermission', { StatementId: 's', Action: 'events:PutEvents', Principal: OTHER_ACCOUNT })
    const { Policy = '' } = await call('DescribeEventBus', {})
    expect(JSON.parse(Policy)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 's',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
          Action: 'events:PutEvents',
          Resource: BUS(ACCOUNT, 'default'),
        },
      ],
    })
    await expect(call('RemovePermission', { StatementId: 'x' })).rejects.toThrow(
      'Statement with the provided id does not exist.',
    )
    await call('RemovePermission', { RemoveAllPermissions: true })
    expect(await call('DescribeEventBus', {})).not.toHaveProperty('Policy')
    await expect(call('PutPermission', { Policy: '{}' })).rejects.toMatchObject({
      code: 'ValidationException',
    })
  })
})
