import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
} from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStore } from '../../kernel/store.ts'
import { ACCOUNT, startIam } from './test-server.ts'

let running: Awaited<ReturnType<typeof startIam>>
let iam: IAMClient
beforeAll(async () => {
  running = await startIam()
  iam = running.client()
})
afterAll(async () => {
  await running.stop()
  expect(running.defects).toEqual([])
})

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
})
const ALLOW = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sagemaker:InvokeEndpoint', Resource: '*' }],
})
const MANAGED = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'

let number = 0
const role = async (more = {}): Promise<string> => {
  const RoleName = `role-${++number}`
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...more }))
  return RoleName
}

describe('a role', () => {
  it('is described as it was created, its trust policy URL-encoded', async () => {
    const Tags = [{ Key: 'team', Value: 'flight' }]
    const RoleName = await role({ Path: '/app/', Description: 'runs', MaxSessionDuration: 7200, Tags })
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: RoleName.toUpperCase() }))
    expect(Role).toMatchObject({
      RoleName,
      Path: '/app/',
      Arn: `arn:aws:iam::${ACCOUNT}:role/app/${RoleName}`,
      RoleId: expect.stringMatching(/^AROA[A-Z0-9]{17}$/),
      Description: 'runs',
      MaxSessionDuration: 7200,
      Tags,
      AssumeRolePolicyDocument: encodeURIComponent(TRUST),
    })
  })

  it('has inline and managed policies, and cannot be deleted before they are gone', async () => {
    const RoleName = await role()
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'invoke', PolicyDocument: ALLOW }))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: MANAGED }))
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: MANAGED }))
    const inline = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'invoke' }))
    expect(decodeURIComponent(inline.PolicyDocument ?? '')).toBe(ALLOW)
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['invoke'])
    expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([
      { PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: MANAGED },
    ])
    const remove = () => iam.send(new DeleteRoleCommand({ RoleName }))
    await expect(remove()).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
    })
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: MANAGED }))
    await expect(remove()).rejects.toThrow('Cannot delete entity, must delete policies first.')
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'invoke' }))
    await remove()
    await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `The role with name ${RoleName} cannot be found.`,
    })
  })

  it('is tagged without regard to the case of keys', async () => {
    const RoleName = await role({ Tags: [{ Key: 'a', Value: '1' }] })
    const Tags = [
      { Key: 'A', Value: '2' },
      { Key: 'b', Value: '3' },
    ]
    await iam.send(new TagRoleCommand({ RoleName, Tags }))
    expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.Tags).toEqual(Tags)
    await iam.send(new UntagRoleCommand({ RoleName, TagKeys: ['A', 'b'] }))
    expect((await iam.send(new GetRoleCommand({ RoleName }))).Role?.Tags).toBeUndefined()
  })

  it('is listed in pages by path', async () => {
    const made = [
      await role({ Path: '/paged/' }),
      await role({ Path: '/paged/' }),
      await role({ Path: '/paged/x/' }),
    ]
    const names: string[] = []
    let Marker: string | undefined
    do {
      const page = await iam.send(
        new ListRolesCommand({ PathPrefix: '/paged/', MaxItems: 2, ...(Marker && { Marker }) }),
      )
      names.push(...(page.Roles ?? []).map(({ RoleName }) => RoleName ?? ''))
      expect(page.IsTruncated).toBe(page.Marker !== undefined)
      Marker = page.Marker
    } while (Marker)
    expect(names.toSorted()).toEqual(made.toSorted())
  })

  it.each([
    [{ RoleName: 'a b' }, 'ValidationError', "Value 'a b' at 'roleName' failed to satisfy constraint"],
    [{ RoleName: 'x'.repeat(65) }, 'ValidationError', 'less than or equal to 64'],
    [{ RoleName: 'x', Path: 'app' }, 'ValidationError', 'path is invalid'],
    [{ RoleName: 'x', MaxSessionDuration: 60 }, 'ValidationError', 'greater than or equal to 3600'],
    [{ RoleName: 'x', AssumeRolePolicyDocument: '{' }, 'MalformedPolicyDocumentException', 'invalid Json'],
    [
      { RoleName: 'x', AssumeRolePolicyDocument: ALLOW },
      'MalformedPolicyDocumentException',
      'AssumeRole policy may only',
    ],
  ])('with %j is refused', async (input, name, message) => {
    const creation = iam.send(new CreateRoleCommand({ AssumeRolePolicyDocument: TRUST, ...input }))
    await expect(creation).rejects.toMatchObject({ name, message: expect.stringContaining(message) })
  })

  it('cannot be created twice, nor have a policy attached that does not exist', async () => {
    const RoleName = await role()
    const twice = iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }))
    await expect(twice).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: `Role with name ${RoleName} already exists.`,
    })
    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/none`
    await expect(iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }))).rejects.toThrow(
      `Policy ${PolicyArn} does not exist or is not attachable.`,
    )
  })

  it('belongs to its account alone', async () => {
    const RoleName = await role()
    await expect(running.client('999999999999').send(new GetRoleCommand({ RoleName }))).rejects.toThrow(
      'cannot be found',
    )
  })
})

describe('a managed policy', () => {
  it('has versions, counts what it is attached to and is kept while it is', async () => {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'Invoke', PolicyDocument: ALLOW }),
    )
    const PolicyArn = Policy?.Arn ?? ''
    expect(PolicyArn).toBe(`arn:aws:iam::${ACCOUNT}:policy/Invoke`)
    const DENY = ALLOW.replace('Allow', 'Deny')
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: DENY, SetAsDefault: true }))
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }))
    expect(PolicyVersion).toMatchObject({ IsDefaultVersion: true, Document: encodeURIComponent(DENY) })
    await iam.send(new AttachRolePolicyCommand({ RoleName: await role(), PolicyArn }))
    const { Policies } = await iam.send(new ListPoliciesCommand({ Scope: 'Local', OnlyAttached: true }))
    expect(Policies?.map(({ PolicyName, AttachmentCount }) => [PolicyName, AttachmentCount])).toEqual([
      ['Invoke', 1],
    ])
    await expect(iam.send(new DeletePolicyCommand({ PolicyArn }))).rejects.toThrow(
      'Cannot delete a policy attached to entities.',
    )
  })

  it('of AWS is not invented', async () => {
    await expect(iam.send(new ListPoliciesCommand({}))).rejects.toThrow(
      'ListPolicies with Scope All is not implemented',
    )
  })
})

describe('an access key', () => {
  it('carries its user, also after a restart', async () => {
    const store = createStore(undefined)
    const first = await startIam(store)
    await first.client().send(new CreateUserCommand({ UserName: 'ada', Path: '/team/' }))
    const { AccessKey } = await first.client().send(new CreateAccessKeyCommand({ UserName: 'ada' }))
    expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z0-9]{16}$/)
    await first.stop()
    const second = await startIam(store)
    const { User } = await second.client(AccessKey?.AccessKeyId).send(new GetUserCommand({}))
    expect(User).toMatchObject({ UserName: 'ada', Arn: `arn:aws:iam::${ACCOUNT}:user/team/ada` })
    await expect(second.client().send(new GetUserCommand({}))).rejects.toThrow(
      'Must specify userName when calling with non-User credentials',
    )
    await second.stop()
    expect([...first.defects, ...second.defects]).toEqual([])
  })

  it('of 12 digits is that account, of nobody the default account', () => {
    const { resolve } = running.service
    expect(resolve('999999999999')).toEqual({
      account: '999999999999',
      arn: 'arn:aws:iam::999999999999:root',
      userId: '999999999999',
    })
    expect(resolve('AKIAIOSFODNN7EXAMPLE').account).toBe(ACCOUNT)
    expect(resolve(undefined).account).toBe(ACCOUNT)
  })

  it('of a session is the session of its role, in the role’s account', () => {
    const { issue, resolve } = running.service
    const { accessKeyId, expiration } = issue('arn:aws:iam::999999999999:role/app/worker', 'predict')
    expect(accessKeyId).toMatch(/^ASIA[A-Z0-9]{16}$/)
    expect(expiration).toBeGreaterThan(Date.now())
    expect(resolve(accessKeyId)).toEqual({
      account: '999999999999',
      arn: 'arn:aws:sts::999999999999:assumed-role/worker/predict',
      userId: expect.stringMatching(/^AROA[A-Z0-9]{17}:predict$/),
    })
  })

  it('of an expired session is dropped a day later', () => {
    const { clock, service } = running
    const { accessKeyId } = service.issue('arn:aws:iam::999999999999:role/r', 's')
    clock.step(Date.now() + 37 * 3_600_000)
    service.issue('arn:aws:iam::999999999999:role/r', 's')
    expect(service.resolve(accessKeyId).account).toBe(ACCOUNT)
    clock.follow()
  })
})
