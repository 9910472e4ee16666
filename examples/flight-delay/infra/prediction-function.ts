import { Code, LayerVersion, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

/** More than the function's own limits on DynamoDB and SageMaker together, less than API Gateway's 29 s. */
const TIMEOUT = Duration.seconds(10)

/** Lambda gives CPU in proportion to memory: 1,769 MB is one core, and start-up is CPU. */
const MEMORY_MB = 1024

export interface PredictionFunctionProps {
  /** Path of the handler's source file. */
  readonly entry: string
  readonly environment: Record<string, string>
  /** The folder of the built tracer: a layer of the function instead of a part of its bundle. */
  readonly tracer?: string
}

/** The handler, bundled with the SDK clients that it uses. */
export class PredictionFunction extends Construct {
  readonly function: NodejsFunction

  constructor(scope: Construct, id: string, { entry, environment, tracer }: PredictionFunctionProps) {
    super(scope, id)
    const layer =
      tracer === undefined
        ? undefined
        : new LayerVersion(this, 'Tracer', {
            code: Code.fromAsset(tracer),
            compatibleRuntimes: [Runtime.NODEJS_24_X],
            description: '@sonde/trace',
          })
    this.function = new NodejsFunction(this, 'Function', {
      entry,
      runtime: Runtime.NODEJS_24_X,
      memorySize: MEMORY_MB,
      timeout: TIMEOUT,
      tracing: Tracing.ACTIVE,
      environment,
      ...(layer && { layers: [layer] }),
      bundling: {
        ...(layer && { externalModules: ['@sonde/trace'] }),
        minify: true,
        target: 'node24',
        // The runtime's own SDK is older and loads slower than a bundled one.
        bundleAwsSDK: true,
        // ES module sources let esbuild drop what is not used: 345 KB and 55 ms to import, against 537 KB and 90 ms.
        mainFields: ['module', 'main'],
      },
    })
    // The group that Lambda would make by itself, and keep for ever, with the first line logged.
    new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${this.function.functionName}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
  }
}
