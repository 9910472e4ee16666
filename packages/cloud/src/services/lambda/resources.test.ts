import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ResourceRequest, ResourceState, ResourceType } from '../../kernel/resource-type.ts'
import { type LambdaUnderTest, ROLE, SCOPE, startLambda, zip } from './testing/start-lambda.ts'

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:'

let cloud: LambdaUnderTest
beforeAll(async () => {
  cloud = await startLambda()
})
afterAll(() => cloud.stop())

const type = (name: string): ResourceType => {
  const found = cloud.resources[`AWS::Lambda::${name}`]
  if (!found) throw new Error(`no resource type ${name}`)
  return found
}

let sequence = 0
const request = (properties: Record<string, unknown>): ResourceRequest => ({
  scope: SCOPE,
  stackName: 'stack',
  stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/stack/1',
  logicalId: 'Logical',
  properties,
  metadata: {},
  generateName: () => `stack-Logical-${sequence++}`,
  progress: () => {},
})

const inline = (text: string) => ({
  Code: { ZipFile: `exports.handler = async () => ${JSON.stringify(text)}` },
  Handler: 'index.handler',
  Role: ROLE,
  Runtime: 'nodejs22.x',
})

const create = async (name: string, properties: Record<string, unknown>): Promise<ResourceState> =>
  type(name).create(request(properties))

const update = async (name: string, state: ResourceState, before: object, after: object) =>
  type(name).update?.(request({ ...after }), { ...state, properties: { ...before } })

describe('AWS::Lambda::Function', () => {
  it('is created from inline code, with parameters as text, and deleted', async () => {
    const properties = {
      ...inline('inline'),
      Timeout: '7',
      Environment: { Variables: { LIMIT: 5 } },
      Tags: [{ Key: 'team', Value: 'ml' }],
      ReservedConcurrentExecutions: 3,
    }
    const state = await create('Function', properties)
    expect(state.attributes.Arn).toBe(ARN + state.physicalId)
    expect((await cloud.invoke(state.physicalId)).payload).toBe('inline')
    const found = cloud.operations.GetFunction({ FunctionName: state.physicalId }, cloud.context)
    expect(found).toMatchObject({
      Configuration: { Timeout: 7, Environment: { Variables: { LIMIT: '5' } } },
      Tags: { team: 'ml' },
      Concurrency: { ReservedConcurrentExecutions: 3 },
    })
    await type('Function').delete(SCOPE, state, properties)
    await type('Function').delete(SCOPE, state, properties)
    await expect(cloud.invoke(state.physicalId)).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
  })

  it('takes new code from S3 and new configuration in place, and drops what the template no longer says', async () => {
    cloud.objects.set(
      'assets/code.zip',
      zip({ 'index.js': "exports.handler = async () => process.env.TABLE ?? 'none'" }),
    )
    const before = { ...inline('old'), Environment: { Variables: { TABLE: '1' } } }
    const state = await create('Function', before)
    expect((await cloud.invoke(state.physicalId)).payload).toBe('old')
    const middle = { ...before, Code: { S3Bucket: 'assets', S3Key: 'code.zip' } }
    expect(await update('Function', state, before, middle)).toEqual(state)
    expect((await cloud.invoke(state.physicalId)).payload).toBe('1')
    const { Environment: _, ...after } = middle
    await update('Function', state, middle, after)
    expect((await cloud.invoke(state.physicalId)).payload).toBe('none')
  })

  it('is replaced where its name changes', async () => {
    const before = { ...inline('x'), FunctionName: 'named' }
    const state = await create('Function', before)
    expect(await update('Function', state, before, { ...before, FunctionName: 'other' })).toBe('replace')
  })

  it.each([
    ['Timeout', { Timeout: 'soon' }, 'Property Timeout must be a whole number, not "soon".'],
    [
      'LoggingConfig',
      { LoggingConfig: { Colour: 'x' } },
      'Encountered unsupported property LoggingConfig.Colour',
    ],
    ['Code', { Code: { Inline: 'x' } }, 'Encountered unsupported property Code.Inline'],
  ])('refuses a wrong %s by name', async (_name, properties, message) => {
    await expect(create('Function', { ...inline('x'), ...properties })).rejects.toMatchObject({ message })
  })

  it('leaves nothing behind when its concurrency is refused', async () => {
    const properties = { ...inline('x'), FunctionName: 'half', ReservedConcurrentExecutions: 5000 }
    await expect(create('Function', properties)).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
    })
    await expect(cloud.invoke('half')).rejects.toMatchObject({ code: 'ResourceNotFoundException' })
  })
})

