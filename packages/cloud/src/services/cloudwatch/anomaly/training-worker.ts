/** The thread in which models are trained: one request after the other. */
import { parentPort } from 'node:worker_threads'
import { fit } from './model/fit.ts'
import type { TrainingReply, TrainingRequest } from './training-protocol.ts'

parentPort?.on('message', ({ id, times, values, options }: TrainingRequest) => {
  const reply = (): TrainingReply => {
    try {
      const model = fit(times, values, options)
      return model ? { id, model } : { id }
    } catch (error) {
      return { id, error: String((error as Error).stack ?? error) }
    }
  }
  parentPort?.postMessage(reply())
})
