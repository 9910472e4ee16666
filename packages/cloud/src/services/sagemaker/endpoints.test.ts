import {
  CreateEndpointCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  ListEndpointsCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  CONTAINER,
  createConfig,
  createEndpoint,
  createModel,
  invoke,
  seen,
  serveFixture,
  settled,
} from './test-endpoints.ts'
import { startSageMaker, type TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startSageMaker()
})
afterAll(async () => {
  await server.stop()
  expect(server.defects).toEqual([])
})

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 10))
}

const gone = (EndpointName: string): Promise<void> =>
  until(() =>
    server.sagemaker.send(new DescribeEndpointCommand({ EndpointName })).then(
      () => false,
      error => error.message.startsWith('Could not find endpoint "arn:'),
    ),
  )

/** How many requests the fixture's processes wait for, until `count` have been seen. */
const pidsOf = async (endpoint: string, count: number, tries = 60): Promise<Set<number>> => {
  const pids = new Set<number>()
  for (let n = 0; n < tries && pids.size < count; n++) pids.add((await seen(server, endpoint)).pid)
  return pids
}

describe('an endpoint', () => {
  it('is being created, then in service, then gone, with its process', async () => {
    const ModelName = await createModel(server, { START_DELAY: '100' })
    const configName = await createConfig(server, [{ ModelName }])
    const EndpointName = await createEndpoint(server, configName)
    const creating = await server.sagemaker.send(new DescribeEndpointCommand({ EndpointName }))
    expect(creating.EndpointStatus).toBe('Creating')
    expect(creating.ProductionVariants).toBeUndefined()
    await expect(invoke(server, EndpointName)).rejects.toThrow(
      `Endpoint ${EndpointName} of account 123456789012 not found.`,
    )
    const inService = await settled(server, EndpointName)
    expect(inService).toMatchObject({
      EndpointName,
      EndpointArn: `arn:aws:sagemaker:eu-west-1:123456789012:endpoint/${EndpointName.toLowerCase()}`,
      EndpointConfigName: configName,
      EndpointStatus: 'InService',
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          CurrentWeight: 1,
          DesiredWeight: 1,
          CurrentInstanceCount: 1,
          DesiredInstanceCount: 1,
        },
      ],
    })
    expect(inService.FailureReason).toBeUndefined()
    const { pid } = await seen(server, EndpointName)
    await server.sagemaker.send(new DeleteEndpointCommand({ EndpointName }))
    await gone(EndpointName)
    expect(alive(pid)).toBe(false)
    await expect(invoke(server, EndpointName)).rejects.toThrow('not found')
  })

  it('outlives its model and its endpoint configuration', async () => {
    const ModelName = await createModel(server)
    const EndpointConfigName = await createConfig(server, [{ ModelName }])
    const endpoint = await createEndpoint(server, EndpointConfigName)
    await settled(server, endpoint)
    await server.sagemaker.send(new DeleteModelCommand({ ModelName }))
    await server.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName }))
    const { pid } = await seen(server, endpoint)
    process.kill(pid)
    await until(() => !alive(pid))
    expect((await seen(server, endpoint)).pid).not.toBe(pid)
  })

  it.each([
    [
      'exists already',
      { EndpointName: 'Twice' },
      'Cannot create already existing endpoint "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/twice".',
    ],
    [
      'exists already in other case',
      { EndpointName: 'tWICE' },
      'Cannot create already existing endpoint "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/twice".',
    ],
    [
      'has an invalid name',
      { EndpointName: 'no_underscores' },
      "1 validation error detected: Value 'no_underscores' at 'endpointName' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
    ],
    [
      'names no configuration',
      { EndpointName: 'other', EndpointConfigName: 'None' },
      'Could not find endpoint configuration "arn:aws:sagemaker:eu-west-1:123456789012:endpoint-config/none".',
    ],
  ])('that %s is refused', async (_what, input, message) => {
    const EndpointConfigName = await createConfig(server, [{ ModelName: await createModel(server) }])
    const create = (more: object) =>
      server.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'Twice', EndpointConfigName, ...more }))
    await create({}).catch(() => undefined)
    await expect(create(input)).rejects.toMatchObject({ name: 'ValidationException', message })
  })

  it('cannot be changed or deleted while something is under way', async () => {
    const ModelName = await createModel(server, { START_DELAY: '200' })
    const EndpointConfigName = await createConfig(server, [{ ModelName }])
    const EndpointName = await createEndpoint(server, EndpointConfigName)
    const message = `Cannot update in-progress endpoint "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/${EndpointName.toLowerCase()}".`
    const { sagemaker } = server
    await expect(sagemaker.send(new DeleteEndpointCommand({ EndpointName }))).rejects.toThrow(message)
    await expect(
      sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName })),
    ).rejects.toThrow(message)
    await settled(server, EndpointName)
  })

  it('is listed page by page, the newest first', async () => {
    const { sagemaker } = server
    const names: string[] = []
    let NextToken: string | undefined
    do {
      const page = await sagemaker.send(
        new ListEndpointsCommand({ MaxResults: 2, ...(NextToken && { NextToken }) }),
      )
      expect(page.Endpoints?.length).toBeLessThanOrEqual(2)
      names.push(...(page.Endpoints ?? []).map(({ EndpointName }) => EndpointName ?? ''))
      NextToken = page.NextToken
    } while (NextToken)
    expect(new Set(names).size).toBe(names.length)
    const all = await sagemaker.send(new ListEndpointsCommand({ MaxResults: 100 }))
    expect(names).toEqual(all.Endpoints?.map(({ EndpointName }) => EndpointName))
    const times = (all.Endpoints ?? []).map(({ CreationTime }) => CreationTime?.getTime() ?? 0)
    expect(times).toEqual([...times].sort((a, b) => b - a))
  })
})

