import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ownsPort, portTaken, promisePort, releasePort } from './container-port.ts'

describe('a port', () => {
  it('is promised once only', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, promisePort))
    expect(new Set(ports).size).toBe(20)
    ports.forEach(releasePort)
  })

  it.runIf(existsSync('/proc/net/tcp'))(
    'that another program listens on is not the container’s',
    async () => {
      const server = createServer()
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      const port = typeof address === 'object' && address ? address.port : 0
      const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { detached: true })
      expect(await ownsPort(child.pid ?? 0, port)).toBe(false)
      expect(await portTaken(port)).toBe(true)
      expect(await ownsPort(process.pid, port)).toBe(true)
      child.kill('SIGKILL')
      server.close()
      await once(server, 'close')
      expect(await portTaken(port)).toBe(false)
    },
  )

  it.runIf(existsSync('/proc/net/tcp'))(
    'that a worker of the container listens on is the container’s',
    async () => {
      const port = await promisePort()
      const worker = `require('net').createServer().listen(${port}, () => console.log('up'))`
      const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(worker)}], { stdio: 'inherit' })`
      const child = spawn(process.execPath, ['-e', script], {
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      expect(await ownsPort(child.pid ?? 0, port)).toBe(true)
      process.kill(-(child.pid ?? 0), 'SIGKILL')
      releasePort(port)
    },
  )
})
