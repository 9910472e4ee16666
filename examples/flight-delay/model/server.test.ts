import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'

const start = (env: Record<string, string>) => {
  const child = spawn(process.execPath, ['server.ts', 'serve'], {
    cwd: import.meta.dirname,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  return { child, exited, lines: createInterface({ input: child.stdout }) }
}

describe('node server.ts', () => {
  it('serves in a clean environment and ends on SIGTERM with status 0', async () => {
    const { child, exited, lines } = start({ SAGEMAKER_BIND_TO_PORT: '0' })
    const [line] = await once(lines, 'line')
    const { message, port } = JSON.parse(line)
    expect(message).toBe('ready')
    const ping = await fetch(`http://127.0.0.1:${port}/ping`)
    expect(ping.status).toBe(200)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })

  it('says what is wrong with a port and ends with status 1', async () => {
    const { exited, lines } = start({ SAGEMAKER_BIND_TO_PORT: 'http' })
    const [line] = await once(lines, 'line')
    expect(JSON.parse(line).message).toBe('SAGEMAKER_BIND_TO_PORT is no port: http')
    expect(await exited).toEqual([1, null])
  })
})