describe('an endpoint that cannot start', () => {
  const prefix =
    'The primary container for production variant AllTraffic did not pass the ping health check. Please check ' +
    'CloudWatch logs for this endpoint. '
  it.each([
    [
      'because its process exits',
      { EXIT_AT_START: '3' },
      CONTAINER,
      /^The process exited with code 3 after \d+\.\d s\. Its last lines: loading model\.onnx \| Error: model\.onnx is not a model\.$/,
    ],
    [
      'because its program does not exist',
      {},
      { ...CONTAINER, command: ['no-such-program'] },
      /^The command could not be started: spawn no-such-program ENOENT\. It printed nothing\.$/,
    ],
  ])(
    '%s fails at once with one clear reason, and can be deleted',
    async (_why, environment, container, reason) => {
      const ModelName = await createModel(server, environment, container)
      const EndpointName = await createEndpoint(server, await createConfig(server, [{ ModelName }]))
      const failed = await settled(server, EndpointName)
      expect(failed.EndpointStatus).toBe('Failed')
      expect(failed.FailureReason?.slice(0, prefix.length)).toBe(prefix)
      expect(failed.FailureReason?.slice(prefix.length)).toMatch(reason)
      await expect(invoke(server, EndpointName)).rejects.toThrow('not found')
      await server.sagemaker.send(new DeleteEndpointCommand({ EndpointName }))
      await gone(EndpointName)
    },
  )

  it('because its model names no command says what to add', async () => {
    const { CreateModelCommand } = await import('@aws-sdk/client-sagemaker')
    await server.sagemaker.send(
      new CreateModelCommand({ ModelName: 'only-an-image', PrimaryContainer: { Image: 'flight:1' } }),
    )
    const config = await createConfig(server, [{ ModelName: 'only-an-image' }])
    const { EndpointStatus, FailureReason } = await settled(server, await createEndpoint(server, config))
    expect(EndpointStatus).toBe('Failed')
    expect(FailureReason).toContain(
      'Metadata {"sonde:container": {"command": ["node", "server.ts"], "directory": "model"}}',
    )
  })
})

describe('instances', () => {
  it('share the requests, the least busy first', async () => {
    const endpoint = await serveFixture(server, {}, { InitialInstanceCount: 2 })
    const slow = invoke(server, endpoint, { sleep: 300 })
    await new Promise(resolve => setTimeout(resolve, 50))
    const pids = new Set<number>()
    for (let n = 0; n < 10; n++) pids.add((await seen(server, endpoint)).pid)
    expect(pids.size).toBe(1)
    await slow
    const both = await Promise.all(Array.from({ length: 10 }, () => seen(server, endpoint)))
    expect(new Set(both.map(({ pid }) => pid)).size).toBe(2)
  })

  it('are added and taken away by their desired count', async () => {
    const EndpointName = await serveFixture(server)
    const scale = async (DesiredInstanceCount: number) => {
      await server.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName,
          DesiredWeightsAndCapacities: [{ VariantName: 'AllTraffic', DesiredInstanceCount }],
        }),
      )
      const { ProductionVariants } = await settled(server, EndpointName)
      return ProductionVariants?.[0]?.CurrentInstanceCount
    }
    expect(await scale(3)).toBe(3)
    const answers = await Promise.all(Array.from({ length: 12 }, () => seen(server, EndpointName)))
    const pids = [...new Set(answers.map(({ pid }) => pid))]
    expect(pids).toHaveLength(3)
    expect(await scale(1)).toBe(1)
    expect(pids.filter(alive)).toHaveLength(1)
  })
})

