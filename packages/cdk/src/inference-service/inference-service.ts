import type { RestApi } from 'aws-cdk-lib/aws-apigateway'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { Watch, type WatchProps } from '../watch/watch.ts'
import { InferenceApi, type InferenceApiProps } from './inference-api.ts'
import { InferenceFunction, type InferenceFunctionProps } from './inference-function.ts'
import { ModelEndpoint, type ModelEndpointProps } from './model-endpoint.ts'
import { ReferenceTable, type ReferenceTableProps } from './reference-table.ts'

/** What a watch is told beyond what the service knows of itself. */
export interface ServiceWatchProps
  extends Omit<
    WatchProps,
    'api' | 'function' | 'table' | 'endpoint' | 'service' | 'healthCheck' | 'operations'
  > {
  /** The account whose health check counts here. */
  readonly healthCheckAccount?: string
}

export interface InferenceServiceProps {
  /** Of the API, its metrics and its alarms. */
  readonly service: string
  readonly description?: string
  /** Gets `TABLE_NAME` and `ENDPOINT_NAME` in its environment. */
  readonly handler: InferenceFunctionProps
  readonly model: ModelEndpointProps
  readonly reference: ReferenceTableProps
  /** What the handler does on the table, such as `BatchGetItem`; it may do nothing else. */
  readonly operations: readonly string[]
  /** Default POST on /predictions, without a key. */
  readonly request?: Partial<Pick<InferenceApiProps, 'path' | 'method' | 'apiKeyRequired' | 'stageName'>>
  /** No watch where absent. */
  readonly watch?: ServiceWatchProps
}

/**
 * The reference architecture: API Gateway in front of a function that looks up reference data in DynamoDB and asks a model on
 * SageMaker. Traced from the edge to inside the model, with least-privilege roles, encryption, logs and its watch.
 */
export class InferenceService extends Construct {
  readonly api: RestApi
  /** Of the request. */
  readonly url: string
  readonly function: Lambda
  readonly table: Table
  readonly model: ModelEndpoint
  readonly watch: Watch | undefined

  constructor(scope: Construct, id: string, props: InferenceServiceProps) {
    super(scope, id)
    const { service, description, operations, request = {}, watch } = props
    this.table = new ReferenceTable(this, 'Reference', props.reference).table
    this.model = new ModelEndpoint(this, 'Model', props.model)
    this.function = new InferenceFunction(this, 'Predictions', {
      ...props.handler,
      environment: {
        ...props.handler.environment,
        TABLE_NAME: this.table.tableName,
        ENDPOINT_NAME: this.model.endpointName,
      },
    }).function
    this.table.grant(this.function, ...operations.map(operation => `dynamodb:${operation}`))
    this.model.grantInvoke(this.function)

    const { api, url } = new InferenceApi(this, 'Api', {
      path: '/predictions',
      method: 'POST',
      ...request,
      apiName: service,
      handler: this.function,
      ...(description !== undefined && { description }),
    })
    this.api = api
    this.url = url
    this.watch = watch && this.#makeWatch(watch, service, operations)
  }

  #makeWatch(props: ServiceWatchProps, service: string, operations: readonly string[]): Watch {
    const { healthCheckAccount, ...rest } = props
    const { endpointName, variantName, instanceType } = this.model
    return new Watch(this, 'Watch', {
      ...rest,
      service,
      api: this.api,
      function: this.function,
      table: this.table,
      operations,
      endpoint: { endpointName, variantName, instanceType },
      ...(healthCheckAccount !== undefined && {
        healthCheck: { account: healthCheckAccount, url: this.url },
      }),
    })
  }
}
