import type { ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { applyConfiguration, checkArchitecture } from '../configuration.ts'
import { requireLayers } from '../descriptions.ts'
import { functionArn } from '../names.ts'
import { storeCode } from '../operations/code.ts'
import { checkTags, requireTracePermission } from '../operations/functions.ts'
import { TemplateProperties } from '../template-properties.ts'
import { readCode } from './function-code.ts'
import { readConfiguration } from './function-configuration.ts'
import { contextOf, ignoreGone, type ResourceParts } from './parts.ts'

const NAME_LENGTH = 64

const functionState = (scope: Scope, name: string): ResourceState => ({
  physicalId: name,
  attributes: {
    Arn: functionArn(scope, name),
    'SnapStartResponse.ApplyOn': 'None',
    'SnapStartResponse.OptimizationStatus': 'Off',
  },
})

/** AWS::Lambda::Function */
export const functionType = (parts: ResourceParts): ResourceType => {
  const { catalogue, operations } = parts

  const reserve = (scope: Scope, name: string, reserved: number | undefined): void => {
    const present = catalogue.functions.get(scope, name)?.reservedConcurrency
    if (reserved === present) return
    if (reserved === undefined) operations.DeleteFunctionConcurrency({ FunctionName: name }, contextOf(scope))
    else {
      const input = { FunctionName: name, ReservedConcurrentExecutions: reserved }
      operations.PutFunctionConcurrency(input, contextOf(scope))
    }
  }

  return {
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
        parts.outlets,
      )
      requireTracePermission(parts.mayWriteTraces, settings, latest)
      requireLayers(catalogue, settings.layers, latest.layers)
      const code = await storeCode(parts, scope, readCode(properties, settings.runtime))
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
}
