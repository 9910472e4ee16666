import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionEventInvokeConfigCommand,
  DeleteLayerVersionCommand,
  GetAccountSettingsCommand,
  GetAliasCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetLayerVersionCommand,
  GetPolicyCommand,
  InvokeCommand,
  type LambdaClient,
  ListAliasesCommand,
  ListFunctionsCommand,
  ListLayersCommand,
  ListLayerVersionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectClient } from './testing/serve.ts'
import { type LambdaUnderTest, ROLE, startLambda, zip } from './testing/start-lambda.ts'

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:'
const answering = (text: string): Uint8Array =>
  zip({ 'index.js': `exports.handler = async () => ${JSON.stringify(text)}` })

let cloud: LambdaUnderTest
let client: LambdaClient
let close: () => void
let defects: unknown[]
let sequence = 0
let name: string

const create = (changes: Partial<CreateFunctionCommandInput> = {}) =>
  client.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Role: ROLE,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: answering('one') },
      ...changes,
    }),
  )

const invoke = async (functionName = name): Promise<unknown> => {
  const { Payload } = await client.send(new InvokeCommand({ FunctionName: functionName }))
  return JSON.parse(Payload?.transformToString() ?? '')
}

beforeAll(async () => {
  cloud = await startLambda()
  ;({ client, close, defects } = await connectClient(cloud))
})
beforeEach(() => {
  name = `function-${sequence++}`
})
afterAll(async () => {
  close()
  await cloud.stop()
  expect(defects).toEqual([])
})

