import type { EventBus } from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import { endpointArn } from './names.ts'
import type { EndpointRecord } from './records.ts'

/** `InService` as events spell it: `IN_SERVICE`. */
const inCapitals = (status: string): string => status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()

/**
 * Tells the event bus that an endpoint has another status.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */
export const tellStatus = (events: EventBus, scope: Scope, endpoint: EndpointRecord): void => {
  const arn = endpointArn(scope, endpoint.name)
  events.put(scope, {
    source: 'aws.sagemaker',
    detailType: 'SageMaker Endpoint State Change',
    resources: [arn],
    detail: {
      EndpointName: endpoint.name,
      EndpointArn: arn,
      EndpointConfigName: endpoint.configName,
      ProductionVariants: endpoint.variants.map(variant => ({
        VariantName: variant.name,
        CurrentWeight: variant.currentWeight,
        DesiredWeight: variant.desiredWeight,
        CurrentInstanceCount: variant.currentInstanceCount,
        DesiredInstanceCount: variant.desiredInstanceCount,
      })),
      EndpointStatus: inCapitals(endpoint.status),
      ...(endpoint.failureReason !== undefined && { FailureReason: endpoint.failureReason }),
      CreationTime: endpoint.creationTime,
      LastModifiedTime: endpoint.lastModifiedTime,
      Tags: Object.fromEntries(endpoint.tags.map(({ Key, Value }) => [Key, Value])),
    },
  })
}
