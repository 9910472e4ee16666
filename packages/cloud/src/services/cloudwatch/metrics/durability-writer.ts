import { setImmediate } from 'node:timers/promises'
import { createMetricStore } from './metric-store.ts'

export const SCOPE = { account: '123456789012', region: 'us-east-1' }
export const START = Date.UTC(2026, 10, 23)
/** Data of one request: one of each metric. */
export const BATCH = 20
/** So small that blocks are written and merged all the time. */
const FLUSH_BYTES = 4_000

/**
 * For tests that kill it: writes a line to its output for each batch once that is acknowledged, until it is killed. The
 * n-th batch is of the n-th minute and has the value n, so that each is told from all others.
 */
export const startWriter = async (folder: string, from: number): Promise<never> => {
  const store = createMetricStore(() => START, { folder: () => folder, limits: { flushBytes: FLUSH_BYTES } })
  for (let minute = from; ; minute++) {
    const data = Array.from({ length: BATCH }, (_, metric) => ({
      name: `m${metric}`,
      dimensions: {},
      measurement: {
        timestamp: START + minute * 60_000,
        unit: 'None',
        highResolution: false,
        data: [[minute, 1]] as const,
      },
    }))
    store.put(SCOPE, 'N', data)
    process.stdout.write('taken\n')
    await setImmediate()
  }
}
