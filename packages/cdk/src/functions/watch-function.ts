import { Architecture, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import type { Duration } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'
import { functionCode } from './function-code.ts'
import { functionLog } from './function-log.ts'

export interface WatchFunctionProps {
  /** Path of the source that exports `handler`. */
  readonly entry: string
  readonly description: string
  readonly environment: Readonly<Record<string, string>>
  readonly timeout: Duration
}

const MEMORY_MB = 256

/** A small function of the watch: traced, with a log that does not grow for ever, and never tried twice by itself. */
export class WatchFunction extends Construct {
  readonly function: LambdaFunction

  constructor(
    scope: Construct,
    id: string,
    { entry, description, environment, timeout }: WatchFunctionProps,
  ) {
    super(scope, id)
    this.function = new LambdaFunction(this, 'Function', {
      code: functionCode(this, entry),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: MEMORY_MB,
      description,
      environment: { ...environment },
      timeout,
      tracing: Tracing.ACTIVE,
      // A second try would count twice.
      retryAttempts: 0,
    })
    acknowledge(
      this,
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
      // Active tracing, and metrics of a namespace.
      'AwsSolutions-IAM5[Resource::*]',
    )
    functionLog(this, this.function)
  }
}
