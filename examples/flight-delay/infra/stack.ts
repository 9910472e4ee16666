import { dirname, join } from 'node:path'
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway'
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray'
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'
import { ModelEndpoint } from './model-endpoint.ts'
import { PredictionFunction } from './prediction-function.ts'
import { ReferenceTable } from './reference-table.ts'

const APP = dirname(import.meta.dirname)

export interface FlightDelayStackProps extends StackProps {
  /** The folder of the built tracer, from `buildTracer`. */
  readonly tracer: string
}

/** API Gateway → Lambda → reference data in DynamoDB and a model on SageMaker. */
export class FlightDelayStack extends Stack {
  constructor(scope: Construct, id: string, { tracer, ...props }: FlightDelayStackProps) {
    super(scope, id, { description: 'Will this flight arrive late?', ...props })

    const { table } = new ReferenceTable(this, 'Reference', join(APP, 'data', 'reference.jsonl.gz'))
    const model = new ModelEndpoint(this, 'Model', {
      image: {
        directory: join(APP, 'model'),
        buildContexts: { tracer },
        // The path differs between machines; what is in it is part of no other hash than the layer's.
        invalidation: { buildContexts: false },
      },
      local: { command: ['node', 'server.ts'], directory: 'model' },
      instanceType: 'ml.c7i.large',
    })
    const { function: predictions } = new PredictionFunction(this, 'Predictions', {
      entry: join(APP, 'function', 'handler.ts'),
      environment: { TABLE_NAME: table.tableName, ENDPOINT_NAME: model.name },
      tracer,
    })
    table.grant(predictions, 'dynamodb:BatchGetItem')
    model.grantInvoke(predictions)

    const api = new RestApi(this, 'Api', {
      restApiName: this.stackName,
      description: 'Predictions of flight delays',
      endpointTypes: [EndpointType.REGIONAL],
      // Belongs to the account, not to one API: execution logs are off, and nothing else needs it.
      cloudWatchRole: false,
      deployOptions: { stageName: 'prod', tracingEnabled: true, metricsEnabled: true },
    })
    api.root.addResource('predictions').addMethod('POST', new LambdaIntegration(predictions))

    // Everything in development; in production 1 %, none of it for certain: fixedRate 0.01, reservoirSize 0.
    new CfnSamplingRule(this, 'Sampling', {
      samplingRule: {
        ruleName: this.stackName,
        priority: 100,
        fixedRate: 1,
        reservoirSize: 0,
        serviceName: `${this.stackName}/*`,
        serviceType: '*',
        host: '*',
        httpMethod: '*',
        urlPath: '*',
        resourceArn: '*',
        version: 1,
      },
    })

    new CfnOutput(this, 'PredictionUrl', { value: api.urlForPath('/predictions') })
    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'FunctionName', { value: predictions.functionName })
    new CfnOutput(this, 'EndpointName', { value: model.name })
  }
}
