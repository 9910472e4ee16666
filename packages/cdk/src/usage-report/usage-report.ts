import { join } from 'node:path'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda'
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler'
import { Duration, Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'
import { WatchFunction } from '../functions/watch-function.ts'
import { USAGE_NAMESPACE } from './report-metrics.ts'

/** What EventBridge Scheduler replaces in a target's input. */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>'
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
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    })
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    )
    // Scheduler runs a rate for the first time at once: the first report needs no day of waiting.
    const schedule = new CfnSchedule(this, 'Daily', {
      description: 'What was used of the usage plans yesterday?',
      scheduleExpression: 'rate(1 day)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.function.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ time: SCHEDULED_TIME }),
        retryPolicy: { maximumRetryAttempts: 2 },
      },
    })
    // A role may be used before its policy stands.
    schedule.node.addDependency(role)
  }
}
