import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { createProcesses, type SpawnOptions } from './processes.ts'

const registryPath = () => join(mkdtempSync(join(tmpdir(), 'sonde-processes-')), 'processes')

const node = (script: string, more: Partial<SpawnOptions> = {}): SpawnOptions => ({
  command: 'node',
  args: ['-e', script],
  cwd: tmpdir(),
  env: {},
  ...more,
})

const SLEEP = 'setInterval(() => {}, 1000)'

describe('a managed process', () => {
  it('gets the environment it is given and nothing of ours', async () => {
    process.env.SONDE_TEST_SECRET = 'x'
    const child = createProcesses(undefined).spawn(
      node('process.stdout.write(JSON.stringify(process.env))', { env: { GIVEN: 'yes' } }),
    )
    expect(JSON.parse(await text(child.stdout))).toEqual({ GIVEN: 'yes' })
    await child.exited
  })

  it('tells how it ended', async () => {
    const child = createProcesses(undefined).spawn(node('process.exit(3)'))
    expect(await child.exited).toEqual({ code: 3, signal: null })
  })

  it('that cannot be started ends with the reason instead of throwing', async () => {
    const child = createProcesses(undefined).spawn(node('', { command: '/no/such/program' }))
    expect((await child.exited).error?.message).toContain('ENOENT')
  })

  it('that ignores SIGTERM is killed after the grace', async () => {
    const child = createProcesses(undefined).spawn(
      node(`process.on('SIGTERM', () => {}); process.stdout.write('up'); ${SLEEP}`),
    )
    await new Promise(resolve => child.stdout.once('data', resolve))
    await child.stop(50)
    expect(await child.exited).toMatchObject({ signal: 'SIGKILL' })
  })

  it('takes the processes that it started itself along', async () => {
    const child = createProcesses(undefined).spawn(
      node(
        `const c = require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(SLEEP)}]);` +
          `process.stdout.write(String(c.pid)); ${SLEEP}`,
      ),
    )
    const grandchild = Number(await new Promise(resolve => child.stdout.once('data', resolve)))
    child.kill()
    await child.exited
    await expect.poll(() => isRunning(grandchild)).toBe(false)
  })
})

const isRunning = (pid: number): boolean => {
  try {
    // A killed process whose parent has gone stays a zombie until someone reaps it.
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

describe('the next start', () => {
  it('ends what a killed cloud left running', async () => {
    const registry = registryPath()
    const left = createProcesses(registry).spawn(node(SLEEP))
    expect(createProcesses(registry).killLeftovers()).toBe(1)
    expect(await left.exited).toMatchObject({ signal: 'SIGKILL' })
  })

  it('leaves a stranger alone that got the same process id', async () => {
    const registry = registryPath()
    const stranger = createProcesses(undefined).spawn(node(SLEEP))
    writeFileSync(registry, `${stranger.pid} 12345\n`)
    expect(createProcesses(registry).killLeftovers()).toBe(0)
    expect(isRunning(stranger.pid as number)).toBe(true)
    stranger.kill()
    await stranger.exited
  })
})
