/**
 * The CDK app. `cdk synth` runs it, and so does Sonde with `CDK_OUTDIR=cdk.out node infra/app.ts`: neither needs
 * Docker, Python or the network.
 */
import { App } from 'aws-cdk-lib/core'
import { GunicornModelStack } from './stack.ts'

const app = new App()
// No environment: the same template deploys into any account and region.
new GunicornModelStack(app, 'GunicornModel')
app.synth()
