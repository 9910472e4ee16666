import { join } from 'node:path'
import { buildLayer } from '@sonde/trace/layer'
import { Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda'
import { Stage } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'

const built = new Set<string>()

/** Builds @sonde/trace into the cloud assembly, once, where layers and images find it. Returns the folder. */
export const tracerFolder = (scope: Construct): string => {
  const stage = Stage.of(scope)
  if (!stage)
    throw new Error('The tracer is built into a cloud assembly: its construct must belong to an App.')
  const folder = join(stage.outdir, 'tracer')
  if (!built.has(folder)) {
    buildLayer(folder)
    built.add(folder)
  }
  return folder
}

/** The tracer as a layer: code of functions is bundled without it. */
export class TracerLayer extends Construct {
  readonly layer: LayerVersion

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.layer = new LayerVersion(this, 'Layer', {
      code: Code.fromAsset(tracerFolder(this)),
      compatibleRuntimes: [Runtime.NODEJS_24_X],
      description: '@sonde/trace',
    })
  }
}
