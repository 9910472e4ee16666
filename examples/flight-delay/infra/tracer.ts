import { join } from 'node:path'
import { buildLayer } from '@sonde/trace/layer'
import type { App } from 'aws-cdk-lib/core'

/** Builds @sonde/trace into the cloud assembly, where the layer and the image find it. Returns the folder. */
export const buildTracer = async (app: App): Promise<string> => {
  const folder = join(app.outdir, 'tracer')
  await buildLayer(folder)
  return folder
}
