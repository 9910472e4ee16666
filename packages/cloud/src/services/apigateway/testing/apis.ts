import {
  CreateDeploymentCommand,
  CreateResourceCommand,
  CreateRestApiCommand,
  type CreateRestApiRequest,
  PutIntegrationCommand,
  type PutIntegrationRequest,
  PutMethodCommand,
  type PutMethodRequest,
} from '@aws-sdk/client-api-gateway'
import { INVOKE_URI, type TestGateway } from './gateway.ts'

/** An API with one path whose method calls the function, not yet deployed. */
export const createApi = async (
  { client }: Pick<TestGateway, 'client'>,
  {
    path = '/predict',
    verb = 'POST',
    api = {},
    method = {},
    integration = {},
  }: {
    readonly path?: string
    readonly verb?: string
    readonly api?: Partial<CreateRestApiRequest>
    readonly method?: Partial<PutMethodRequest>
    readonly integration?: Partial<PutIntegrationRequest>
  } = {},
) => {
  const { id: restApiId = '', rootResourceId = '' } = await client.send(
    new CreateRestApiCommand({ name: 'flights', ...api }),
  )
  let resourceId = rootResourceId
  for (const pathPart of path.split('/').filter(part => part !== '')) {
    const resource = await client.send(
      new CreateResourceCommand({ restApiId, parentId: resourceId, pathPart }),
    )
    resourceId = resource.id ?? ''
  }
  const key = { restApiId, resourceId, httpMethod: verb }
  await client.send(new PutMethodCommand({ ...key, authorizationType: 'NONE', ...method }))
  await client.send(
    new PutIntegrationCommand({
      ...key,
      type: 'AWS_PROXY',
      integrationHttpMethod: 'POST',
      uri: INVOKE_URI,
      ...integration,
    }),
  )
  return { restApiId, rootResourceId, resourceId, key }
}

/** Deploys an API to the stage `prod`. */
export const deploy = async ({ client }: Pick<TestGateway, 'client'>, restApiId: string): Promise<string> => {
  const { id = '' } = await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }))
  return id
}
