import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FitOptions } from './model/fit.ts'
import type { Model } from './model/model.ts'
import type { TrainingReply, TrainingRequest } from './training-protocol.ts'

/** A thread costs some 10 MB: it ends after so many real ms without work. */
const IDLE = 5_000

/** Trains models off the event loop, in a thread that lives while there is work. */
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
  readonly running: boolean
  close(): Promise<void>
}

type Settle = {
  readonly resolve: (model: Model | undefined) => void
  readonly reject: (error: Error) => void
}

/** Beside this file, with the extension that this file has: source runs as it is, packages are built. */
const workerUrl = (): URL =>
  new URL(`./training-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url)

/** @param idle real ms without work after which the thread ends */
export const createTrainingThread = (idle = IDLE): TrainingThread => {
  let worker: Worker | undefined
  let ending: NodeJS.Timeout | undefined
  let lastId = 0
  const pending = new Map<number, Settle>()

  const end = async (): Promise<void> => {
    clearTimeout(ending)
    const ended = worker
    worker = undefined
    for (const { reject } of pending.values()) reject(new Error('The training thread was closed.'))
    pending.clear()
    await ended?.terminate()
  }

  const fail = (error: Error): void => {
    worker = undefined
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }

  const take = ({ id, model, error }: TrainingReply): void => {
    const settle = pending.get(id)
    pending.delete(id)
    if (error === undefined) settle?.resolve(model)
    else settle?.reject(new Error(error))
    if (pending.size > 0) return
    ending = setTimeout(end, idle)
    ending.unref()
    worker?.unref()
  }

  const start = (): Worker => {
    const started = new Worker(workerUrl(), { execArgv: [] })
    started.on('message', take)
    started.on('error', error => {
      if (worker === started) fail(error as Error)
    })
    started.on('exit', code => {
      if (worker === started) fail(new Error(`The training thread ended with code ${code}.`))
    })
    return started
  }

  return {
    fit: (times, values, options) =>
      new Promise((resolve, reject) => {
        clearTimeout(ending)
        worker ??= start()
        worker.ref()
        lastId++
        pending.set(lastId, { resolve, reject })
        const request: TrainingRequest = { id: lastId, times, values, options }
        worker.postMessage(request, [times.buffer, values.buffer])
      }),
    get running() {
      return worker !== undefined
    },
    close: end,
  }
}
