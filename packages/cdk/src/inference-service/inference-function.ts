import { Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'
import { functionLog } from '../functions/function-log.ts'
import { TracerLayer } from './tracer-layer.ts'

/** More than the function's own limits on DynamoDB and SageMaker together, less than API Gateway's 29 s. */
const TIMEOUT = Duration.seconds(10)

/** Lambda gives CPU in proportion to memory: 1,769 MB is one core, and start-up is CPU. */
const MEMORY_MB = 1024

export interface InferenceFunctionProps {
  /** Path of the handler's source file; it exports `handler`. */
  readonly entry: string
  readonly environment?: Readonly<Record<string, string>>
  /** Default 10 s; API Gateway gives up after 29. */
  readonly timeout?: Duration
  /** MB. Default 1,024. */
  readonly memorySize?: number
  /** Whether @sonde/trace is a layer instead of a part of the bundle. Default true. */
  readonly tracerLayer?: boolean
}

/** The handler, bundled with the SDK clients that it uses, and traced. */
export class InferenceFunction extends Construct {
  readonly function: NodejsFunction

  constructor(scope: Construct, id: string, props: InferenceFunctionProps) {
    super(scope, id)
    const { entry, environment = {}, timeout = TIMEOUT, memorySize = MEMORY_MB, tracerLayer = true } = props
    const layers = tracerLayer ? [new TracerLayer(this, 'Tracer').layer] : []
    this.function = new NodejsFunction(this, 'Function', {
      entry,
      runtime: Runtime.NODEJS_24_X,
      memorySize,
      timeout,
      tracing: Tracing.ACTIVE,
      environment: { ...environment },
      layers,
      bundling: {
        externalModules: tracerLayer ? ['@sonde/trace'] : [],
        minify: true,
        target: 'node24',
        // The runtime's own SDK is older and loads slower than a bundled one.
        bundleAwsSDK: true,
        // ES module sources let esbuild drop what is not used: 345 KB and 55 ms to import, against 537 KB and 90 ms.
        mainFields: ['module', 'main'],
      },
    })
    acknowledge(
      this,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      'AwsSolutions-IAM5[Resource::*]',
    )
    functionLog(this, this.function)
  }
}
