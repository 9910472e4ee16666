/** Computes one batch: rows of features in, one number per row out. */
export type RunBatch = (rows: Float32Array) => Promise<Float32Array>

export interface Batcher {
  /** Rejects with what the run of its batch rejected with. */
  predict(rows: Float32Array): Promise<Float32Array>
}

interface Waiting {
  readonly rows: Float32Array
  readonly resolve: (predictions: Float32Array) => void
  readonly reject: (error: unknown) => void
}

/**
 * Answers concurrent requests with one run: whatever arrived while a run was in progress makes up the next one, so
 * batches grow with the load and a lone request waits for nobody.
 *
 * @param width features a row
 * @param maxRows rows of one run; requests are not divided, so a larger one runs alone
 */
export const createBatcher = (run: RunBatch, width: number, maxRows: number): Batcher => {
  let waiting: Waiting[] = []
  let running = false

  const nextBatch = (): Waiting[] => {
    let rows = 0
    const end = waiting.findIndex(request => {
      rows += request.rows.length / width
      return rows > maxRows
    })
    const count = end < 0 ? waiting.length : Math.max(1, end)
    const batch = waiting.slice(0, count)
    waiting = waiting.slice(count)
    return batch
  }

  const runOne = async (batch: readonly Waiting[]): Promise<void> => {
    const input = new Float32Array(batch.reduce((sum, { rows }) => sum + rows.length, 0))
    let at = 0
    for (const { rows } of batch) {
      input.set(rows, at)
      at += rows.length
    }
    try {
      const output = await run(input)
      if (output.length !== input.length / width)
        throw new Error('The model answered another number of rows.')
      let from = 0
      for (const { rows, resolve } of batch) {
        const to = from + rows.length / width
        resolve(output.slice(from, to))
        from = to
      }
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await runOne(nextBatch())
    running = false
  }

  return {
    predict: rows =>
      new Promise((resolve, reject) => {
        waiting.push({ rows, resolve, reject })
        if (running) return
        running = true
        // Requests that the same turn of the event loop reads from their sockets belong together.
        setImmediate(drain)
      }),
  }
}
