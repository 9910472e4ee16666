import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBatcher } from './batcher.ts'

const row = (value: number): Float32Array => Float32Array.of(value, value)

/** Runs that end when the test says so. */
const controlledRuns = () => {
  const runs: Array<{ readonly rows: number; finish(error?: Error): void }> = []
  let started = Promise.withResolvers<void>()
  const run = (rows: Float32Array): Promise<Float32Array> => {
    const { promise, resolve, reject } = Promise.withResolvers<Float32Array>()
    const sums = Float32Array.from({ length: rows.length / 2 }, (_, i) => (rows[2 * i] ?? 0) * 2)
    runs.push({ rows: rows.length / 2, finish: error => (error ? reject(error) : resolve(sums)) })
    started.resolve()
    started = Promise.withResolvers()
    return promise
  }
  return { run, runs, nextRun: () => started.promise }
}

describe('createBatcher', () => {
  it('runs what arrived during a run together, and gives each request its own rows', async () => {
    const { run, runs, nextRun } = controlledRuns()
    const { predict } = createBatcher(run, 2, 100)
    let started = nextRun()
    const first = predict(row(1))
    await started
    const others = [predict(row(2)), predict(Float32Array.of(3, 3, 4, 4)), predict(row(5))]
    started = nextRun()
    runs[0]?.finish()
    await started
    runs[1]?.finish()
    expect(await first).toEqual(Float32Array.of(2))
    expect(await Promise.all(others)).toEqual([
      Float32Array.of(4),
      Float32Array.of(6, 8),
      Float32Array.of(10),
    ])
    expect(runs.map(({ rows }) => rows)).toEqual([1, 4])
  })

  it('runs requests of one turn of the event loop together', async () => {
    const sizes: number[] = []
    const { predict } = createBatcher(
      async rows => {
        sizes.push(rows.length / 2)
        return new Float32Array(rows.length / 2)
      },
      2,
      100,
    )
    await Promise.all([predict(row(1)), predict(row(2)), predict(row(3))])
    expect(sizes).toEqual([3])
  })

  it('fails the requests of a failing run and no others', async () => {
    const { run, runs, nextRun } = controlledRuns()
    const { predict } = createBatcher(run, 2, 100)
    let started = nextRun()
    const failing = [predict(row(1)), predict(row(2))]
    await started
    const later = predict(row(3))
    started = nextRun()
    runs[0]?.finish(new Error('out of memory'))
    await expect(Promise.allSettled(failing)).resolves.toEqual([
      { status: 'rejected', reason: new Error('out of memory') },
      { status: 'rejected', reason: new Error('out of memory') },
    ])
    await started
    runs[1]?.finish()
    expect(await later).toEqual(Float32Array.of(6))
  })

  it('fails requests whose rows the model did not all answer', async () => {
    const { predict } = createBatcher(async () => new Float32Array(1), 2, 100)
    await expect(predict(Float32Array.of(1, 1, 2, 2))).rejects.toThrow('another number of rows')
  })

  it('keeps runs within the limit unless one request is larger by itself', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 }),
        async sizes => {
          const runs: number[] = []
          const { predict } = createBatcher(
            async rows => {
              runs.push(rows.length / 2)
              return rows.filter((_, i) => i % 2 === 0)
            },
            2,
            5,
          )
          const answers = await Promise.all(
            sizes.map((size, i) => predict(new Float32Array(size * 2).fill(i))),
          )
          expect(answers).toEqual(sizes.map((size, i) => new Float32Array(size).fill(i)))
          expect(runs.reduce((sum, size) => sum + size, 0)).toBe(sizes.reduce((sum, size) => sum + size, 0))
          for (const size of runs) expect(size <= 5 || sizes.includes(size)).toBe(true)
        },
      ),
    )
  })
})
