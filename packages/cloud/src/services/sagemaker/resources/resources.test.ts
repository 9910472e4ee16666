import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResourceRequest, ResourceState } from '../../../kernel/resource-type.ts'
import { CONTAINER, seen } from '../test-endpoints.ts'
import { SCOPE, startSageMaker, type TestServer } from '../test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startSageMaker()
})
afterAll(async () => {
  await server.stop()
  expect(server.defects).toEqual([])
})

type Properties = Record<string, unknown>
const ARN = 'arn:aws:sagemaker:eu-west-1:123456789012'

let number = 0
const request = (properties: Properties, metadata: Properties, progress: string[]): ResourceRequest => ({
  scope: SCOPE,
  stackName: 'flight',
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/flight/1',
  logicalId: 'Resource',
  properties,
  metadata,
  generateName: () => `flight-Resource-${++number}`,
  progress: message => progress.push(message),
})

const typeOf = (name: 'Model' | 'EndpointConfig' | 'Endpoint') => {
  const type = server.service.resources?.[`AWS::SageMaker::${name}`]
  if (!type) throw new Error(name)
  return type
}

const create = (
  name: 'Model' | 'EndpointConfig' | 'Endpoint',
  properties: Properties,
  metadata: Properties = {},
  progress: string[] = [],
): Promise<ResourceState> => Promise.resolve(typeOf(name).create(request(properties, metadata, progress)))

const createConfigOf = async (environment: Properties): Promise<string> => {
  const model = await create(
    'Model',
    {
      PrimaryContainer: { Image: 'flight:1', Environment: environment },
      ExecutionRoleArn: 'arn:aws:iam::1:role/r',
    },
    { 'sonde:container': CONTAINER, 'aws:cdk:path': 'flight/Model' },
  )
  const config = await create('EndpointConfig', {
    ProductionVariants: [
      {
        VariantName: 'AllTraffic',
        ModelName: model.attributes.ModelName,
        InstanceType: 'ml.m5.large',
        InitialInstanceCount: '1',
        InitialVariantWeight: 1,
      },
    ],
  })
  return String(config.attributes.EndpointConfigName)
}

describe('the stack’s resources', () => {
  it('make an endpoint that serves, update it in place and delete it', async () => {
    const progress: string[] = []
    const first = { EndpointConfigName: await createConfigOf({ NAME: 'one', WORKERS: 2 }) }
    const endpoint = await create('Endpoint', first, {}, progress)
    const name = String(endpoint.attributes.EndpointName)
    expect(endpoint.physicalId).toBe(`${ARN}:endpoint/${name.toLowerCase()}`)
    expect(progress).toEqual([expect.stringMatching(/^instance healthy in \d+\.\d s$/)])
    expect((await seen(server, name)).env).toMatchObject({ NAME: 'one', WORKERS: '2' })

    const second = { EndpointConfigName: await createConfigOf({ NAME: 'two' }) }
    const updated = await typeOf('Endpoint').update?.(request(second, {}, progress), {
      ...endpoint,
      properties: first,
    })
    expect(updated).toEqual(endpoint)
    expect((await seen(server, name)).env.NAME).toBe('two')

    await typeOf('Endpoint').delete(SCOPE, endpoint, second)
    await expect(seen(server, name)).rejects.toThrow('not found')
    await typeOf('Endpoint').delete(SCOPE, endpoint, second)
  })

  it('fail with the reason of the endpoint, and leave nothing behind', async () => {
    const EndpointConfigName = await createConfigOf({ EXIT_AT_START: '1' })
    const creation = create('Endpoint', { EndpointConfigName, EndpointName: 'failing' })
    await expect(creation).rejects.toThrow('did not pass the ping health check')
    // Its name is free again.
    const sound = await createConfigOf({})
    await create('Endpoint', { EndpointConfigName: sound, EndpointName: 'failing' })
  })

  it('fail when an update does, with the old model serving', async () => {
    const first = { EndpointConfigName: await createConfigOf({ NAME: 'old' }) }
    const endpoint = await create('Endpoint', first)
    const broken = { EndpointConfigName: await createConfigOf({ EXIT_AT_START: '1' }) }
    const update = typeOf('Endpoint').update?.(request(broken, {}, []), { ...endpoint, properties: first })
    await expect(update).rejects.toThrow('The process exited with code 1')
    const name = String(endpoint.attributes.EndpointName)
    expect((await seen(server, name)).env.NAME).toBe('old')
    const back = await typeOf('Endpoint').update?.(request(first, {}, []), {
      ...endpoint,
      properties: broken,
    })
    expect(back).toEqual(endpoint)
  })

  it('are replaced when a name changes', async () => {
    const properties = { EndpointConfigName: await createConfigOf({}), EndpointName: 'named' }
    const endpoint = await create('Endpoint', properties)
    const renamed = request({ ...properties, EndpointName: 'renamed' }, {}, [])
    expect(await typeOf('Endpoint').update?.(renamed, { ...endpoint, properties })).toBe('replace')
  })

  it('replace a model for another image or command, and for nothing else', async () => {
    const properties = { PrimaryContainer: { Image: 'flight:1' } }
    const metadata = { 'sonde:container': CONTAINER, 'aws:cdk:path': 'a' }
    const model = await create('Model', properties, metadata)
    const update = (after: Properties, metadataAfter: Properties) =>
      typeOf('Model').update?.(request(after, metadataAfter, []), { ...model, properties })
    expect(update({ PrimaryContainer: { Image: 'flight:2' } }, metadata)).toBe('replace')
    expect(update(properties, { 'sonde:container': { ...CONTAINER, command: ['node', 'other.ts'] } })).toBe(
      'replace',
    )
    expect(update(properties, {})).toBe('replace')
    expect(update(properties, { ...metadata, 'aws:cdk:path': 'b' })).toEqual(model)
    expect(update({ ...properties, Tags: [{ Key: 'team', Value: 'flight' }] }, metadata)).toEqual(model)
  })

  it('name models and configurations by ARN and name, and delete them twice without an error', async () => {
    const model = await create('Model', { ModelName: 'Flight', PrimaryContainer: { Image: 'x' } })
    expect(model).toEqual({
      physicalId: `${ARN}:model/flight`,
      attributes: { ModelName: 'Flight', Id: `${ARN}:model/flight` },
    })
    await typeOf('Model').delete(SCOPE, model, {})
    await typeOf('Model').delete(SCOPE, model, {})
  })
})

