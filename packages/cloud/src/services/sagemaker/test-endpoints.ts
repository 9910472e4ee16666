import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker'
import { InvokeEndpointCommand, type InvokeEndpointCommandInput } from '@aws-sdk/client-sagemaker-runtime'
import type { TestServer } from './test-server.ts'

export const CONTAINER = { command: ['node', 'model-server.ts'], directory: 'fixtures' }

let number = 0

/** A model that runs the fixture with this environment. */
export const createModel = async (
  { sagemaker }: TestServer,
  environment: Record<string, string> = {},
  container: object = CONTAINER,
): Promise<string> => {
  const ModelName = `model-${++number}`
  await sagemaker.send(
    new CreateModelCommand({
      ModelName,
      PrimaryContainer: {
        Image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/flight:1',
        Environment: environment,
      },
      Tags: [{ Key: 'sonde:container', Value: JSON.stringify(container) }],
    }),
  )
  return ModelName
}

export const createConfig = async (
  { sagemaker }: TestServer,
  variants: readonly Partial<ProductionVariant>[],
): Promise<string> => {
  const EndpointConfigName = `config-${++number}`
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName,
      ProductionVariants: variants.map(variant => ({
        VariantName: 'AllTraffic',
        InstanceType: 'ml.m5.large',
        InitialInstanceCount: 1,
        ...variant,
      })),
    }),
  )
  return EndpointConfigName
}

/** Resolves when nothing is under way for the endpoint. */
export const settled = async (
  { sagemaker }: TestServer,
  EndpointName: string,
): Promise<DescribeEndpointCommandOutput> => {
  for (;;) {
    const endpoint = await sagemaker.send(new DescribeEndpointCommand({ EndpointName }))
    if (['InService', 'Failed', 'OutOfService'].includes(endpoint.EndpointStatus ?? '')) return endpoint
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

export const createEndpoint = async (server: TestServer, configName: string): Promise<string> => {
  const EndpointName = `Endpoint-${++number}`
  await server.sagemaker.send(new CreateEndpointCommand({ EndpointName, EndpointConfigName: configName }))
  return EndpointName
}

/** An endpoint in service with one variant of the fixture. */
export const serveFixture = async (
  server: TestServer,
  environment: Record<string, string> = {},
  variant: Partial<ProductionVariant> = {},
): Promise<string> => {
  const ModelName = await createModel(server, environment)
  const name = await createEndpoint(server, await createConfig(server, [{ ModelName, ...variant }]))
  const { EndpointStatus, FailureReason } = await settled(server, name)
  if (EndpointStatus !== 'InService') throw new Error(FailureReason)
  return name
}

export interface Seen {
  readonly pid: number
  readonly headers: Record<string, string>
  readonly env: Record<string, string>
  readonly body: string
}

export const invoke = (
  { runtime }: TestServer,
  EndpointName: string,
  body: unknown = { x: 1 },
  more: Partial<InvokeEndpointCommandInput> = {},
) =>
  runtime.send(
    new InvokeEndpointCommand({
      EndpointName,
      ContentType: 'application/json',
      Body: typeof body === 'string' ? Buffer.from(body, 'latin1') : JSON.stringify(body),
      ...more,
    }),
  )

/** What the fixture saw of a request that it echoes. */
export const seen = async (
  server: TestServer,
  endpointName: string,
  body?: unknown,
  more?: Partial<InvokeEndpointCommandInput>,
): Promise<Seen> => JSON.parse((await invoke(server, endpointName, body, more)).Body.transformToString())
