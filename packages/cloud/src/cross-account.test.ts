import { createSocket } from 'node:dgram'
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { BatchGetTracesCommand, XRayClient } from '@aws-sdk/client-xray'
import { strToU8, zipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from './testing.ts'

const WATCHED = TEST_ACCOUNT
const WATCHER = '444455556666'

const LAMBDA = { Service: 'lambda.amazonaws.com' }
const WATCHED_ROLE = `arn:aws:iam::${WATCHED}:role/be-watched`

/** Calls the other account's function, and puts a metric into the other account and into its own. */
const SOURCE = `
const { CloudWatchClient, PutMetricDataCommand } = require('@aws-sdk/client-cloudwatch')
const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda')
const { STSClient, AssumeRoleCommand, GetCallerIdentityCommand } = require('@aws-sdk/client-sts')
const put = (client, value) => client.send(new PutMetricDataCommand({
  Namespace: 'Watch', MetricData: [{ MetricName: 'Seen', Value: value }],
}))
exports.handler = async event => {
  if (event.datagram) {
    const [host, port] = process.env.AWS_XRAY_DAEMON_ADDRESS.split(':')
    const socket = require('node:dgram').createSocket('udp4')
    await new Promise(resolve => socket.send(event.datagram, Number(port), host, resolve))
    socket.close()
    return process.env.AWS_XRAY_DAEMON_ADDRESS
  }
  const sts = new STSClient()
  const { Account } = await sts.send(new GetCallerIdentityCommand({}))
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: event.roleArn, RoleSessionName: 'watch' }))
  await put(new CloudWatchClient({ credentials: {
    accessKeyId: Credentials.AccessKeyId, secretAccessKey: Credentials.SecretAccessKey, sessionToken: Credentials.SessionToken,
  } }), 1)
  await put(new CloudWatchClient(), 2)
  const call = () => new LambdaClient().send(new InvokeCommand({ FunctionName: event.functionArn }))
  const called = await call().then(({ Payload }) => Buffer.from(Payload).toString(), error => error.name)
  return { Account, called }
}`

type TestCloud = Awaited<ReturnType<typeof startTestCloud>>

let cloud: TestCloud
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

const as = (account: string) => ({
  ...cloud.client,
  credentials: { accessKeyId: account, secretAccessKey: 'test' },
})

const createRole = async (account: string, RoleName: string, principal: object, actions: string[]) => {
  const iam = new IAMClient(as(account))
  const allow = (more: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...more }] })
  await iam.send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: allow({ Principal: principal, Action: 'sts:AssumeRole' }),
    }),
  )
  await iam.send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: 'p',
      PolicyDocument: allow({ Action: actions, Resource: '*' }),
    }),
  )
}

const createFunction = (account: string, FunctionName: string, source: string, role: string) =>
  new LambdaClient(as(account)).send(
    new CreateFunctionCommand({
      FunctionName,
      Role: `arn:aws:iam::${account}:role/${role}`,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 30,
      Code: { ZipFile: zipSync({ 'index.js': strToU8(source) }) },
    }),
  )

const invoke = async (event: object): Promise<unknown> => {
  const { Payload, FunctionError } = await new LambdaClient(as(WATCHER)).send(
    new InvokeCommand({ FunctionName: 'watch', Payload: JSON.stringify(event) }),
  )
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString())
  if (FunctionError) throw new Error(JSON.stringify(answer))
  return answer
}

const seenIn = async (account: string): Promise<number[]> => {
  const now = Date.now()
  const { Datapoints = [] } = await new CloudWatchClient(as(account)).send(
    new GetMetricStatisticsCommand({
      Namespace: 'Watch',
      MetricName: 'Seen',
      Period: 3600,
      Statistics: ['Sum'],
      StartTime: new Date(now - 7_200_000),
      EndTime: new Date(now + 3_600_000),
    }),
  )
  return Datapoints.map(({ Sum = 0 }) => Sum)
}

describe('a function of one account', () => {
  const functionArn = `arn:aws:lambda:${TEST_REGION}:${WATCHED}:function:hello`
  beforeAll(async () => {
    await createRole(WATCHED, 'be-watched', { AWS: `arn:aws:iam::${WATCHER}:root` }, [
      'cloudwatch:PutMetricData',
    ])
    await createRole(WATCHED, 'plain', LAMBDA, ['logs:*'])
    await createRole(WATCHER, 'watch', LAMBDA, [
      'sts:AssumeRole',
      'cloudwatch:PutMetricData',
      'lambda:InvokeFunction',
    ])
    await createFunction(WATCHED, 'hello', 'exports.handler = async () => "hello"', 'plain')
    await createFunction(WATCHER, 'watch', SOURCE, 'watch')
  })

  it('puts metrics into another by assuming a role there, and into its own without', async () => {
    expect(await invoke({ roleArn: WATCHED_ROLE, functionArn })).toEqual({
      Account: WATCHER,
      called: 'AccessDeniedException',
    })
    expect(await seenIn(WATCHED)).toEqual([1])
    expect(await seenIn(WATCHER)).toEqual([2])
  })

  it('invokes a function of another once that lets it', async () => {
    await new LambdaClient(as(WATCHED)).send(
      new AddPermissionCommand({
        FunctionName: 'hello',
        StatementId: 'watcher',
        Action: 'lambda:InvokeFunction',
        Principal: WATCHER,
      }),
    )
    expect(await invoke({ roleArn: WATCHED_ROLE, functionArn })).toMatchObject({ called: '"hello"' })
  })

  it('does not get a role that trusts others', async () => {
    const roleArn = `arn:aws:iam::${WATCHED}:role/plain`
    await expect(invoke({ roleArn, functionArn })).rejects.toThrow(
      `is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    )
    const stranger = new STSClient(as('999999999999'))
    await expect(
      stranger.send(new AssumeRoleCommand({ RoleArn: WATCHED_ROLE, RoleSessionName: 'stranger' })),
    ).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  it("sends its traces to a daemon of its account's own", async () => {
    const now = Date.now() / 1000
    const id = `1-${Math.floor(now).toString(16)}-0123456789abcdef01234567`
    const segment = {
      trace_id: id,
      id: '0123456789abcdef',
      name: 'watch',
      start_time: now - 1,
      end_time: now,
    }
    const datagram = `{"format":"json","version":1}\n${JSON.stringify(segment)}`
    const address = await invoke({ datagram })
    expect(address).not.toBe(cloud.daemonAddress)
    const traces = async (account: string) =>
      (await new XRayClient(as(account)).send(new BatchGetTracesCommand({ TraceIds: [id] }))).Traces ?? []
    await vi.waitFor(async () => expect(await traces(WATCHER)).toHaveLength(1), { timeout: 10_000 })
    expect(await traces(WATCHED)).toEqual([])
    const socket = createSocket('udp4')
    const [host, port] = cloud.daemonAddress.split(':')
    await new Promise<void>(resolve => socket.send(datagram, Number(port), host, () => resolve()))
    socket.close()
    await vi.waitFor(async () => expect(await traces(WATCHED)).toHaveLength(1), { timeout: 10_000 })
  })
})
