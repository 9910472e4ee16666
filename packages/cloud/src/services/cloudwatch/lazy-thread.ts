import { Worker } from 'node:worker_threads'
import { ServiceError } from '@sonde/wire'

/** What every message to and from the thread carries. */
interface Numbered {
  readonly id: number
}

interface Reply extends Numbered {
  readonly error?: string
}

type Settle<T> = { readonly resolve: (reply: T) => void; readonly reject: (error: Error) => void }

/** A thread that lives while there is work. */
export interface LazyThread<Request, Answer> {
  /** Sends a request and awaits its answer. What is transferred is empty afterwards. */
  call(request: Omit<Request, 'id'>, transfer?: readonly ArrayBuffer[]): Promise<Answer>
  readonly running: boolean
  close(): Promise<void>
}

/**
 * Starts a worker with the first call, and ends it when it has had nothing to do for a while: a thread costs 10 MB and
 * more. A worker that dies fails the calls that wait for it, and is started again with the next.
 *
 * @param worker file of the worker; it answers each message with one of the same `id`
 * @param idle real ms without work after which the thread ends
 */
export const createLazyThread = <Request extends Numbered, Answer extends Reply>(
  worker: URL,
  idle: number,
): LazyThread<Request, Answer> => {
  let thread: Worker | undefined
  let ending: NodeJS.Timeout | undefined
  let lastId = 0
  const pending = new Map<number, Settle<Answer>>()

  const fail = (error: Error): void => {
    thread = undefined
    for (const { reject } of pending.values()) reject(error)
    pending.clear()
  }

  const end = async (): Promise<void> => {
    clearTimeout(ending)
    const ended = thread
    // Whoever waits for an answer is told as AWS would tell; it is no defect.
    fail(new ServiceError('ServiceUnavailable', 'The service is stopping.', { status: 503 }))
    await ended?.terminate()
  }

  const take = (answer: Answer): void => {
    const settle = pending.get(answer.id)
    pending.delete(answer.id)
    if (answer.error === undefined) settle?.resolve(answer)
    else settle?.reject(new Error(answer.error))
    if (pending.size > 0) return
    ending = setTimeout(end, idle)
    ending.unref()
    thread?.unref()
  }

  const start = (): Worker => {
    const started = new Worker(worker, { execArgv: [] })
    started.on('message', take)
    started.on('error', error => {
      if (thread === started) fail(error as Error)
    })
    started.on('exit', code => {
      if (thread === started) fail(new Error(`The thread ended with code ${code}.`))
    })
    return started
  }

  return {
    call: (request, transfer = []) =>
      new Promise((resolve, reject) => {
        clearTimeout(ending)
        thread ??= start()
        thread.ref()
        lastId++
        pending.set(lastId, { resolve, reject })
        thread.postMessage({ ...request, id: lastId }, transfer)
      }),
    get running() {
      return thread !== undefined
    },
    close: end,
  }
}
