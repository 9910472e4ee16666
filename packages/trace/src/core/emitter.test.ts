import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { lambdaInvocation } from '../testing/lambda-environment.ts'
import { capture } from './capture.ts'
import { closeEmitter, emitted } from './emitter.ts'
import { flush } from './recorder.ts'
import { reloadSettings } from './settings.ts'

const listen = async (port: number) => {
  const socket = createSocket('udp4')
  const names: string[] = []
  socket.on('message', message => names.push(JSON.parse(message.toString().split('\n')[1] ?? '{}').name))
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  return { socket, names, port: socket.address().port }
}

const use = (address: string): void => {
  Object.assign(process.env, lambdaInvocation().environment, { AWS_XRAY_DAEMON_ADDRESS: address })
  reloadSettings()
  closeEmitter()
}

afterEach(async () => {
  await flush()
  for (const name of ['AWS_XRAY_DAEMON_ADDRESS', 'AWS_LAMBDA_FUNCTION_NAME', '_X_AMZN_TRACE_ID'])
    delete process.env[name]
  reloadSettings()
  closeEmitter()
})

const send = async (name: string): Promise<void> => {
  capture(name, () => {})
  await flush()
  // The kernel reports a refusal on the next turn of the loop at the earliest.
  await new Promise(resolve => setImmediate(resolve))
}

describe('the emitter', () => {
  it('harms nothing where nobody listens, and reaches a daemon that starts later', async () => {
    const first = await listen(0)
    const { port } = first
    first.socket.close()
    await once(first.socket, 'close')
    use(`127.0.0.1:${port}`)
    for (let index = 0; index < 5; index++) await send('lost')
    const second = await listen(port)
    await send('found')
    await expect.poll(() => second.names).toEqual(['found'])
    second.socket.close()
  })

  it.each(['nonsense', 'host.invalid:2000'])(
    'counts what it cannot send to the address %s, and throws nothing',
    async address => {
      use(address)
      const before = emitted()
      for (let index = 0; index < 3; index++) expect(capture('x', () => index)).toBe(index)
      if (address === 'nonsense') await flush()
      expect(emitted().sent).toBe(before.sent)
      if (address === 'nonsense') expect(emitted().dropped).toBe(before.dropped + 3)
    },
  )
})
