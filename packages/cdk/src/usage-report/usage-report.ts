import { join } from 'node:path'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda'
import { Duration, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'
import { WatchFunction } from '../functions/watch-function.ts'
import { USAGE_NAMESPACE } from './report-metrics.ts'

/** API Gateway's figures of a day are complete some time after it: ten past one in the night, UTC. */
const HOUR = '1'
const MINUTE = '10'
const TIMEOUT = Duration.minutes(5)

/**
 * Reports once a day what every API key used of every usage plan of the account the day before, as metrics in `Sonde/Usage`. Account
 * and region wide: one of it is enough.
 */
export class UsageReport extends Construct {
  readonly function: Lambda

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.function = new WatchFunction(this, 'Report', {
      entry: join(import.meta.dirname, 'handler.ts'),
      description: 'Reports the use of every usage plan, daily',
      environment: {},
      timeout: TIMEOUT,
    }).function
    acknowledge(
      this,
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/usageplans/*/usage]',
    )
    const { partition, region } = Stack.of(this)
    this.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['apigateway:GET'],
        resources: [
          `arn:${partition}:apigateway:${region}::/usageplans`,
          `arn:${partition}:apigateway:${region}::/usageplans/*/usage`,
        ],
      }),
    )
    this.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': USAGE_NAMESPACE } },
      }),
    )
    new Rule(this, 'Daily', {
      description: 'What was used of the usage plans yesterday?',
      schedule: Schedule.cron({ hour: HOUR, minute: MINUTE }),
      targets: [new LambdaFunction(this.function, { retryAttempts: 2 })],
    })
  }
}