describe('variants', () => {
  const twoVariants = async (weights: readonly [number, number]) => {
    const [ModelName, other] = [
      await createModel(server, { NAME: 'blue' }),
      await createModel(server, { NAME: 'green' }),
    ]
    return createConfig(server, [
      { VariantName: 'Blue', ModelName, InitialVariantWeight: weights[0] },
      { VariantName: 'Green', ModelName: other, InitialVariantWeight: weights[1] },
    ])
  }

  it('get requests by weight, and those that name them', async () => {
    const endpoint = await createEndpoint(server, await twoVariants([1, 0]))
    await settled(server, endpoint)
    for (let n = 0; n < 10; n++) expect((await seen(server, endpoint)).env.NAME).toBe('blue')
    const answer = await invoke(server, endpoint, {}, { TargetVariant: 'Green' })
    expect(answer.InvokedProductionVariant).toBe('Green')
    await expect(invoke(server, endpoint, {}, { TargetVariant: 'Red' })).rejects.toThrow('Red')
    await server.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: endpoint,
        DesiredWeightsAndCapacities: [
          { VariantName: 'Blue', DesiredWeight: 0 },
          { VariantName: 'Green', DesiredWeight: 1 },
        ],
      }),
    )
    const { ProductionVariants } = await settled(server, endpoint)
    expect(ProductionVariants?.map(({ CurrentWeight }) => CurrentWeight)).toEqual([0, 1])
    for (let n = 0; n < 10; n++) expect((await seen(server, endpoint)).env.NAME).toBe('green')
  })

  it('that do not exist cannot be scaled', async () => {
    const config = await twoVariants([1, 1])
    const EndpointName = await createEndpoint(server, config)
    await settled(server, EndpointName)
    await expect(
      server.sagemaker.send(
        new UpdateEndpointWeightsAndCapacitiesCommand({
          EndpointName,
          DesiredWeightsAndCapacities: [{ VariantName: 'Red', DesiredWeight: 1 }],
        }),
      ),
    ).rejects.toThrow(
      `The variant name(s) "Red" is/are not present within endpoint configuration "${config}".`,
    )
  })
})

describe('an update', () => {
  it('under load fails no request and ends with the new model', async () => {
    const EndpointName = await serveFixture(server, { NAME: 'old' })
    const old = (await seen(server, EndpointName)).pid
    const EndpointConfigName = await createConfig(server, [
      { ModelName: await createModel(server, { NAME: 'new' }) },
    ])
    let stop = false
    const names: string[] = []
    const client = async (): Promise<void> => {
      while (!stop) names.push((await seen(server, EndpointName)).env.NAME ?? '')
    }
    const load = Promise.all(Array.from({ length: 8 }, client))
    await server.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName }))
    const during = await server.sagemaker.send(new DescribeEndpointCommand({ EndpointName }))
    expect(during.EndpointStatus).toBe('Updating')
    const after = await settled(server, EndpointName)
    expect(after.EndpointConfigName).toBe(EndpointConfigName)
    await until(() => names.at(-1) === 'new')
    stop = true
    await load
    expect(names.slice(names.lastIndexOf('old') + 1).every(name => name === 'new')).toBe(true)
    await until(() => !alive(old))
  })

  it('to a model that does not start leaves the old one serving and says why', async () => {
    const EndpointName = await serveFixture(server, { NAME: 'old' })
    const { EndpointConfigName } = await settled(server, EndpointName)
    const broken = await createConfig(server, [
      { ModelName: await createModel(server, { EXIT_AT_START: '1' }) },
    ])
    await server.sagemaker.send(new UpdateEndpointCommand({ EndpointName, EndpointConfigName: broken }))
    const after = await settled(server, EndpointName)
    expect(after.EndpointStatus).toBe('InService')
    expect(after.EndpointConfigName).toBe(EndpointConfigName)
    expect(after.FailureReason).toContain('The process exited with code 1')
    expect((await seen(server, EndpointName)).env.NAME).toBe('old')
  })

  it('keeps weights and instance counts where it is told to', async () => {
    const EndpointName = await serveFixture(server)
    await server.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName,
        DesiredWeightsAndCapacities: [
          { VariantName: 'AllTraffic', DesiredInstanceCount: 2, DesiredWeight: 7 },
        ],
      }),
    )
    await settled(server, EndpointName)
    const EndpointConfigName = await createConfig(server, [{ ModelName: await createModel(server) }])
    await server.sagemaker.send(
      new UpdateEndpointCommand({
        EndpointName,
        EndpointConfigName,
        RetainAllVariantProperties: true,
        ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DesiredWeight' }],
      }),
    )
    const { ProductionVariants } = await settled(server, EndpointName)
    expect(ProductionVariants?.[0]).toMatchObject({ CurrentInstanceCount: 2, CurrentWeight: 1 })
    expect((await pidsOf(EndpointName, 1)).size).toBe(1)
  })
})
