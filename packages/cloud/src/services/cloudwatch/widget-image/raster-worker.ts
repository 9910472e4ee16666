/** The thread that turns SVG into PNG: it holds a WebAssembly module and two fonts, some 20 MB. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { FONT } from './drawing/theme.ts'
import type { RasterReply, RasterRequest } from './raster-protocol.ts'

const { resolve } = createRequire(import.meta.url)
const file = (name: string): Buffer => readFileSync(resolve(name))

await initWasm(file('@resvg/resvg-wasm/index_bg.wasm'))
const fontBuffers = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(name =>
  file(`dejavu-fonts-ttf/ttf/${name}`),
)

const rasterise = (svg: string): Uint8Array => {
  const picture = new Resvg(svg, { font: { fontBuffers, defaultFontFamily: FONT, sansSerifFamily: FONT } })
  const image = picture.render()
  try {
    return image.asPng()
  } finally {
    image.free()
    picture.free()
  }
}

parentPort?.on('message', ({ id, svg }: RasterRequest) => {
  const reply = (): RasterReply => {
    try {
      return { id, png: rasterise(svg) }
    } catch (error) {
      return { id, error: String((error as Error).stack ?? error) }
    }
  }
  parentPort?.postMessage(reply())
})
