import { extname } from 'node:path'
import { createLazyThread } from '../lazy-thread.ts'
import type { RasterReply, RasterRequest } from './raster-protocol.ts'

/** In real ms: who looks at one picture looks at more. */
const IDLE = 20_000

/** Turns SVG into PNG, off the event loop. */
export interface Rasteriser {
  render(svg: string): Promise<Uint8Array>
  close(): Promise<void>
}

const workerUrl = (): URL =>
  new URL(`./raster-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url)

export const createRasteriser = (): Rasteriser => {
  const thread = createLazyThread<RasterRequest, RasterReply>(workerUrl(), IDLE)
  return {
    render: async svg => {
      const { png } = await thread.call({ svg })
      if (!png) throw new Error('The rasteriser answered without a picture.')
      return png
    },
    close: thread.close,
  }
}
