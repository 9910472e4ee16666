/** The daily report on usage plans, over a day of a stepped clock. */
import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  GetResourcesCommand,
  PutIntegrationCommand,
  PutIntegrationResponseCommand,
  PutMethodCommand,
  PutMethodResponseCommand,
  type QuotaPeriodType,
} from '@aws-sdk/client-api-gateway'
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch'
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CHECKS, SERVICE, type SteppedApp, startSteppedApp } from './stepped-app.ts'

const DAY = 86_400_000
const TIMEOUT = 60_000

let running: SteppedApp

beforeAll(async () => {
  running = await startSteppedApp()
})
afterAll(() => running?.end())

/** A day has 1,440 health checks, of which this is not about. */
const stopChecking = async (): Promise<void> => {
  const events = new EventBridgeClient(running.options(CHECKS))
  const { Rules = [] } = await events.send(new ListRulesCommand({}))
  for (const { Name } of Rules) await events.send(new DisableRuleCommand({ Name }))
}

/** An API for partners: every request needs a key. Returns its id. */
const partnersApi = async (client: APIGatewayClient): Promise<string> => {
  const { id: restApiId = '' } = await client.send(new CreateRestApiCommand({ name: 'partners' }))
  const { items = [] } = await client.send(new GetResourcesCommand({ restApiId }))
  const method = { restApiId, resourceId: items[0]?.id, httpMethod: 'GET' }
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE', apiKeyRequired: true }))
  await client.send(new PutMethodResponseCommand({ ...method, statusCode: '200' }))
  await client.send(
    new PutIntegrationCommand({
      ...method,
      type: 'MOCK',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
    }),
  )
  await client.send(new PutIntegrationResponseCommand({ ...method, statusCode: '200' }))
  await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'v1' }))
  return restApiId
}

/** A plan with one key. Returns how to ask with it. */
const plan = async (
  client: APIGatewayClient,
  api: string,
  name: string,
  quota: { readonly limit: number; readonly period: QuotaPeriodType },
) => {
  const key = await client.send(new CreateApiKeyCommand({ name, enabled: true }))
  const { id: usagePlanId } = await client.send(
    new CreateUsagePlanCommand({ name, quota, apiStages: [{ apiId: api, stage: 'v1' }] }),
  )
  await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: key.id, keyType: 'API_KEY' }))
  const headers = { 'x-api-key': key.value ?? '' }
  const ask = async (): Promise<number> =>
    (await fetch(`${running.app.endpoint}/_aws/execute-api/${api}/v1/`, { headers })).status
  return { keyId: key.id ?? '', ask }
}

const stateOf = async (name: string): Promise<string | undefined> => {
  const { MetricAlarms } = await new CloudWatchClient(running.options(SERVICE)).send(
    new DescribeAlarmsCommand({ AlarmNames: [`FlightDelay-usage-plan-${name}`] }),
  )
  return MetricAlarms?.[0]?.StateValue
}

it(
  'shows yesterday’s use of every plan to the request, and crossing 90 % alarms',
  async () => {
    await stopChecking()
    const client = new APIGatewayClient(running.options(SERVICE))
    const api = await partnersApi(client)
    const gold = await plan(client, api, 'gold', { limit: 100, period: 'DAY' })
    const free = await plan(client, api, 'free', { limit: 1_000, period: 'MONTH' })
    await plan(client, api, 'unused', { limit: 10, period: 'WEEK' })
    for (let sent = 0; sent < 92; sent++) expect(await gold.ask()).toBe(200)
    for (let sent = 0; sent < 37; sent++) expect(await free.ask()).toBe(200)

    await running.advance(DAY + 60_000)

    const usage = (name: string, dimensions: Record<string, string>) =>
      running.over('Sonde/Usage', name, dimensions, 'Maximum')
    expect(await usage('Used', { UsagePlan: 'gold' })).toBe(92)
    expect(await usage('Limit', { UsagePlan: 'gold' })).toBe(100)
    expect(await usage('UsedPercent', { UsagePlan: 'gold' })).toBe(92)
    expect(await usage('Used', { UsagePlan: 'gold', ApiKey: gold.keyId })).toBe(92)
    expect(await usage('Used', { UsagePlan: 'free' })).toBe(37)
    expect(await usage('UsedPercent', { UsagePlan: 'free' })).toBe(3.7)
    expect(await usage('Limit', { UsagePlan: 'unused' })).toBe(10)
    expect(await usage('Used', { UsagePlan: 'unused' })).toBe(0)

    await running.minutes(61)
    expect(await Promise.all(['warn', 'near', 'critical'].map(stateOf))).toEqual(['ALARM', 'ALARM', 'OK'])
  },
  TIMEOUT,
)
