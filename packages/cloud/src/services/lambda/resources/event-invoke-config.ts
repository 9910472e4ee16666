import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import { TemplateProperties } from '../template-properties.ts'
import { contextOf, ignoreGone, type ResourceParts } from './parts.ts'

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

/** AWS::Lambda::EventInvokeConfig */
export const eventInvokeConfigType = ({ operations }: ResourceParts): ResourceType => {
  const putEventInvoke = (request: ResourceRequest): ResourceState => {
    const input = eventInvokeInput(request.properties)
    operations.PutFunctionEventInvokeConfig(input, contextOf(request.scope))
    return { physicalId: `${input.FunctionName}|${input.Qualifier}`, attributes: {} }
  }
  return {
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
}