describe('what belongs to a function', () => {
  it('is published, named, permitted and set up, and deleted in any order', async () => {
    const properties = inline('versioned')
    const { physicalId: name } = await create('Function', properties)
    const version = await create('Version', { FunctionName: name })
    expect(version).toMatchObject({ physicalId: `${ARN}${name}:1`, attributes: { Version: '1' } })
    await expect(create('Version', { FunctionName: name })).rejects.toMatchObject({
      message:
        'A version for this Lambda function exists ( 1 ). Modify the function to create a new version.',
    })
    const aliasProperties = { FunctionName: name, FunctionVersion: '1', Name: 'live' }
    const alias = await create('Alias', aliasProperties)
    expect(alias).toEqual({
      physicalId: `${ARN}${name}:live`,
      attributes: { AliasArn: `${ARN}${name}:live` },
    })
    expect(
      await update('Alias', alias, aliasProperties, { ...aliasProperties, FunctionVersion: '$LATEST' }),
    ).toEqual(alias)
    const permissionProperties = {
      FunctionName: alias.physicalId,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    }
    const permission = await create('Permission', permissionProperties)
    const result = await cloud.lambda.invoke({
      functionArn: alias.physicalId,
      payload: Buffer.from('{}'),
      invocationType: 'RequestResponse',
      caller: {
        service: 'apigateway.amazonaws.com',
        sourceArn: 'arn:aws:execute-api:us-east-1:000000000000:a/b',
      },
    })
    expect(Buffer.from(result.payload).toString()).toBe('"versioned"')
    const eventProperties = { FunctionName: name, Qualifier: '$LATEST', MaximumRetryAttempts: '1' }
    const event = await create('EventInvokeConfig', eventProperties)
    expect(
      cloud.operations.GetFunctionEventInvokeConfig({ FunctionName: name }, cloud.context)
        .MaximumRetryAttempts,
    ).toBe(1)

    await type('Function').delete(SCOPE, { physicalId: name, attributes: {} }, properties)
    await type('EventInvokeConfig').delete(SCOPE, event, eventProperties)
    await type('Permission').delete(SCOPE, permission, permissionProperties)
    await type('Alias').delete(SCOPE, alias, aliasProperties)
    await type('Version').delete(SCOPE, version, { FunctionName: name })
  })

  it('AWS::Lambda::LayerVersion is published from S3', async () => {
    cloud.objects.set('assets/layer.zip', zip({ 'nodejs/node_modules/l/index.js': 'module.exports = 1' }))
    const properties = { Content: { S3Bucket: 'assets', S3Key: 'layer.zip' } }
    const layer = await create('LayerVersion', properties)
    expect(layer.physicalId).toBe('arn:aws:lambda:us-east-1:000000000000:layer:Logical:1')
    const name = 'with-layer'
    await cloud.create(name, "exports.handler = async () => require('l')", { Layers: [layer.physicalId] })
    expect((await cloud.invoke(name)).payload).toBe(1)
    await type('LayerVersion').delete(SCOPE, layer, properties)
  })
})

