import { parentPort, workerData } from 'node:worker_threads'
import { ServiceError } from '@sonde/wire'
import { openTraceIndex, type TraceIndex } from './trace-index.ts'
import type { ErrorMessage, IndexReply, IndexRequest, WorkerOptions } from './worker-protocol.ts'

/** The thread that the index lives in: parsing, merging and DuckDB never hold up who serves requests. */
const { folder, path } = workerData as WorkerOptions

const messageOf = (error: unknown): ErrorMessage => {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  if (!(error instanceof ServiceError)) return { message, ...(stack !== undefined && { stack }) }
  const { code, status } = error
  return { message, code, ...(status !== undefined && { status }) }
}

let opening: Promise<TraceIndex> | undefined
let last: Promise<void> = Promise.resolve()

/** A load that fails half-way leaves in memory what is not in the file: the next call reads that again. */
const abandon = async (): Promise<void> => {
  const failed = opening
  opening = undefined
  await failed?.then(index => index.close()).catch(() => {})
}

const answer = async ({ id, method, args }: IndexRequest): Promise<IndexReply> => {
  try {
    opening ??= openTraceIndex(folder, path)
    const index = await opening
    const call = index[method] as (...values: readonly unknown[]) => Promise<unknown>
    return { id, result: await call(...args) }
  } catch (error) {
    if (!(error instanceof ServiceError)) await abandon()
    return { id, error: messageOf(error) }
  }
}

parentPort?.on('message', (request: IndexRequest) => {
  // One after the other: the index has one connection.
  last = last.then(async () => parentPort?.postMessage(await answer(request)))
})
