/**
 * The CDK app. `cdk synth` runs it, and so does Sonde with `CDK_OUTDIR=cdk.out node infra/app.ts`: neither needs
 * Docker or the network.
 */
import { App } from 'aws-cdk-lib/core'
import { FlightDelayStack } from './stack.ts'
import { buildTracer } from './tracer.ts'

const app = new App()
// No environment: the same template deploys into any account and region.
new FlightDelayStack(app, 'FlightDelay', { tracer: await buildTracer(app) })
app.synth()
