import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import { TemplateProperties } from '../template-properties.ts'
import { contextOf, ignoreGone, type ResourceParts } from './parts.ts'
import { provision, readProvisionedConcurrency } from './provisioned-concurrency-config.ts'

const aliasInput = (request: ResourceRequest) => {
  const properties = new TemplateProperties(request.properties)
  return {
    FunctionName: properties.text('FunctionName') ?? '',
    Name: properties.text('Name') ?? '',
    FunctionVersion: properties.text('FunctionVersion') ?? '',
    Description: properties.text('Description') ?? '',
  }
}
const aliasState = (aliasArn: string): ResourceState => ({
  physicalId: aliasArn,
  attributes: { AliasArn: aliasArn },
})

/** AWS::Lambda::Alias */
export const aliasType = (parts: ResourceParts): ResourceType => {
  const { operations } = parts
  return {
    required: ['FunctionName', 'FunctionVersion', 'Name'],
    properties: ['Description', 'FunctionName', 'FunctionVersion', 'Name', 'ProvisionedConcurrencyConfig'],
    create: async request => {
      const input = aliasInput(request)
      const amount = readProvisionedConcurrency(new TemplateProperties(request.properties))
      const { AliasArn: arn = '' } = operations.CreateAlias(input, contextOf(request.scope))
      try {
        await provision(parts, request, arn, amount)
      } catch (error) {
        await ignoreGone(() => operations.DeleteAlias(input, contextOf(request.scope)))
        throw error
      }
      return aliasState(arn)
    },
    update: async (request, previous) => {
      const isReplaced = ['FunctionName', 'Name'].some(
        name => request.properties[name] !== previous.properties[name],
      )
      if (isReplaced) return 'replace'
      const amount = readProvisionedConcurrency(new TemplateProperties(request.properties))
      // Before the alias moves: it may go to a version that is provisioned by itself.
      if (amount === undefined) await provision(parts, request, previous.physicalId, undefined)
      const { AliasArn: arn = '' } = operations.UpdateAlias(aliasInput(request), contextOf(request.scope))
      await provision(parts, request, arn, amount)
      return aliasState(arn)
    },
    delete: (scope, _state, properties) =>
      ignoreGone(() => {
        const given = new TemplateProperties(properties)
        const input = { FunctionName: given.text('FunctionName') ?? '', Name: given.text('Name') ?? '' }
        operations.DeleteAlias(input, contextOf(scope))
      }),
  }
}
