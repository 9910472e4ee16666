import { dirname, join } from 'node:path'
import { InferenceService, tracerFolder } from '@sonde/cdk'
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'

const APP = dirname(import.meta.dirname)

export interface FlightDelayStackProps extends StackProps {
  /** The account that checks this one once a minute; nobody does where it is absent. */
  readonly healthCheckAccount?: string
}

/** API Gateway → Lambda → reference data in DynamoDB and a model on SageMaker, and the watch around them. */
export class FlightDelayStack extends Stack {
  readonly service: InferenceService

  constructor(scope: Construct, id: string, { healthCheckAccount, ...props }: FlightDelayStackProps = {}) {
    super(scope, id, { description: 'Will this flight arrive late?', ...props })

    this.service = new InferenceService(this, 'Service', {
      service: this.stackName,
      description: 'Predictions of flight delays',
      handler: { entry: join(APP, 'function', 'handler.ts') },
      model: {
        image: {
          directory: join(APP, 'model'),
          buildContexts: { tracer: tracerFolder(this) },
          // The path differs between machines; what is in it is part of no other hash than the layer's.
          invalidation: { buildContexts: false },
        },
        local: { command: ['node', 'server.ts'], directory: 'model' },
        instanceType: 'ml.c7i.large',
      },
      reference: { file: join(APP, 'data', 'reference.jsonl.gz') },
      operations: ['BatchGetItem'],
      watch: {
        sla: { availability: 99.95, latency: { p90: Duration.millis(200) } },
        owner: 'flight-delay',
        runbook: 'docs/runbook.md',
        // Everything in development; in production 1 %, none of it for certain: 'production'.
        sampling: 'development',
        ...(healthCheckAccount !== undefined && { healthCheckAccount }),
      },
    })

    const { url, table, function: predictions, model } = this.service
    new CfnOutput(this, 'PredictionUrl', { value: url })
    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'FunctionName', { value: predictions.functionName })
    new CfnOutput(this, 'EndpointName', { value: model.endpointName })
  }
}
