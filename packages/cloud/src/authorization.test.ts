import {
  APIGatewayClient,
  CreateUsagePlanCommand,
  GetUsageCommand,
  GetUsagePlansCommand,
} from '@aws-sdk/client-api-gateway'
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from './testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
let usagePlanId = ''
beforeAll(async () => {
  cloud = await startTestCloud()
  const apigateway = new APIGatewayClient(cloud.client)
  usagePlanId = (await apigateway.send(new CreateUsagePlanCommand({ name: 'basic' }))).id ?? ''
})
afterAll(() => cloud.stop())

interface Statement {
  readonly Effect?: 'Allow' | 'Deny'
  readonly Action: string
  readonly Resource: string
  readonly Condition?: object
}

const USAGE_PLANS = `arn:aws:apigateway:${TEST_REGION}::/usageplans`
const ROLE_TO_ASSUME = `arn:aws:iam::${TEST_ACCOUNT}:role/assumed`

/** What the functions of a watch may do: each statement is there for one call. */
const STATEMENTS: Readonly<Record<string, Statement>> = {
  plans: { Action: 'apigateway:GET', Resource: USAGE_PLANS },
  usage: { Action: 'apigateway:GET', Resource: `${USAGE_PLANS}/*/usage` },
  metrics: {
    Action: 'cloudwatch:PutMetricData',
    Resource: '*',
    Condition: { StringEquals: { 'cloudwatch:namespace': 'Sonde/Usage' } },
  },
  parameter: {
    Action: 'ssm:GetParameter',
    Resource: `arn:aws:ssm:${TEST_REGION}:${TEST_ACCOUNT}:parameter/key`,
  },
  role: { Action: 'sts:AssumeRole', Resource: ROLE_TO_ASSUME },
}

const iam = () => new IAMClient(cloud.client)
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

const createRole = (RoleName: string) =>
  iam().send(
    new CreateRoleCommand({
      RoleName,
      // The account's word is not enough: its identities need a statement of their own.
      AssumeRolePolicyDocument: document({
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${TEST_ACCOUNT}:root` },
        Action: 'sts:AssumeRole',
      }),
    }),
  )

let roles = 0

/** A session of a new role: decisions of one are remembered for a second. */
const sessionWith = async (statements: readonly Statement[]) => {
  const RoleName = `role-${roles++}`
  await createRole(RoleName)
  await iam().send(
    new PutRolePolicyCommand({
      RoleName,
      PolicyName: 'p',
      PolicyDocument: document(...statements.map(statement => ({ Effect: 'Allow', ...statement }))),
    }),
  )
  const { Credentials } = await new STSClient(cloud.client).send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${TEST_ACCOUNT}:role/${RoleName}`,
      RoleSessionName: 'report',
    }),
  )
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {}
  return {
    arn: `arn:aws:sts::${TEST_ACCOUNT}:assumed-role/${RoleName}/report`,
    options: {
      ...cloud.client,
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      },
    },
  }
}

type ClientOptions = Awaited<ReturnType<typeof sessionWith>>['options']

const putMetric = (options: ClientOptions, Namespace = 'Sonde/Usage') =>
  new CloudWatchClient(options).send(
    new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'Used', Value: 1 }] }),
  )

/** By the statement that allows it: the call, and what AWS says without it. */
const CALLS: Readonly<
  Record<string, readonly [call: (options: ClientOptions) => Promise<unknown>, denial: string]>
> = {
  plans: [
    options => new APIGatewayClient(options).send(new GetUsagePlansCommand({})),
    `apigateway:GET on resource: ${USAGE_PLANS} because no identity-based policy allows the apigateway:GET action`,
  ],
  usage: [
    options => {
      const today = new Date().toISOString().slice(0, 10)
      return new APIGatewayClient(options).send(
        new GetUsageCommand({ usagePlanId, startDate: today, endDate: today }),
      )
    },
    `apigateway:GET on resource: ${USAGE_PLANS}/`,
  ],
  metrics: [
    putMetric,
    'cloudwatch:PutMetricData on resource: * because no identity-based policy allows the cloudwatch:PutMetricData action',
  ],
  parameter: [
    options =>
      new SSMClient(options).send(new GetParameterCommand({ Name: '/key' })).catch(error => {
        if (error.name !== 'ParameterNotFound') throw error
      }),
    `ssm:GetParameter on resource: arn:aws:ssm:${TEST_REGION}:${TEST_ACCOUNT}:parameter/key because no identity-based policy allows the ssm:GetParameter action`,
  ],
  role: [
    options =>
      new STSClient(options).send(
        new AssumeRoleCommand({ RoleArn: ROLE_TO_ASSUME, RoleSessionName: 'again' }),
      ),
    `sts:AssumeRole on resource: ${ROLE_TO_ASSUME}`,
  ],
}

describe("a role's policies", () => {
  beforeAll(() => createRole('assumed'))

  it('allow what each of their statements is for', async () => {
    const { options } = await sessionWith(Object.values(STATEMENTS))
    for (const [call] of Object.values(CALLS)) await call(options)
  })

  it.each(Object.keys(STATEMENTS))('deny exactly the call whose statement is removed: %s', async removed => {
    const rest = Object.entries(STATEMENTS).filter(([name]) => name !== removed)
    const { arn, options } = await sessionWith(rest.map(([, statement]) => statement))
    for (const [name, [call, denial]] of Object.entries(CALLS)) {
      if (name !== removed) await call(options)
      else {
        await expect(call(options)).rejects.toMatchObject({
          name: expect.stringMatching(/^AccessDenied(Exception)?$/),
          message: expect.stringContaining(`User: ${arn} is not authorized to perform: ${denial}`),
        })
      }
    }
  })

  it('hold for the namespace that they name alone', async () => {
    const { options } = await sessionWith(Object.values(STATEMENTS))
    await expect(putMetric(options, 'Sonde/Other')).rejects.toThrow('cloudwatch:PutMetricData')
  })

  it('are refused by the name of a condition key of which nothing is known, where it decides', async () => {
    const deny: Statement = {
      Effect: 'Deny',
      Action: 'cloudwatch:PutMetricData',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
    }
    const { options } = await sessionWith([...Object.values(STATEMENTS), deny])
    await expect(putMetric(options)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('aws:SourceIp'),
    })
  })
})
