import { extname } from 'node:path'
import { createLazyThread } from '../lazy-thread.ts'
import type { FitOptions } from './model/fit.ts'
import type { Model } from './model/model.ts'
import type { TrainingReply, TrainingRequest } from './training-protocol.ts'

/** In real ms. */
const IDLE = 5_000

/** Trains models off the event loop. */
export interface TrainingThread {
  /**
   * Learns from a series, whose arrays are handed over and empty afterwards.
   *
   * @returns `undefined` where the data are too few
   */
  fit(
    times: Float64Array<ArrayBuffer>,
    values: Float64Array<ArrayBuffer>,
    options: FitOptions,
  ): Promise<Model | undefined>
  close(): Promise<void>
}

/** Beside this file, with the extension that this file has: source runs as it is, packages are built. */
const workerUrl = (): URL =>
  new URL(`./training-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url)

export const createTrainingThread = (): TrainingThread => {
  const thread = createLazyThread<TrainingRequest, TrainingReply>(workerUrl(), IDLE)
  return {
    fit: async (times, values, options) =>
      (await thread.call({ times, values, options }, [times.buffer, values.buffer])).model,
    close: thread.close,
  }
}
