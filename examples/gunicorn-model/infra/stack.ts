import { dirname, join } from 'node:path'
import { InferenceService } from '@sonde/cdk'
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

    const {
      url,
      table,
      function: predictions,
      model,
    } = new InferenceService(this, 'Service', {
      service: this.stackName,
      description: 'Predictions of flight delays',
      handler: { entry: join(FLIGHT_DELAY, 'function', 'handler.ts'), tracerLayer: false },
      model: {
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
      },
      reference: { file: join(FLIGHT_DELAY, 'data', 'reference.jsonl.gz') },
      operations: ['BatchGetItem'],
    })

    new CfnOutput(this, 'PredictionUrl', { value: url })
    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'FunctionName', { value: predictions.functionName })
    new CfnOutput(this, 'EndpointName', { value: model.endpointName })
  }
}
