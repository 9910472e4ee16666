import {
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  type LambdaClient,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectClient } from './testing/serve.ts'
import { type LambdaUnderTest, ROLE, startLambda, zip } from './testing/start-lambda.ts'

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

describe('requests that AWS refuses', () => {
  const invalid = 'InvalidParameterValueException'
  it.each<[string, Partial<CreateFunctionCommandInput>, string, RegExp]>([
    [
      'a timeout of 901 s',
      { Timeout: 901 },
      'ValidationException',
      /^1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900$/,
    ],
    ['127 MB', { MemorySize: 127 }, 'ValidationException', /Value '127' at 'memorySize'/],
    ['an ill-formed role', { Role: 'admin' }, 'ValidationException', /Value 'admin' at 'role'/],
    ['a name with a space', { FunctionName: 'a b' }, 'ValidationException', /Value 'a b' at 'functionName'/],
    [
      'an unknown runtime',
      { Runtime: 'cobol' as 'nodejs22.x' },
      invalid,
      /^Value cobol at 'runtime' failed to satisfy constraint/,
    ],
    [
      'a deprecated runtime',
      { Runtime: 'nodejs16.x' },
      invalid,
      /^The runtime parameter of nodejs16\.x is no longer supported/,
    ],
    [
      'a runtime that is not on this machine',
      { Runtime: 'java21' },
      invalid,
      /^Sonde cannot run java21 on this machine\. It runs: nodejs18\.x, /,
    ],
    [
      'a package that is no zip',
      { Code: { ZipFile: Buffer.from('no zip') } },
      invalid,
      /^Could not unzip uploaded file/,
    ],
    ['no package', { Code: {} }, invalid, /^Please provide a source for function code\.$/],
    [
      'a package that is not in S3',
      { Code: { S3Bucket: 'b', S3Key: 'k' } },
      invalid,
      /S3 Error Code: NoSuchKey/,
    ],
    [
      'reserved variables',
      { Environment: { Variables: { AWS_REGION: 'x', OK: '1' } } },
      invalid,
      /Reserved keys used in this request: AWS_REGION$/,
    ],
    [
      'more than 4 KB of variables',
      { Environment: { Variables: { LONG: 'x'.repeat(4100) } } },
      invalid,
      /exceeded the 4KB limit/,
    ],
    [
      'levels for a text log',
      { LoggingConfig: { ApplicationLogLevel: 'INFO' } },
      invalid,
      /set the log format to JSON/,
    ],
  ])('%s', async (_title, changes, code, message) => {
    await expect(create(changes)).rejects.toMatchObject({
      name: code,
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    })
  })

  it.each<[string, Partial<CreateFunctionCommandInput>]>([
    ['VpcConfig', { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } }],
    [
      'DeadLetterConfig with arn:aws:sqs:us-east-1:000000000000:q',
      { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:q' } },
    ],
    ['FileSystemConfigs', { FileSystemConfigs: [{ Arn: 'arn', LocalMountPath: '/mnt/x' }] }],
    ['SnapStart', { SnapStart: { ApplyOn: 'PublishedVersions' } }],
    ['PackageType Image', { PackageType: 'Image', Code: { ImageUri: 'x' } }],
    ['AWS_LAMBDA_EXEC_WRAPPER', { Environment: { Variables: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/x' } } }],
    ['SystemLogLevel DEBUG', { LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'DEBUG' } }],
  ])('and %s, which we do not have, by its name', async (member, changes) => {
    await expect(create(changes)).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining(member),
      $metadata: { httpStatusCode: 501 },
    })
  })

  it('a name that is taken', async () => {
    await create()
    await expect(create()).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `Function already exist: ${name}`,
      $metadata: { httpStatusCode: 409 },
    })
  })

  it('an event that is no JSON', async () => {
    await create()
    await expect(
      client.send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from('{') })),
    ).rejects.toMatchObject({
      name: 'InvalidRequestContentException',
      message: expect.stringMatching(/^Could not parse request body into json: /),
    })
  })

  it('a revision that has passed', async () => {
    const { RevisionId } = await create()
    const change = { FunctionName: name, MemorySize: 256, RevisionId }
    await client.send(new UpdateFunctionConfigurationCommand(change))
    await expect(client.send(new UpdateFunctionConfigurationCommand(change))).rejects.toMatchObject({
      name: 'PreconditionFailedException',
      $metadata: { httpStatusCode: 412 },
    })
  })

  it('a reservation that leaves too little', async () => {
    await create()
    await expect(
      client.send(
        new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 901 }),
      ),
    ).rejects.toMatchObject({
      name: invalid,
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    })
  })

  it('an invocation where nothing is reserved', async () => {
    await create()
    await client.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }),
    )
    await expect(client.send(new InvokeCommand({ FunctionName: name }))).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      message: 'Rate Exceeded.',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      $metadata: { httpStatusCode: 429 },
    })
  })

  it('an invocation type or log type that there is none of', async () => {
    await create()
    const invoke = (more: object) => client.send(new InvokeCommand({ FunctionName: name, ...more }))
    await expect(invoke({ InvocationType: 'Later' })).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'Later' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [Event, RequestResponse, DryRun]",
    })
    await expect(invoke({ LogType: 'Head' })).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('operations on a whole function that name one of its versions', async () => {
    await create()
    const qualified = { FunctionName: `${name}:1` }
    const commands = [
      new PutFunctionConcurrencyCommand({ ...qualified, ReservedConcurrentExecutions: 1 }),
      new PublishVersionCommand(qualified),
      new CreateAliasCommand({ ...qualified, Name: 'live', FunctionVersion: '1' }),
    ]
    for (const command of commands) {
      await expect(client.send(command as PublishVersionCommand)).rejects.toMatchObject({
        name: invalid,
        message: expect.stringContaining('This operation is permitted on Lambda functions only.'),
      })
    }
  })
})
