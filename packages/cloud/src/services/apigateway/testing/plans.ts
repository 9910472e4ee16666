import {
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  type CreateUsagePlanRequest,
  GetUsageCommand,
  type GetUsageRequest,
  type PatchOperation,
  UpdateUsagePlanCommand,
} from '@aws-sdk/client-api-gateway'
import { createApi, deploy } from './apis.ts'
import type { TestGateway } from './gateway.ts'

/** An API at the stage `prod` whose method requires a key. */
export const deployWithKeys = async (gateway: Pick<TestGateway, 'client'>, verb = 'POST') => {
  const api = await createApi(gateway, { verb, method: { apiKeyRequired: true } })
  await deploy(gateway, api.restApiId)
  return api
}

/** A key in a new plan for the stage `prod` of an API. */
export const subscribe = async (
  { client }: Pick<TestGateway, 'client'>,
  restApiId: string,
  plan: Partial<CreateUsagePlanRequest> = {},
) => {
  const { id: usagePlanId = '' } = await client.send(
    new CreateUsagePlanCommand({ name: 'basic', apiStages: [{ apiId: restApiId, stage: 'prod' }], ...plan }),
  )
  const { id: keyId = '', value = '' } = await client.send(
    new CreateApiKeyCommand({ name: 'ada', enabled: true }),
  )
  await client.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }))
  return { usagePlanId, keyId, value }
}

/** UpdateUsagePlan. */
export const patchPlan = (
  { client }: Pick<TestGateway, 'client'>,
  usagePlanId: string,
  ...patchOperations: PatchOperation[]
) => client.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations }))

/** GetUsage of some days, by key. */
export const usageOf = async (
  { client }: Pick<TestGateway, 'client'>,
  usagePlanId: string,
  startDate: string,
  endDate = startDate,
  more: Partial<GetUsageRequest> = {},
) => (await client.send(new GetUsageCommand({ usagePlanId, startDate, endDate, ...more }))).items ?? {}
