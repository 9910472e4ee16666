import {
  CreateAliasCommand,
  DeleteAliasCommand,
  DeleteFunctionCommand,
  DeleteProvisionedConcurrencyConfigCommand,
  GetAccountSettingsCommand,
  GetProvisionedConcurrencyConfigCommand,
  type LambdaClient,
  ListProvisionedConcurrencyConfigsCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectClient } from '../testing/serve.ts'
import { type LambdaUnderTest, startLambda } from '../testing/start-lambda.ts'

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:'
const SOURCE = `exports.handler = async () => ({ pid: process.pid, type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, v: process.env.VARIANT })`
const BROKEN = `throw new Error('no model')`

let cloud: LambdaUnderTest
let client: LambdaClient
let close: () => void
let defects: unknown[]
let sequence = 0
let name: string

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

/** A function with version 1 and the alias `live` that points to it. */
const createAliased = async (source = SOURCE): Promise<void> => {
  await cloud.create(name, source)
  await client.send(new PublishVersionCommand({ FunctionName: name }))
  await client.send(new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: '1' }))
}
const publish = async (v: string): Promise<string> => {
  await client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: name,
      Environment: { Variables: { VARIANT: v } },
    }),
  )
  const { Version = '' } = await client.send(new PublishVersionCommand({ FunctionName: name }))
  return Version
}
const put = (ProvisionedConcurrentExecutions: number, Qualifier = 'live') =>
  client.send(
    new PutProvisionedConcurrencyConfigCommand({
      FunctionName: name,
      Qualifier,
      ProvisionedConcurrentExecutions,
    }),
  )
const get = (Qualifier = 'live') =>
  client.send(new GetProvisionedConcurrencyConfigCommand({ FunctionName: name, Qualifier }))
const becomes = (status: string, Qualifier = 'live') =>
  vi.waitFor(async () => expect(await get(Qualifier)).toMatchObject({ Status: status }), {
    timeout: 5000,
    interval: 20,
  })
const unreserved = async (): Promise<number> =>
  (await client.send(new GetAccountSettingsCommand({}))).AccountLimit?.UnreservedConcurrentExecutions ?? 0
const alive = (): number => cloud.processes.filter(process => isRunning(process.pid)).length
const isRunning = (pid: number | undefined): boolean => {
  try {
    process.kill(pid ?? 0, 0)
    return true
  } catch {
    return false
  }
}

