import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { startLambda } from './testing/start-lambda.ts'

/** Whether it runs: one that has ended and that its parent has not yet been told of does not. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    if (process.platform !== 'linux') return true
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z'
  } catch {
    return false
  }
}

describe('kill -9 of the cloud', () => {
  it('ends every environment at once, busy, idle or provisioned, and loses neither functions nor accepted events', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sonde-restart-'))
    const script = fileURLToPath(new URL('./testing/hold-invocation.ts', import.meta.url))
    const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { pids } = JSON.parse(line.toString()) as { pids: number[] }
    expect(pids.length).toBeGreaterThanOrEqual(3)
    expect(pids.every(isAlive)).toBe(true)
    child.kill('SIGKILL')
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 500, interval: 10 })

    const cloud = await startLambda(directory)
    // The accepted event is taken up again: it makes an environment without anybody invoking.
    await vi.waitFor(() => expect(cloud.processes.length).toBeGreaterThan(0))
    const { payload, error } = await cloud.invoke('held', { ms: 0 })
    expect(error).toBeUndefined()
    expect(pids).not.toContain(payload)
    const version = { FunctionName: 'held', Qualifier: '1' }
    await vi.waitFor(() =>
      expect(cloud.operations.GetProvisionedConcurrencyConfig(version, cloud.context)).toMatchObject({
        Status: 'READY',
        AvailableProvisionedConcurrentExecutions: 1,
      }),
    )
    await cloud.stop()
  })
})
