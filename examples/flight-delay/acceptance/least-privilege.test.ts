/** Every action that a role of the service or its watch allows is needed: without any one of them something stops working. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { XRayClient } from '@aws-sdk/client-xray'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { predict } from './load.ts'
import { CHECKS, SERVICE, type SteppedApp, startSteppedApp } from './stepped-app.ts'
import { findTraces } from './trace-tree.ts'

const TIMEOUT = 120_000
/** A changed policy counts within a second, in ms. */
const POLICY_COUNTS = 1_100
const REQUEST = { origin: 'JFK', destination: 'SFO', departure: '2001-06-15T17:30' }
const CHECK = { Service: 'FlightDelay' }

let running: SteppedApp

beforeAll(async () => {
  running = await startSteppedApp()
  await running.minutes(2)
})
afterAll(() => running?.end())

interface Statement {
  readonly Action: string | readonly string[]
}
interface Policy {
  readonly role: string
  readonly name: string
  readonly document: { readonly Statement: readonly Statement[] }
}

const policiesOf = async (account: string, rolePart: string): Promise<Policy[]> => {
  const iam = new IAMClient(running.options(account))
  const { Roles = [] } = await iam.send(new ListRolesCommand({}))
  const role = Roles.map(({ RoleName = '' }) => RoleName).find(name => name.includes(rolePart)) ?? ''
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }))
  return Promise.all(
    PolicyNames.map(async name => {
      const { PolicyDocument = '' } = await iam.send(
        new GetRolePolicyCommand({ RoleName: role, PolicyName: name }),
      )
      return { role, name, document: JSON.parse(decodeURIComponent(PolicyDocument)) }
    }),
  )
}

/** An action of a statement, and what its policy is without it. */
const reductions = ({ document }: Policy) =>
  document.Statement.flatMap((statement, index) =>
    [statement.Action].flat().map(action => ({
      action,
      document: {
        ...document,
        Statement: document.Statement.flatMap((other, place) => {
          if (place !== index) return [other]
          const left = [statement.Action].flat().filter(one => one !== action)
          return left.length > 0 ? [{ ...statement, Action: left }] : []
        }),
      },
    })),
  )

const functionNamed = async (account: string, part: string): Promise<string> => {
  const { Functions = [] } = await new LambdaClient(running.options(account)).send(
    new ListFunctionsCommand({}),
  )
  return Functions.map(({ FunctionName = '' }) => FunctionName).find(name => name.includes(part)) ?? ''
}

/** What a function remembers of parameters and credentials goes with its environment. */
const forget = async (account: string, part: string): Promise<void> => {
  const lambda = new LambdaClient(running.options(account))
  const FunctionName = await functionNamed(account, part)
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  const Variables = { ...Environment?.Variables, FORGET: String(Math.random()) }
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }))
}

const counted = (account: string) => running.over('Sonde/HealthCheck', 'Availability', CHECK, 'Sum', account)

/** Whether a function is in a trace that was not there before `run`. */
const traces = async (account: string, part: string, run: () => Promise<boolean>): Promise<boolean> => {
  const xray = new XRayClient(running.options(account))
  const filter = `service(id(name: "${await functionNamed(account, part)}", type: "AWS::Lambda::Function"))`
  const known = new Set(await findTraces(xray, filter))
  // Lambda decides by itself for one request a second at least.
  await running.advance(2_000)
  if (!(await run())) return false
  for (let attempt = 0; attempt < 10; attempt++) {
    if ((await findTraces(xray, filter)).some(id => !known.has(id))) return true
    await sleep(100)
  }
  return false
}

/** Whether checks count in both accounts, and are traced. */
const checks = async (): Promise<boolean> => {
  await forget(CHECKS, 'HealthCheckFunction')
  const before = [await counted(SERVICE), await counted(CHECKS)]
  return traces(CHECKS, 'HealthCheckFunction', async () => {
    await running.minutes(2)
    const after = [await counted(SERVICE), await counted(CHECKS)]
    return after.every((count, index) => count > (before[index] ?? 0))
  })
}

/** Whether a prediction succeeds and is traced. */
const predicts = (): Promise<boolean> =>
  traces(SERVICE, 'PredictionsFunction', async () => (await predict(running.app.url, REQUEST)).status === 200)

/** Whether a report is made and traced. */
const reports = async (): Promise<boolean> => {
  await forget(SERVICE, 'UsageReportFunction')
  return traces(SERVICE, 'UsageReportFunction', async () => {
    const { FunctionError } = await new LambdaClient(running.options(SERVICE)).send(
      new InvokeCommand({
        FunctionName: await functionNamed(SERVICE, 'UsageReportFunction'),
        Payload: Buffer.from(JSON.stringify({ time: new Date(await running.now()).toISOString() })),
      }),
    )
    return FunctionError === undefined
  })
}

describe.each([
  ['the prediction function', SERVICE, 'ServicePredictionsFunction', predicts],
  ['the health check', CHECKS, 'HealthCheckFunction', checks],
  ['the health check in the service’s account', SERVICE, 'FlightDelay-health-check', checks],
  ['the usage report', SERVICE, 'UsageReportFunction', reports],
] as const)('the role of %s', (_, account, rolePart, works) => {
  it(
    'allows nothing that is not needed',
    async () => {
      const iam = new IAMClient(running.options(account))
      expect(await works()).toBe(true)
      const policies = await policiesOf(account, rolePart)
      expect(policies.length).toBeGreaterThan(0)
      for (const policy of policies) {
        const put = async (document: object): Promise<void> => {
          await iam.send(
            new PutRolePolicyCommand({
              RoleName: policy.role,
              PolicyName: policy.name,
              PolicyDocument: JSON.stringify(document),
            }),
          )
          await sleep(POLICY_COUNTS)
        }
        for (const { action, document } of reductions(policy)) {
          await put(document)
          expect(await works(), `without ${action}`).toBe(false)
          await put(policy.document)
        }
      }
      expect(await works()).toBe(true)
    },
    TIMEOUT,
  )
})