describe('functions, through the official client', () => {
  it('are created with AWS’s defaults', async () => {
    const created = await create()
    expect(created).toMatchObject({
      FunctionName: name,
      FunctionArn: ARN + name,
      Runtime: 'nodejs22.x',
      Description: '',
      Timeout: 3,
      MemorySize: 128,
      Version: '$LATEST',
      TracingConfig: { Mode: 'PassThrough' },
      EphemeralStorage: { Size: 512 },
      Architectures: ['x86_64'],
      PackageType: 'Zip',
      SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
      State: 'Active',
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
      CodeSha256: expect.stringMatching(/^[\w+/]{43}=$/),
    })
    expect(created.Environment).toBeUndefined()
    await waitUntilFunctionActiveV2({ client, maxWaitTime: 5 }, { FunctionName: name })
  })

  it('answer, and show which version did', async () => {
    await create()
    const answer = await client.send(new InvokeCommand({ FunctionName: ARN + name, LogType: 'Tail' }))
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' })
    expect(answer.FunctionError).toBeUndefined()
    expect(answer.Payload?.transformToString()).toBe('"one"')
    expect(atob(answer.LogResult ?? '')).toMatch(/^START RequestId: .*\nEND .*\nREPORT .*\n$/)
  })

  it('can be tried without being run', async () => {
    await create()
    const answer = await client.send(new InvokeCommand({ FunctionName: name, InvocationType: 'DryRun' }))
    expect(answer.StatusCode).toBe(204)
  })

  it('run new code and new configuration at once', async () => {
    await create({ Environment: { Variables: { TABLE: '1' } } })
    expect(await invoke()).toBe('one')
    const code = { FunctionName: name, ZipFile: answering('two') }
    await client.send(new UpdateFunctionCodeCommand(code))
    expect(await invoke()).toBe('two')
    const updated = await client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: name, MemorySize: 256, Timeout: 9 }),
    )
    expect(updated).toMatchObject({
      MemorySize: 256,
      Timeout: 9,
      Environment: { Variables: { TABLE: '1' } },
      LastUpdateStatus: 'Successful',
    })
    const configuration = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }))
    expect(configuration.RevisionId).toBe(updated.RevisionId)
  })

  it('are published as versions, which keep their code, and reached through aliases', async () => {
    await create({ Publish: true })
    await client.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: answering('two') }))
    const second = await client.send(new PublishVersionCommand({ FunctionName: name, Description: 'second' }))
    expect(second).toMatchObject({ Version: '2', FunctionArn: `${ARN}${name}:2`, Description: 'second' })
    const again = await client.send(new PublishVersionCommand({ FunctionName: name }))
    expect(again.Version).toBe('2')
    await client.send(new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: '1' }))
    expect(await invoke(`${name}:1`)).toBe('one')
    expect(await invoke(`${name}:live`)).toBe('one')
    const alias = await client.send(
      new UpdateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: '2' }),
    )
    expect(alias).toMatchObject({ AliasArn: `${ARN}${name}:live`, FunctionVersion: '2' })
    const answer = await client.send(new InvokeCommand({ FunctionName: name, Qualifier: 'live' }))
    expect([answer.Payload?.transformToString(), answer.ExecutedVersion]).toEqual(['"two"', '2'])
    const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: name }))
    expect(Versions?.map(version => version.Version)).toEqual(['$LATEST', '1', '2'])
    const { Aliases } = await client.send(new ListAliasesCommand({ FunctionName: name }))
    expect(Aliases?.map(item => item.Name)).toEqual(['live'])
    await expect(
      client.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier: '2' })),
    ).rejects.toMatchObject({ name: 'ResourceConflictException' })
    await client.send(new DeleteAliasCommand({ FunctionName: name, Name: 'live' }))
    await client.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier: '2' }))
    await expect(
      client.send(new GetAliasCommand({ FunctionName: name, Name: 'live' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('are listed in pages', async () => {
    const names = ['page-a', 'page-b', 'page-c']
    for (const each of names) await create({ FunctionName: each })
    const found: string[] = []
    let marker: string | undefined
    do {
      const page = await client.send(new ListFunctionsCommand({ MaxItems: 2, Marker: marker }))
      expect(page.Functions?.length).toBeLessThanOrEqual(2)
      for (const item of page.Functions ?? []) found.push(item.FunctionName ?? '')
      marker = page.NextMarker
    } while (marker)
    expect(found).toEqual(expect.arrayContaining(names))
    expect(new Set(found).size).toBe(found.length)
  })

  it('have tags, which GetFunction shows with the concurrency', async () => {
    await create({ Tags: { team: 'ml' } })
    await client.send(new TagResourceCommand({ Resource: ARN + name, Tags: { stage: 'dev', x: 'y' } }))
    await client.send(new UntagResourceCommand({ Resource: ARN + name, TagKeys: ['x'] }))
    const { Tags } = await client.send(new ListTagsCommand({ Resource: ARN + name }))
    expect(Tags).toEqual({ team: 'ml', stage: 'dev' })
    await client.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 5 }),
    )
    const found = await client.send(new GetFunctionCommand({ FunctionName: name }))
    expect(found).toMatchObject({ Tags, Concurrency: { ReservedConcurrentExecutions: 5 } })
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}))
    expect(AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 995 })
    await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }))
    const none = await client.send(new GetFunctionConcurrencyCommand({ FunctionName: name }))
    expect(none.ReservedConcurrentExecutions).toBeUndefined()
  })

  it('keep the settings of asynchronous invocation', async () => {
    await create()
    const put = await client.send(
      new PutFunctionEventInvokeConfigCommand({ FunctionName: name, MaximumRetryAttempts: 0 }),
    )
    expect(put).toMatchObject({ FunctionArn: `${ARN}${name}:$LATEST`, MaximumRetryAttempts: 0 })
    await client.send(
      new UpdateFunctionEventInvokeConfigCommand({ FunctionName: name, MaximumEventAgeInSeconds: 60 }),
    )
    const found = await client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: name }))
    expect(found).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 })
    await client.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: name }))
    await expect(
      client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: name })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('are gone with all that is theirs once deleted', async () => {
    await create({ Publish: true })
    await invoke()
    await client.send(new DeleteFunctionCommand({ FunctionName: name }))
    await expect(client.send(new InvokeCommand({ FunctionName: name }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}${name}`,
      $metadata: { httpStatusCode: 404 },
    })
    await create()
    const { Versions } = await client.send(new ListVersionsByFunctionCommand({ FunctionName: name }))
    expect(Versions?.map(version => version.Version)).toEqual(['$LATEST'])
  })
})

describe('permissions, through the official client', () => {
  it('are added, read and removed', async () => {
    await create()
    const SourceArn = 'arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/predict'
    const permission = {
      FunctionName: name,
      StatementId: 'gateway',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn,
    }
    const { Statement } = await client.send(new AddPermissionCommand(permission))
    expect(JSON.parse(Statement ?? '')).toEqual({
      Sid: 'gateway',
      Effect: 'Allow',
      Principal: { Service: 'apigateway.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: ARN + name,
      Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
    })
    await expect(client.send(new AddPermissionCommand(permission))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message:
        'The statement id (gateway) provided already exists. Please provide a new statement id, or remove the existing statement.',
    })
    const { Policy } = await client.send(new GetPolicyCommand({ FunctionName: name }))
    expect(JSON.parse(Policy ?? '')).toMatchObject({ Version: '2012-10-17', Id: 'default' })

    const call = (sourceArn: string) =>
      cloud.lambda.invoke({
        functionArn: ARN + name,
        payload: Buffer.from('{}'),
        invocationType: 'RequestResponse',
        caller: { service: 'apigateway.amazonaws.com', sourceArn },
      })
    const allowed = 'arn:aws:execute-api:us-east-1:000000000000:abc/prod/POST/predict'
    expect(Buffer.from((await call(allowed)).payload).toString()).toBe('"one"')
    await expect(call(allowed.replace('POST', 'GET'))).rejects.toMatchObject({
      code: 'AccessDeniedException',
    })

    await client.send(new RemovePermissionCommand({ FunctionName: name, StatementId: 'gateway' }))
    await expect(call(allowed)).rejects.toMatchObject({ code: 'AccessDeniedException' })
    await expect(client.send(new GetPolicyCommand({ FunctionName: name }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })
})

describe('layers, through the official client', () => {
  it('are numbered for ever, and functions find what is in them', async () => {
    const LayerName = `layer-${name}`
    const publish = (text: string) =>
      client.send(
        new PublishLayerVersionCommand({
          LayerName,
          CompatibleRuntimes: ['nodejs22.x'],
          Content: {
            ZipFile: zip({
              'nodejs/node_modules/greeting/index.js': `module.exports = ${JSON.stringify(text)}`,
            }),
          },
        }),
      )
    const first = await publish('one')
    expect(first).toMatchObject({
      Version: 1,
      LayerVersionArn: `arn:aws:lambda:us-east-1:000000000000:layer:${LayerName}:1`,
    })
    await client.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: 1 }))
    await expect(
      client.send(new GetLayerVersionCommand({ LayerName, VersionNumber: 1 })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    const second = await publish('two')
    expect(second.Version).toBe(2)
    const { LayerVersions } = await client.send(new ListLayerVersionsCommand({ LayerName }))
    expect(LayerVersions?.map(version => version.Version)).toEqual([2])
    const { Layers } = await client.send(new ListLayersCommand({ CompatibleRuntime: 'nodejs22.x' }))
    expect(Layers?.map(layer => layer.LayerName)).toContain(LayerName)

    const LayerVersionArn = second.LayerVersionArn ?? ''
    for (const [file, source] of [
      ['index.js', "exports.handler = async () => require('greeting')"],
      ['index.mjs', "import greeting from 'greeting'\nexport const handler = async () => greeting"],
    ] as const) {
      await create({
        FunctionName: `${name}-${file.replace('.', '-')}`,
        Layers: [LayerVersionArn],
        Code: { ZipFile: zip({ [file]: source }) },
      })
      expect(await invoke(`${name}-${file.replace('.', '-')}`)).toBe('two')
    }
    await client.send(new DeleteLayerVersionCommand({ LayerName, VersionNumber: 2 }))
    const change = { FunctionName: `${name}-index-js`, MemorySize: 256 }
    await client.send(new UpdateFunctionConfigurationCommand(change))
    expect(await invoke(`${name}-index-js`), 'a function keeps a layer that was deleted').toBe('two')
    await expect(create({ Layers: [LayerVersionArn] })).rejects.toMatchObject({
      message: `Layer version ${LayerVersionArn} does not exist.`,
    })
    await expect(create({ Layers: [LayerVersionArn.replace(/2$/, '9')] })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: `Layer version ${LayerVersionArn.replace(/2$/, '9')} does not exist.`,
    })
  })
})