describe('a property of another type', () => {
  it.each<['Model' | 'EndpointConfig', Properties, string]>([
    ['Model', { PrimaryContainer: 'flight:1' }, 'Property PrimaryContainer must be a structure.'],
    [
      'Model',
      { PrimaryContainer: { Image: 'x', Environment: ['A=b'] } },
      'Property Environment must be a structure.',
    ],
    [
      'EndpointConfig',
      { ProductionVariants: 'all' },
      'Property ProductionVariants must be a list of structures.',
    ],
    [
      'EndpointConfig',
      { ProductionVariants: [{ InitialInstanceCount: 'one' }] },
      'Property InitialInstanceCount must be a number.',
    ],
    [
      'EndpointConfig',
      { ProductionVariants: [], Tags: { a: 'b' } },
      'Property Tags must be a list of structures.',
    ],
  ])('in %s %j is refused', async (type, properties, message) => {
    const creation = Promise.resolve().then(() => create(type, properties))
    await expect(creation).rejects.toMatchObject({ code: 'ValidationException', message })
  })
})

describe('what is not supported', () => {
  it.each<['Model' | 'EndpointConfig', Properties, string]>([
    ['Model', { VpcConfig: { Subnets: [] } }, 'VpcConfig'],
    ['Model', { EnableNetworkIsolation: 'true' }, 'EnableNetworkIsolation'],
    ['Model', { PrimaryContainer: { Image: 'x', Mode: 'MultiModel' } }, 'Mode MultiModel'],
    ['Model', { PrimaryContainer: { Image: 'x', Imgae: 'y' } }, 'PrimaryContainer.Imgae'],
    [
      'Model',
      { PrimaryContainer: undefined, Containers: [{ Image: 'x' }, { Image: 'y' }] },
      'more than one of Containers',
    ],
    ['EndpointConfig', { DataCaptureConfig: { EnableCapture: true } }, 'DataCaptureConfig'],
    ['EndpointConfig', { AsyncInferenceConfig: { OutputConfig: {} } }, 'AsyncInferenceConfig'],
    ['EndpointConfig', { ShadowProductionVariants: [{ VariantName: 'Shadow' }] }, 'ShadowProductionVariants'],
    [
      'EndpointConfig',
      { ProductionVariants: [{ VariantName: 'V', ServerlessConfig: { MemorySizeInMB: 1024 } }] },
      'ServerlessConfig',
    ],
  ])('in %s %j is refused by name', async (type, properties, name) => {
    const base = type === 'Model' ? { PrimaryContainer: { Image: 'x' } } : { ProductionVariants: [] }
    const creation = Promise.resolve().then(() => create(type, { ...base, ...properties }))
    await expect(creation).rejects.toThrow(name)
    await expect(creation).rejects.toMatchObject({ code: 'NotImplemented' })
  })

  it('in sonde:container is refused by name', async () => {
    const metadata = { 'sonde:container': { ...CONTAINER, port: 8080 } }
    const creation = Promise.resolve().then(() =>
      create('Model', { PrimaryContainer: { Image: 'x' } }, metadata),
    )
    await expect(creation).rejects.toThrow('"port" is not one of its keys')
  })
})
