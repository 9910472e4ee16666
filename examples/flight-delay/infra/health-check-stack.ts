import { HealthCheck, HealthCheckTarget } from '@sonde/cdk'
import { Stack, type StackProps } from 'aws-cdk-lib/core'
import type { Construct } from 'constructs'

export interface HealthCheckStackProps extends StackProps {
  /** The service that is checked, and its account. */
  readonly service: string
  readonly serviceAccount: string
}

/** One prediction a minute, from another account: what takes the service down does not take its check down. */
export class HealthCheckStack extends Stack {
  constructor(scope: Construct, id: string, { service, serviceAccount, ...props }: HealthCheckStackProps) {
    super(scope, id, { description: `Is ${service} there?`, ...props })
    new HealthCheck(this, 'HealthCheck', {
      service,
      api: HealthCheckTarget.of(this, service, serviceAccount),
      request: { body: { origin: 'JFK', destination: 'SFO', departure: '2001-06-15T17:30' } },
      expect: { json: { probability: { atLeast: 0, atMost: 1 } } },
    })
  }
}
