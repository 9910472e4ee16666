/**
 * The CDK app. `cdk synth` runs it, and so does Sonde with `CDK_OUTDIR=cdk.out node infra/app.ts`: neither needs
 * Docker or the network.
 *
 * Two accounts: `cdk deploy --all -c healthCheckAccount=222222222222` with credentials of the service's, which the health
 * check's account trusts (`cdk bootstrap --trust`).
 */
import { App } from 'aws-cdk-lib/core'
import { HealthCheckStack } from './health-check-stack.ts'
import { FlightDelayStack } from './stack.ts'

/** Sonde's own accounts: on this machine any will do. */
const LOCAL = { service: '000000000000', healthCheck: '111111111111' }

const app = new App()
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env
const healthCheckAccount: string | undefined =
  app.node.tryGetContext('healthCheckAccount') ?? (account === LOCAL.service ? LOCAL.healthCheck : undefined)

// No environment: the same template deploys into any account and region.
const { service, stackName } = new FlightDelayStack(app, 'FlightDelay', {
  ...(healthCheckAccount !== undefined && { healthCheckAccount }),
})
if (healthCheckAccount !== undefined && account !== undefined) {
  const checks = new HealthCheckStack(app, 'FlightDelayHealthCheck', {
    service: service.watch?.service ?? stackName,
    serviceAccount: account,
    env: { account: healthCheckAccount, ...(region !== undefined && { region }) },
  })
  // It finds the API when that is there.
  checks.addStackDependency(service.api.stack)
}
app.synth()
