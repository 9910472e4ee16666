import { notImplemented, ServiceError } from '@sonde/wire'
import { strToU8, zipSync } from 'fflate'
import { arn, globalArn } from '../../kernel/arn.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { uuid } from '../../kernel/ids.ts'
import type {
  ResourceRequest,
  ResourceState,
  ResourceType,
  ResourceTypes,
} from '../../kernel/resource-type.ts'
import type { Scope } from '../../kernel/scope.ts'
import { applyConfiguration, type ConfigurationInput, checkArchitecture } from './configuration.ts'
import { requireLayers } from './descriptions.ts'
import { functionArn, parseFunctionName } from './names.ts'
import type { CodeInput } from './operations/code.ts'
import { storeCode } from './operations/code.ts'
import type { OperationsDependencies } from './operations/dependencies.ts'
import { checkTags, requireTracePermission } from './operations/functions.ts'
import type { lambdaOperations } from './operations/operations.ts'
import { TemplateProperties } from './template-properties.ts'

/** Zip timestamps start there; a fixed one makes equal sources equal packages. */
const ZIP_EPOCH = new Date(1980, 0, 1)
const NAME_LENGTH = 64

/** CloudFormation's own request to the service. */
const contextOf = (scope: Scope): RequestContext => ({
  scope,
  identity: { account: scope.account, arn: globalArn(scope, 'iam', 'root'), userId: scope.account },
  requestId: uuid(),
  endpoint: '',
})

const isGone = (error: unknown): boolean =>
  error instanceof ServiceError && error.code === 'ResourceNotFoundException'

