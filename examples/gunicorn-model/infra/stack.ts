import { dirname, join } from 'node:path'
import { ModelEndpoint } from '@sonde/example-flight-delay/infra/model-endpoint.ts'
import { PredictionFunction } from '@sonde/example-flight-delay/infra/prediction-function.ts'
import { ReferenceTable } from '@sonde/example-flight-delay/infra/reference-table.ts'
import { EndpointType, LambdaIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CfnOutput, IgnoreMode, Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'

const EXAMPLES = dirname(dirname(import.meta.dirname))
const FLIGHT_DELAY = join(EXAMPLES, 'flight-delay')

/** flight-delay's API, function, reference data and model, with a model server in Python that X-Ray sees into. */
export class GunicornModelStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, {
      description: 'Will this flight arrive late? Traced to inside the model',
      ...props,
    })

    const { table } = new ReferenceTable(this, 'Reference', join(FLIGHT_DELAY, 'data', 'reference.jsonl.gz'))
    const model = new ModelEndpoint(this, 'Model', {
      image: {
        directory: EXAMPLES,
        file: 'gunicorn-model/model/Dockerfile',
        // The server here and flight-delay's model: nothing else of the examples is in the image.
        ignoreMode: IgnoreMode.DOCKER,
        exclude: [
          '**',
          '!gunicorn-model/model/Dockerfile',
          '!gunicorn-model/model/requirements.txt',
          '!gunicorn-model/model/*.py',
          'gunicorn-model/model/*_test.py',
          '!flight-delay/model/model.onnx',
        ],
      },
      local: {
        command: ['python3', 'serve.py'],
        directory: 'model',
        // The image has a copy.
        environment: { MODEL_FILE: '../../flight-delay/model/model.onnx' },
      },
      environment: { AWS_DEFAULT_REGION: this.region },
      // In a container on AWS no daemon runs: segments go to the X-Ray API.
      statements: [new PolicyStatement({ actions: ['xray:PutTraceSegments'], resources: ['*'] })],
      instanceType: 'ml.c7i.large',
    })
    const { function: predictions } = new PredictionFunction(this, 'Predictions', {
      entry: join(FLIGHT_DELAY, 'function', 'handler.ts'),
      environment: { TABLE_NAME: table.tableName, ENDPOINT_NAME: model.name },
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

    new CfnOutput(this, 'PredictionUrl', { value: api.urlForPath('/predictions') })
    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'FunctionName', { value: predictions.functionName })
    new CfnOutput(this, 'EndpointName', { value: model.name })
  }
}
