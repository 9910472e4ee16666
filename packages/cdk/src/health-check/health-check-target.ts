import { AccountPrincipal, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam'
import { StringParameter } from 'aws-cdk-lib/aws-ssm'
import { Stack } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { acknowledge } from '../acknowledge.ts'
import type { HealthCheckedApiElsewhere } from './health-check.ts'
import { HEALTH_CHECK_NAMESPACE } from './outcome-metrics.ts'

export interface HealthCheckTargetProps {
  readonly service: string
  /** Of the request to be made, such as `api.urlForPath('/predictions')`. */
  readonly url: string
  /** The account that checks. */
  readonly account: string
}

const roleNameOf = (service: string): string => `${service}-health-check`
const parameterNameOf = (service: string): string => `/sonde/${service}/url`

/**
 * Where a health check of another account finds the API and counts. The names are known beforehand, so that the two stacks share
 * nothing but the service's name and each other's account.
 */
export class HealthCheckTarget extends Construct {
  constructor(scope: Construct, id: string, { service, url, account }: HealthCheckTargetProps) {
    super(scope, id)
    const parameter = new StringParameter(this, 'Url', {
      parameterName: parameterNameOf(service),
      simpleName: false,
      description: `What the health check of ${service} asks`,
      stringValue: url,
    })
    const role = new Role(this, 'Role', {
      roleName: roleNameOf(service),
      description: `Lets account ${account} find ${service} and count its checks here`,
      assumedBy: new AccountPrincipal(account),
    })
    acknowledge(this, 'AwsSolutions-IAM5[Resource::*]')
    role.addToPolicy(
      new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [parameter.parameterArn] }),
    )
    role.addToPolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': HEALTH_CHECK_NAMESPACE } },
      }),
    )
  }

  /**
   * What the health check's stack is told of the API's.
   *
   * @param account of the API
   */
  static of(scope: Construct, service: string, account: string): HealthCheckedApiElsewhere {
    const { partition } = Stack.of(scope)
    return {
      roleArn: `arn:${partition}:iam::${account}:role/${roleNameOf(service)}`,
      urlParameter: parameterNameOf(service),
    }
  }
}
