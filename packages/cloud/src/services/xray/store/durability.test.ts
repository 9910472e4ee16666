import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import { createStore } from '../../../kernel/store.ts'
import { createXRay } from '../index.ts'
import { contextOf, idOf, SCOPE, startService, traceIdAt } from '../test-service.ts'

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'sonde-xray-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const segment = (seconds: number, number: number) => ({
  id: idOf(1),
  trace_id: traceIdAt(seconds, number),
  name: 'api',
  start_time: seconds,
  end_time: seconds + 1,
})

const countOf = async ({ call, around }: ReturnType<typeof startService>): Promise<number> => {
  const { Services } = await call('GetServiceGraph', around)
  return Services?.find(({ State }) => State === 'active')?.SummaryStatistics?.TotalCount ?? 0
}

/** Takes batches of 50 until it is killed, telling of each that was acknowledged. */
const WRITER = `
import { startWriter } from ${JSON.stringify(fileURLToPath(new URL('./durability-writer.ts', import.meta.url)))}
await startWriter(process.argv[1])
`

describe('acknowledged documents', () => {
  it('survive SIGKILL, at whatever moment, and are counted once', async () => {
    const path = folder()
    let acknowledged = 0
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let lines = 0
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged += Number(line)
        lines++
        if (lines === 7 + round) child.kill('SIGKILL')
      }
      const service = startService(path)
      const count = await countOf(service)
      expect(count).toBeGreaterThanOrEqual(acknowledged)
      // What was under way when it was killed may be kept as well, as a whole.
      expect(count % 50).toBe(0)
      acknowledged = count
      await service.stop()
    }
    expect(acknowledged).toBeGreaterThan(1_000)
  })

  it('are found after a restart, without those that were torn', async () => {
    const path = folder()
    const first = startService(path)
    await first.put(segment(first.now, 1), segment(first.now, 2))
    await first.stop()
    const log = join(
      path,
      'xray',
      readdirSync(join(path, 'xray')).find(name => name.endsWith('.ndjson')) ?? '',
    )
    appendFileSync(log, `${SCOPE.account}/${SCOPE.region}\t{"id":"00000000`)
    const second = startService(path)
    await second.put(segment(second.now, 3))
    expect(await countOf(second)).toBe(3)
    await second.stop()
    const third = startService(path)
    expect(await countOf(third)).toBe(3)
  })

  it('are joined by what comes late, after a restart too', async () => {
    const path = folder()
    const first = startService(path)
    const { now } = first
    await first.put(segment(now, 1))
    expect(await countOf(first)).toBe(1)
    await first.stop()
    const second = startService(path)
    const late = {
      ...segment(now, 1),
      id: idOf(2),
      parent_id: idOf(1),
      type: 'subsegment',
      annotations: { late: true },
    }
    await second.put(late)
    const { TraceSummaries } = await second.call('GetTraceSummaries', {
      ...second.around,
      FilterExpression: 'annotation.late = true',
    })
    expect(TraceSummaries).toMatchObject([
      { Id: traceIdAt(now, 1), Revision: 2, EntryPoint: { Name: 'api' } },
    ])
    expect(await countOf(second)).toBe(1)
  })

  it('are indexed again where the index is damaged or of another version', async () => {
    const path = folder()
    const first = startService(path)
    await first.put(segment(first.now, 1))
    expect(await countOf(first)).toBe(1)
    await first.stop()
    writeFileSync(join(path, 'xray', 'index.duckdb'), 'nonsense')
    const second = startService(path)
    expect(await countOf(second)).toBe(1)
  })

  it('are forgotten by a reset, also after a restart', async () => {
    const path = folder()
    const first = startService(path)
    await first.put(segment(first.now, 1))
    expect(await countOf(first)).toBe(1)
    first.service.reset?.()
    expect(await countOf(first)).toBe(0)
    await first.put(segment(first.now, 2))
    await first.stop()
    expect(await countOf(startService(path))).toBe(1)
  })

  it('are not taken for those of a log that is gone, of which the index was not told', async () => {
    const path = folder()
    const first = startService(path)
    await first.put(segment(first.now, 1), segment(first.now, 2), segment(first.now, 3))
    expect(await countOf(first)).toBe(3)
    await first.stop()
    for (const name of readdirSync(join(path, 'xray'))) {
      if (name.endsWith('.ndjson')) rmSync(join(path, 'xray', name))
    }
    const second = startService(path)
    await second.put(segment(second.now, 4), segment(second.now, 5))
    expect(await countOf(second)).toBe(2)
  })

  it('go after 30 days of the clock, a file of the log at a time', async () => {
    const path = folder()
    const clock = createClock()
    clock.step(Date.UTC(2030, 0, 1))
    const store = createStore(path)
    const service = createXRay({ store, clock })
    await service.start?.()
    onTestFinished(async () => {
      await service.stop?.()
      clock.close()
      store.close()
    })
    const operations = service.apis[0]?.operations as Record<
      string,
      (input: object, context: object) => Promise<object>
    >
    const put = (number: number) =>
      service.take(SCOPE, [JSON.stringify(segment(Math.floor(clock.now() / 1_000), number))])
    const ids = [traceIdAt(clock.now() / 1_000, 1)]
    const found = () => operations.BatchGetTraces?.({ TraceIds: ids }, contextOf())
    await put(1)
    expect(await found()).toMatchObject({ Traces: [{ Id: ids[0] }] })
    await clock.advance(2 * 86_400_000)
    await put(2)
    await put(3)
    await clock.advance(27 * 86_400_000)
    expect(await found()).toMatchObject({ Traces: [{ Id: ids[0] }] })
    await clock.advance(4 * 86_400_000)
    expect(await found()).toEqual({ Traces: [], UnprocessedTraceIds: [] })
    expect(readdirSync(join(path, 'xray')).filter(name => name.endsWith('.ndjson'))).toHaveLength(1)
  })
})
