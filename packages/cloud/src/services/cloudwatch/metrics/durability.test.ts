import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BATCH, SCOPE, START } from './durability-writer.ts'
import { createMetricStore } from './metric-store.ts'

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'sonde-metrics-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const open = (path: string) => {
  const store = createMetricStore(() => START, { folder: () => path })
  onTestFinished(() => store.close())
  return store
}

const WRITER = `
import { startWriter } from ${JSON.stringify(fileURLToPath(new URL('./durability-writer.ts', import.meta.url)))}
await startWriter(process.argv[1], Number(process.argv[2]))
`

describe('acknowledged data', () => {
  it('survive SIGKILL, at whatever moment, each once', async () => {
    const path = folder()
    let minutes = 0
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, path, String(minutes)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let acknowledged = minutes
      let lines = 0
      for await (const _ of createInterface({ input: child.stdout })) {
        acknowledged++
        if (++lines === 211 + 37 * round) child.kill('SIGKILL')
      }
      const store = open(path)
      for (let metric = 0; metric < BATCH; metric++) {
        const range = { start: START, end: START + 1e9, period: 60_000 }
        const periods = store.periods(SCOPE, 'N', `m${metric}`, {}, range)
        // What was under way when it was killed may be kept as well, but then for every metric.
        if (metric === 0) minutes = periods.length
        expect(periods.map(({ count, sum }) => [count, sum])).toEqual(
          Array.from({ length: minutes }, (_, minute) => [1, minute]),
        )
      }
      expect(minutes).toBeGreaterThanOrEqual(acknowledged)
      store.close()
    }
    expect(minutes).toBeGreaterThan(600)
  })

  it.skipIf(!existsSync('/dev/full'))('are none where the disk is full: the client is told', () => {
    const path = folder()
    const store = createMetricStore(() => START, { folder: () => path, limits: { flushBytes: 1 } })
    onTestFinished(() => store.close())
    const put = (value: number) => {
      const data = [[value, 1]] as const
      store.add(SCOPE, 'N', 'M', {}, { timestamp: START, unit: 'None', highResolution: false, data })
    }
    put(1)
    // Each put is a block at once here: the second one's begins this segment.
    symlinkSync('/dev/full', join(path, 'log-00000003.bin'))
    put(2)
    expect(() => put(3)).toThrow(
      expect.objectContaining({
        code: 'InternalServiceFault',
        status: 500,
        message: expect.stringContaining('The metrics cannot be written: ENOSPC'),
      }),
    )
    const range = { start: START, end: START + 1e9, period: 60_000 }
    expect(store.periods(SCOPE, 'N', 'M', {}, range)).toMatchObject([{ count: 2, sum: 3 }])
  })
})