/** Deleting what is gone is no error. */
const ignoreGone = async (task: () => unknown): Promise<void> => {
  try {
    await task()
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

/** `Code`: a package in S3, or `ZipFile`, which in a template is the source of one file. */
const readCode = (properties: TemplateProperties, runtime: string): CodeInput => {
  const code = properties.object('Code')
  code.only(['S3Bucket', 'S3Key', 'S3ObjectVersion', 'ImageUri', 'SourceKMSKeyArn', 'ZipFile'])
  const source = code.text('ZipFile')
  const file = runtime.startsWith('nodejs') ? 'index.js' : undefined
  if (source !== undefined && file === undefined)
    throw notImplemented(`Code.ZipFile in a template for ${runtime}`)
  return {
    S3Bucket: code.text('S3Bucket'),
    S3Key: code.text('S3Key'),
    S3ObjectVersion: code.text('S3ObjectVersion'),
    ImageUri: code.text('ImageUri'),
    SourceKMSKeyArn: code.text('SourceKMSKeyArn'),
    ...(source === undefined || file === undefined
      ? {}
      : { ZipFile: zipSync({ [file]: [strToU8(source), { mtime: ZIP_EPOCH }] }) }),
  }
}

const readConfiguration = (properties: TemplateProperties): ConfigurationInput => {
  const ephemeralStorage = properties.object('EphemeralStorage').number('Size')
  const tracing = properties.object('TracingConfig').text('Mode')
  const logging = properties.object('LoggingConfig')
  const environment = properties.has('Environment') ? properties.object('Environment') : undefined
  environment?.only(['Variables'])
  const deadLetter = properties.object('DeadLetterConfig')
  deadLetter.only(['TargetArn'])
  logging.only(['LogFormat', 'LogGroup', 'ApplicationLogLevel', 'SystemLogLevel'])
  return {
    Role: properties.text('Role'),
    Runtime: properties.text('Runtime') as ConfigurationInput['Runtime'],
    Handler: properties.text('Handler'),
    Description: properties.text('Description'),
    Timeout: properties.number('Timeout'),
    MemorySize: properties.number('MemorySize'),
    Environment: environment ? { Variables: environment.object('Variables').texts() } : undefined,
    TracingConfig:
      tracing === undefined
        ? undefined
        : { Mode: tracing as NonNullable<ConfigurationInput['TracingConfig']>['Mode'] },
    EphemeralStorage: ephemeralStorage === undefined ? undefined : { Size: ephemeralStorage },
    Layers: properties.list('Layers'),
    DeadLetterConfig: properties.has('DeadLetterConfig')
      ? { TargetArn: deadLetter.text('TargetArn') }
      : undefined,
    LoggingConfig: logging.isEmpty
      ? undefined
      : {
          LogFormat: logging.text('LogFormat') as 'JSON' | 'Text' | undefined,
          LogGroup: logging.text('LogGroup'),
          ApplicationLogLevel: logging.text('ApplicationLogLevel') as 'INFO' | undefined,
          SystemLogLevel: logging.text('SystemLogLevel') as 'INFO' | undefined,
        },
  }
}

const destinationsOf = (given: TemplateProperties) => {
  given.only(['OnSuccess', 'OnFailure'])
  const [success, failure] = [given.object('OnSuccess'), given.object('OnFailure')]
  success.only(['Destination'])
  failure.only(['Destination'])
  return {
    OnSuccess: { Destination: success.text('Destination') },
    OnFailure: { Destination: failure.text('Destination') },
  }
}

const functionState = (scope: Scope, name: string): ResourceState => ({
  physicalId: name,
  attributes: {
    Arn: functionArn(scope, name),
    'SnapStartResponse.ApplyOn': 'None',
    'SnapStartResponse.OptimizationStatus': 'Off',
  },
})

/** AWS::Lambda::*: Function, Version, Alias, Permission, EventInvokeConfig and LayerVersion. */
export const lambdaResources = (
  dependencies: OperationsDependencies,
  operations: ReturnType<typeof lambdaOperations>,
): ResourceTypes => {
  const { catalogue } = dependencies

  const reserve = (scope: Scope, name: string, reserved: number | undefined): void => {
    const present = catalogue.functions.get(scope, name)?.reservedConcurrency
    if (reserved === present) return
    if (reserved === undefined) operations.DeleteFunctionConcurrency({ FunctionName: name }, contextOf(scope))
    else {
      const input = { FunctionName: name, ReservedConcurrentExecutions: reserved }
      operations.PutFunctionConcurrency(input, contextOf(scope))
    }
  }

  const functionType: ResourceType = {
    required: ['Code', 'Role'],
    properties: [
      'Architectures',
      'Code',
      'DeadLetterConfig',
      'Description',
      'Environment',
      'EphemeralStorage',
      'FunctionName',
      'Handler',
      'Layers',
      'LoggingConfig',
      'MemorySize',
      'PackageType',
      'ReservedConcurrentExecutions',
      'Role',
      'Runtime',
      'Tags',
      'Timeout',
      'TracingConfig',
    ],
    create: async request => {
      const { scope } = request
      const properties = new TemplateProperties(request.properties)
      const name = properties.text('FunctionName') ?? request.generateName(NAME_LENGTH)
      await operations.CreateFunction(
        {
          ...readConfiguration(properties),
          FunctionName: name,
          PackageType: properties.text('PackageType') as 'Zip' | undefined,
          Architectures: properties.list('Architectures') as Array<'arm64'> | undefined,
          Code: readCode(properties, properties.text('Runtime') ?? ''),
          Role: properties.text('Role') ?? '',
          Tags: properties.tags('Tags'),
        },
        contextOf(scope),
      )
      try {
        reserve(scope, name, properties.number('ReservedConcurrentExecutions'))
      } catch (error) {
        catalogue.delete({ scope, name, qualifier: undefined })
        throw error
      }
      return functionState(scope, name)
    },
    update: async (request, previous) => {
      const { scope } = request
      const properties = new TemplateProperties(request.properties)
      const before = new TemplateProperties(previous.properties)
      const isReplaced = ['FunctionName', 'PackageType'].some(
        name => properties.text(name) !== before.text(name),
      )
      if (isReplaced) return 'replace'
      const reference = { scope, name: previous.physicalId, qualifier: undefined }
      const { latest } = catalogue.require(reference)
      const settings = applyConfiguration(
        latest.functionName,
        undefined,
        readConfiguration(properties),
        dependencies.outlets,
      )
      requireTracePermission(dependencies.mayWriteTraces, settings, latest)
      requireLayers(catalogue, settings.layers, latest.layers)
      const code = await storeCode(dependencies, scope, readCode(properties, settings.runtime))
      const content = {
        ...settings,
        functionName: latest.functionName,
        architecture: checkArchitecture(properties.list('Architectures')),
        codeHash: code.hash,
        codeSize: code.size,
      }
      const tags = checkTags(properties.tags('Tags'))
      reserve(scope, reference.name, properties.number('ReservedConcurrentExecutions'))
      const updated = catalogue.update(reference, content, undefined)
      catalogue.replace(scope, { ...updated, tags })
      return functionState(scope, reference.name)
    },
    delete: (scope, { physicalId }) =>
      ignoreGone(() => catalogue.delete({ scope, name: physicalId, qualifier: undefined })),
  }

  const versionType: ResourceType = {
    required: ['FunctionName'],
    properties: ['CodeSha256', 'Description', 'FunctionName'],
    create: ({ scope, properties: given }) => {
      const properties = new TemplateProperties(given)
      const reference = parseFunctionName(scope, properties.text('FunctionName') ?? '')
      const { nextVersion } = catalogue.require(reference)
      const published = operations.PublishVersion(
        {
          FunctionName: reference.name,
          CodeSha256: properties.text('CodeSha256'),
          Description: properties.text('Description'),
        },
        contextOf(reference.scope),
      )
      if (Number(published.Version) !== nextVersion) {
        throw new ServiceError(
          'AlreadyExists',
          `A version for this Lambda function exists ( ${published.Version} ). Modify the function to create a new version.`,
        )
      }
      return {
        physicalId: published.FunctionArn ?? '',
        attributes: { Version: published.Version, FunctionArn: published.FunctionArn },
      }
    },
    delete: (scope, { physicalId }) =>
      ignoreGone(() => operations.DeleteFunction({ FunctionName: physicalId }, contextOf(scope))),
  }

  const aliasInput = (request: ResourceRequest) => {
    const properties = new TemplateProperties(request.properties)
    return {
      FunctionName: properties.text('FunctionName') ?? '',
      Name: properties.text('Name') ?? '',
      FunctionVersion: properties.text('FunctionVersion') ?? '',
      Description: properties.text('Description') ?? '',
    }
  }
  const aliasState = (aliasArn: string | undefined): ResourceState => ({
    physicalId: aliasArn ?? '',
    attributes: { AliasArn: aliasArn },
  })
  const aliasType: ResourceType = {
    required: ['FunctionName', 'FunctionVersion', 'Name'],
    properties: ['Description', 'FunctionName', 'FunctionVersion', 'Name'],
    create: request =>
      aliasState(operations.CreateAlias(aliasInput(request), contextOf(request.scope)).AliasArn),
    update: (request, previous) => {
      const isReplaced = ['FunctionName', 'Name'].some(
        name => request.properties[name] !== previous.properties[name],
      )
      if (isReplaced) return 'replace'
      return aliasState(operations.UpdateAlias(aliasInput(request), contextOf(request.scope)).AliasArn)
    },
    delete: (scope, _state, properties) =>
      ignoreGone(() => {
        const given = new TemplateProperties(properties)
        const input = { FunctionName: given.text('FunctionName') ?? '', Name: given.text('Name') ?? '' }
        operations.DeleteAlias(input, contextOf(scope))
      }),
  }

  const permissionType: ResourceType = {
    required: ['Action', 'FunctionName', 'Principal'],
    properties: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
    create: request => {
      const properties = new TemplateProperties(request.properties)
      const statementId = request.generateName(100)
      operations.AddPermission(
        {
          StatementId: statementId,
          FunctionName: properties.text('FunctionName') ?? '',
          Action: properties.text('Action') ?? '',
          Principal: properties.text('Principal') ?? '',
          SourceAccount: properties.text('SourceAccount'),
          SourceArn: properties.text('SourceArn'),
        },
        contextOf(request.scope),
      )
      return { physicalId: statementId, attributes: { Id: statementId } }
    },
    delete: (scope, { physicalId }, properties) =>
      ignoreGone(() => {
        const name = new TemplateProperties(properties).text('FunctionName') ?? ''
        operations.RemovePermission({ FunctionName: name, StatementId: physicalId }, contextOf(scope))
      }),
  }

  const eventInvokeInput = (properties: Readonly<Record<string, unknown>>) => {
    const given = new TemplateProperties(properties)
    return {
      FunctionName: given.text('FunctionName') ?? '',
      Qualifier: given.text('Qualifier') ?? '$LATEST',
      MaximumRetryAttempts: given.number('MaximumRetryAttempts'),
      MaximumEventAgeInSeconds: given.number('MaximumEventAgeInSeconds'),
      DestinationConfig: destinationsOf(given.object('DestinationConfig')),
    }
  }
  const putEventInvoke = (request: ResourceRequest): ResourceState => {
    const input = eventInvokeInput(request.properties)
    operations.PutFunctionEventInvokeConfig(input, contextOf(request.scope))
    return { physicalId: `${input.FunctionName}|${input.Qualifier}`, attributes: {} }
  }
  const eventInvokeType: ResourceType = {
    required: ['FunctionName', 'Qualifier'],
    properties: [
      'DestinationConfig',
      'FunctionName',
      'MaximumEventAgeInSeconds',
      'MaximumRetryAttempts',
      'Qualifier',
    ],
    create: putEventInvoke,
    update: (request, previous) => {
      const isReplaced = ['FunctionName', 'Qualifier'].some(
        name => request.properties[name] !== previous.properties[name],
      )
      return isReplaced ? 'replace' : putEventInvoke(request)
    },
    delete: (scope, _state, properties) =>
      ignoreGone(() => {
        const { FunctionName, Qualifier } = eventInvokeInput(properties)
        operations.DeleteFunctionEventInvokeConfig({ FunctionName, Qualifier }, contextOf(scope))
      }),
  }

  const layerType: ResourceType = {
    required: ['Content'],
    properties: [
      'CompatibleArchitectures',
      'CompatibleRuntimes',
      'Content',
      'Description',
      'LayerName',
      'LicenseInfo',
    ],
    create: async request => {
      const properties = new TemplateProperties(request.properties)
      const content = properties.object('Content')
      content.only(['S3Bucket', 'S3Key', 'S3ObjectVersion'])
      const layer = await operations.PublishLayerVersion(
        {
          LayerName: properties.text('LayerName') ?? request.logicalId,
          Description: properties.text('Description'),
          LicenseInfo: properties.text('LicenseInfo'),
          CompatibleRuntimes: properties.list('CompatibleRuntimes') as Array<'nodejs22.x'> | undefined,
          CompatibleArchitectures: properties.list('CompatibleArchitectures') as Array<'arm64'> | undefined,
          Content: {
            S3Bucket: content.text('S3Bucket'),
            S3Key: content.text('S3Key'),
            S3ObjectVersion: content.text('S3ObjectVersion'),
          },
        },
        contextOf(request.scope),
      )
      const layerVersionArn = layer.LayerVersionArn ?? arn(request.scope, 'lambda', 'layer')
      return { physicalId: layerVersionArn, attributes: { LayerVersionArn: layerVersionArn } }
    },
    delete: (scope, { physicalId }) => {
      const [, , , , , , LayerName = '', version = ''] = physicalId.split(':')
      operations.DeleteLayerVersion({ LayerName, VersionNumber: Number(version) }, contextOf(scope))
    },
  }

  return {
    'AWS::Lambda::Function': functionType,
    'AWS::Lambda::Version': versionType,
    'AWS::Lambda::Alias': aliasType,
    'AWS::Lambda::Permission': permissionType,
    'AWS::Lambda::EventInvokeConfig': eventInvokeType,
    'AWS::Lambda::LayerVersion': layerType,
  }
}