describe('ProvisionedConcurrencyConfig', () => {
  const environments = (amount: number | string) => ({
    ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: amount },
  })
  const provisioned = (name: string, qualifier: string) =>
    cloud.operations.GetProvisionedConcurrencyConfig(
      { FunctionName: name, Qualifier: qualifier },
      cloud.context,
    )
  const missing = expect.objectContaining({ code: 'ProvisionedConcurrencyConfigNotFoundException' })

  it('of an alias is ready when the resource is; it follows the alias, changes and goes', async () => {
    const before = inline('one')
    const fn = await create('Function', before)
    const name = fn.physicalId
    await create('Version', { FunctionName: name })
    const properties = { FunctionName: name, FunctionVersion: '1', Name: 'live', ...environments('2') }
    const alias = await create('Alias', properties)
    expect(provisioned(name, 'live')).toMatchObject({
      Status: 'READY',
      AvailableProvisionedConcurrentExecutions: 2,
    })
    await update('Function', fn, before, inline('two'))
    await create('Version', { FunctionName: name })
    const moved = { ...properties, FunctionVersion: '2', ...environments(1) }
    expect(await update('Alias', alias, properties, moved)).toEqual(alias)
    expect(provisioned(name, 'live')).toMatchObject({
      Status: 'READY',
      RequestedProvisionedConcurrentExecutions: 1,
      AvailableProvisionedConcurrentExecutions: 1,
    })
    const started = cloud.processes.length
    expect((await cloud.invoke(`${name}:live`)).payload).toBe('two')
    expect(cloud.processes.length).toBe(started)
    const { ProvisionedConcurrencyConfig: _gone, ...bare } = moved
    await update('Alias', alias, moved, bare)
    expect(() => provisioned(name, 'live')).toThrow(missing)
  })

  it('of a version is changed without a new version', async () => {
    const { physicalId: name } = await create('Function', inline('one'))
    const properties = { FunctionName: name, ...environments(1) }
    const version = await create('Version', properties)
    expect(provisioned(name, '1').Status).toBe('READY')
    expect(await update('Version', version, properties, { FunctionName: name, ...environments(2) })).toEqual(
      version,
    )
    expect(provisioned(name, '1')).toMatchObject({
      Status: 'READY',
      AvailableProvisionedConcurrentExecutions: 2,
    })
    expect(await update('Version', version, properties, { ...properties, Description: 'new' })).toBe(
      'replace',
    )
    await update('Version', version, properties, { FunctionName: name })
    expect(() => provisioned(name, '1')).toThrow(missing)
  })

  it('that cannot be initialised fails the resource and leaves nothing of it', async () => {
    const code = { ZipFile: "throw new Error('no model')" }
    const { physicalId: name } = await create('Function', { ...inline('x'), Code: code })
    const failure = {
      code: 'NotStabilized',
      message:
        'Provisioned Concurrency configuration failed to be applied. Reason: FUNCTION_ERROR_INIT_FAILURE',
    }
    await expect(create('Version', { FunctionName: name, ...environments(1) })).rejects.toMatchObject(failure)
    expect(
      cloud.operations.ListVersionsByFunction({ FunctionName: name }, cloud.context).Versions,
    ).toHaveLength(1)
    const version = await create('Version', { FunctionName: name, Description: 'second' })
    const properties = { FunctionName: name, FunctionVersion: version.attributes.Version, Name: 'live' }
    await expect(create('Alias', { ...properties, ...environments(1) })).rejects.toMatchObject(failure)
    expect(cloud.operations.ListAliases({ FunctionName: name }, cloud.context).Aliases).toEqual([])
  })

  it.each([
    [{}, 'Property ProvisionedConcurrencyConfig must have the property ProvisionedConcurrentExecutions.'],
    [{ Amount: 1 }, 'Encountered unsupported property ProvisionedConcurrencyConfig.Amount'],
  ])('%j is refused by name', async (config, message) => {
    const { physicalId: name } = await create('Function', inline('x'))
    const properties = { FunctionName: name, ProvisionedConcurrencyConfig: config }
    await expect(create('Version', properties)).rejects.toMatchObject({ message })
  })
})