describe('the configuration', () => {
  it('is in progress first, and ready when all environments have initialised', async () => {
    await createAliased()
    const before = cloud.processes.length
    const answer = await put(2)
    expect(answer).toMatchObject({
      $metadata: { httpStatusCode: 202 },
      RequestedProvisionedConcurrentExecutions: 2,
      AvailableProvisionedConcurrentExecutions: 0,
      AllocatedProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
      LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/),
    })
    await becomes('READY')
    expect(await get()).toMatchObject({
      RequestedProvisionedConcurrentExecutions: 2,
      AvailableProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 2,
      LastModified: answer.LastModified,
    })
    expect(cloud.processes.length).toBe(before + 2)
    const { ProvisionedConcurrencyConfigs } = await client.send(
      new ListProvisionedConcurrencyConfigsCommand({ FunctionName: name }),
    )
    expect(ProvisionedConcurrencyConfigs).toEqual([
      {
        FunctionArn: `${ARN}${name}:live`,
        RequestedProvisionedConcurrentExecutions: 2,
        AvailableProvisionedConcurrentExecutions: 2,
        AllocatedProvisionedConcurrentExecutions: 2,
        Status: 'READY',
        LastModified: answer.LastModified,
      },
    ])
  })

  it('is changed in both directions without starting anew what is there', async () => {
    await createAliased()
    await put(2)
    await becomes('READY')
    const before = cloud.processes.length
    await put(3)
    await becomes('READY')
    expect(cloud.processes.length).toBe(before + 1)
    const running = alive()
    await put(1)
    await vi.waitFor(() => expect(alive()).toBe(running - 2))
    expect(await get()).toMatchObject({ AvailableProvisionedConcurrentExecutions: 1, Status: 'READY' })
    expect(cloud.processes.length).toBe(before + 1)
  })

  it('fails with the reason where the function does not initialise, and is tried again when it is put again', async () => {
    await createAliased(BROKEN)
    const before = cloud.processes.length
    await put(2)
    await becomes('FAILED')
    expect(await get()).toMatchObject({
      AvailableProvisionedConcurrentExecutions: 0,
      StatusReason: 'FUNCTION_ERROR_INIT_FAILURE',
    })
    await vi.waitFor(() =>
      expect(cloud.processes.slice(before).filter(({ pid }) => isRunning(pid))).toEqual([]),
    )
    const attempts = cloud.processes.length
    expect(attempts).toBeLessThanOrEqual(before + 2)
    await put(1)
    await becomes('FAILED')
    expect(cloud.processes.length).toBeGreaterThan(attempts)
  })

  it('goes with the alias, with the version and with the function; its environments end', async () => {
    await createAliased()
    const second = await publish('2')
    await put(1)
    await put(1, second)
    await becomes('READY')
    await becomes('READY', second)
    const running = alive()
    await client.send(new DeleteAliasCommand({ FunctionName: name, Name: 'live' }))
    await client.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier: second }))
    await vi.waitFor(() => expect(alive()).toBe(running - 2))
    await put(1, '1')
    await becomes('READY', '1')
    await client.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName: name, Qualifier: '1' }))
    await client.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName: name, Qualifier: '1' }))
    await expect(get('1')).rejects.toMatchObject({
      name: 'ProvisionedConcurrencyConfigNotFoundException',
      message: 'No Provisioned Concurrency Config found for this function',
      $metadata: { httpStatusCode: 404 },
    })
    await put(1, '1')
    await becomes('READY', '1')
    await client.send(new DeleteFunctionCommand({ FunctionName: name }))
    await vi.waitFor(() => expect(alive()).toBe(running - 2))
    await expect(get('1')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

describe('what cannot be provisioned', () => {
  it.each([
    [
      '$LATEST',
      1,
      'InvalidParameterValueException',
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    ],
    [
      'raw',
      1,
      'InvalidParameterValueException',
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    ],
    ['none', 1, 'ResourceNotFoundException', 'Cannot find alias arn: {arn}:none'],
    ['7', 1, 'ResourceNotFoundException', 'Function not found: {arn}:7'],
    [
      'live',
      0,
      'ValidationException',
      "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'live',
      1001,
      'InvalidParameterValueException',
      "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000].",
    ],
    [
      'live',
      950,
      'InvalidParameterValueException',
      "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    ],
  ])('%s with %i is refused: %s', async (qualifier, amount, code, message) => {
    await createAliased()
    await client.send(new CreateAliasCommand({ FunctionName: name, Name: 'raw', FunctionVersion: '$LATEST' }))
    await expect(put(amount, qualifier)).rejects.toMatchObject({
      name: code,
      message: message.replace('{arn}', ARN + name),
    })
  })

  it('is more than this machine can hold', async () => {
    await createAliased()
    await expect(put((await unreserved()) - 100)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(/^Sonde cannot keep \d+ environments initialised on this machine/),
    })
  })

  it('asks for a version or alias when reading and deleting too', async () => {
    await createAliased()
    const error = {
      name: 'InvalidParameterValueException',
      message: 'The function resource provided must be an alias or a published version.',
    }
    await expect(get('$LATEST')).rejects.toMatchObject(error)
    await expect(
      client.send(
        new DeleteProvisionedConcurrencyConfigCommand({ FunctionName: name, Qualifier: '$LATEST' }),
      ),
    ).rejects.toMatchObject(error)
  })

  it('is a version both by itself and through an alias', async () => {
    await createAliased()
    const second = await publish('2')
    await put(1)
    await expect(put(1, '1')).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Version is pointed by a Provisioned Concurrency alias',
    })
    await put(1, second)
    const overlap = {
      name: 'ResourceConflictException',
      message:
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
    }
    const move = (FunctionVersion: string) =>
      client.send(new UpdateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion }))
    await expect(move(second)).rejects.toMatchObject(overlap)
    await expect(move('$LATEST')).rejects.toMatchObject({ name: 'InvalidParameterValueException' })
    await client.send(new CreateAliasCommand({ FunctionName: name, Name: 'next', FunctionVersion: second }))
    await expect(put(1, 'next')).rejects.toMatchObject(overlap)
  })

  it('is more than the function reserves, nor may it then reserve less', async () => {
    await createAliased()
    const reserve = (ReservedConcurrentExecutions: number) =>
      client.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions }))
    await reserve(2)
    await expect(put(3)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message:
        'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    })
    await put(2)
    await expect(reserve(1)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining(
        "should not be lower than function's total provisioned concurrency [2]",
      ),
    })
  })
})

describe("the account's concurrency", () => {
  it('is claimed by what is provisioned, unless the function reserves anyway', async () => {
    await createAliased()
    const before = await unreserved()
    await put(2)
    expect(await unreserved()).toBe(before - 2)
    await client.send(
      new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 5 }),
    )
    expect(await unreserved()).toBe(before - 5)
  })
})
