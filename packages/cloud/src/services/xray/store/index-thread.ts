import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { ServiceError } from '@sonde/wire'
import type { TraceIndex } from './trace-index.ts'
import type { ErrorMessage, IndexMethod, IndexReply, WorkerOptions } from './worker-protocol.ts'

type Settle = { readonly resolve: (value: unknown) => void; readonly reject: (error: unknown) => void }

/** The index in a thread of its own, started with its first call. */
export interface IndexThread {
  readonly running: boolean
  call<M extends IndexMethod>(
    method: M,
    ...args: Parameters<TraceIndex[M]>
  ): Promise<Awaited<ReturnType<TraceIndex[M]>>>
  close(): Promise<void>
}

/** Beside this file, with the extension that this file has: source runs as it is, packages are built. */
const workerUrl = (): URL => new URL(`./worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url)

const errorOf = ({ message, code, status, stack }: ErrorMessage): Error => {
  if (code !== undefined) return new ServiceError(code, message, status === undefined ? {} : { status })
  const error = new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}

export const createIndexThread = (options: WorkerOptions): IndexThread => {
  let worker: Worker | undefined
  let lastId = 0
  const pending = new Map<number, Settle>()

  const fail = (error: Error): void => {
    worker = undefined
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }

  const start = (): Worker => {
    const started = new Worker(workerUrl(), { workerData: options, execArgv: [] })
    started.unref()
    started.on('message', ({ id, result, error }: IndexReply) => {
      const settle = pending.get(id)
      pending.delete(id)
      if (error) settle?.reject(errorOf(error))
      else settle?.resolve(result)
      if (pending.size === 0) started.unref()
    })
    // It starts again with the next call, from what is on the disk.
    started.on('error', error => {
      if (worker === started) fail(error)
    })
    started.on('exit', code => {
      if (worker === started) fail(new Error(`The thread of the trace index ended with code ${code}.`))
    })
    return started
  }

  const call: IndexThread['call'] = (method, ...args) =>
    new Promise((resolve, reject) => {
      worker ??= start()
      lastId++
      pending.set(lastId, { resolve: resolve as (value: unknown) => void, reject })
      worker.ref()
      worker.postMessage({ id: lastId, method, args })
    })

  return {
    get running() {
      return worker !== undefined
    },
    call,
    close: async () => {
      const closing = worker
      if (!closing) return
      await call('close').catch(() => {})
      worker = undefined
      await closing.terminate()
    },
  }
}
