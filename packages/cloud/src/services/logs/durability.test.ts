import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'

import { folder, SCOPE, startLogs, withStream } from './test-service.ts'

const WRITER = `
import { createStore } from '${new URL('../../kernel/store.ts', import.meta.url)}'
import { createClock } from '${new URL('../../kernel/clock.ts', import.meta.url)}'
import { createLogs } from '${new URL('./index.ts', import.meta.url)}'
const service = createLogs({ store: createStore(process.argv[1]), clock: createClock(), metrics: { record: () => {} } })
const { CreateLogGroup, CreateLogStream, PutLogEvents } = service.apis[0].operations
const context = { scope: { account: '123456789012', region: 'us-east-1' } }
CreateLogGroup({ logGroupName: 'g' }, context)
CreateLogStream({ logGroupName: 'g', logStreamName: 's' }, context)
for (let n = 0; ; n++) {
  const logEvents = [{ timestamp: Date.now(), message: n + ' ' + 'x'.repeat(8_000) }]
  await PutLogEvents({ logGroupName: 'g', logStreamName: 's', logEvents }, context)
  process.stdout.write(n + '\\n')
}`

const lastBefore = async (writer: ChildProcess, kill: number): Promise<number> => {
  let last = -1
  for await (const text of createInterface({ input: writer.stdout as NodeJS.ReadableStream })) {
    last = Number(text)
    if (last === kill) writer.kill('SIGKILL')
  }
  return last
}

describe('events', () => {
  it('are found in many segments, and after a restart', async () => {
    const directory = folder()
    const first = await withStream({ directory })
    const message = 'x'.repeat(10_000)
    for (let n = 0; n < 400; n++) {
      first.service.write(SCOPE, 'g', 's', [{ timestamp: first.now + n, message: `${n} ${message}` }])
    }
    await expect.poll(() => readdirSync(join(directory, 'logs')).length).toBeGreaterThan(0)
    const numbers = async ({ get }: typeof first, more = {}) =>
      (await get({ startTime: first.now, endTime: first.now + 1e6, ...more })).messages.map(text =>
        Number(text.split(' ')[0]),
      )
    expect(await numbers(first, { startFromHead: true, limit: 3 })).toEqual([0, 1, 2])
    expect(await numbers(first, { limit: 3 })).toEqual([397, 398, 399])
    await first.stop()
    expect(readdirSync(join(directory, 'logs')).length).toBeGreaterThan(2)

    const second = await startLogs({ directory })
    const { events } = await second.call.GetLogEvents({
      logGroupName: 'g',
      logStreamName: 's',
      startTime: first.now + 200,
      endTime: first.now + 202,
    })
    expect((events as Array<{ message: string }>).map(({ message: text }) => text.split(' ')[0])).toEqual([
      '200',
      '201',
    ])
  })

  it('of many streams that fill their segments at once are all kept, and all read back', async () => {
    const { service, call, now } = await startLogs()
    const streams = Array.from({ length: 8 }, (_, n) => `s${n}`)
    const pad = 'x'.repeat(300)
    for (let n = 0; n < 5_000; n++) {
      for (const stream of streams)
        service.write(SCOPE, 'g', stream, [{ timestamp: now + n, message: `${n} ${pad}` }])
      // Lets flushes run between, and find segments that are being written to.
      if (n % 25 === 24) await new Promise(resolve => setImmediate(resolve))
    }
    for (const logStreamName of streams) {
      const seen: number[] = []
      for (let nextToken: string | undefined; ; ) {
        const page = await call.FilterLogEvents({
          logGroupName: 'g',
          logStreamNames: [logStreamName],
          ...(nextToken && { nextToken }),
        })
        for (const { message } of page.events as Array<{ message: string }>)
          seen.push(Number(message.split(' ')[0]))
        nextToken = page.nextToken as string | undefined
        if (!nextToken) break
      }
      expect(seen).toEqual(Array.from({ length: 5_000 }, (_, n) => n))
    }
  })

  it('that were torn by a kill are left out, and all before them kept', async () => {
    const directory = folder()
    const { put, now, service } = await withStream({ directory })
    await put([now, 'whole'])
    const [file = ''] = readdirSync(join(directory, 'logs'))
    appendFileSync(join(directory, 'logs', file), '[17,17,"to')
    // Opened without a stop before, as after a kill.
    const again = await startLogs({ directory })
    const { events } = await again.call.GetLogEvents({ logGroupName: 'g', logStreamName: 's' })
    expect(events).toMatchObject([{ message: 'whole' }])
    expect(service.id).toBe('logs')
  })

  it('survive SIGKILL once acknowledged', async () => {
    const directory = folder()
    const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(writer, 'exit')
    const last = await lastBefore(writer, 300)
    expect(await exited).toEqual([null, 'SIGKILL'])
    const { call } = await startLogs({ directory })
    const kept: string[] = []
    let nextToken: string | undefined
    for (;;) {
      const page = await call.GetLogEvents({
        logGroupName: 'g',
        logStreamName: 's',
        startFromHead: true,
        ...(nextToken && { nextToken }),
      })
      const events = page.events as Array<{ message: string }>
      if (events.length === 0) break
      kept.push(...events.map(({ message }) => message.split(' ')[0] as string))
      nextToken = page.nextForwardToken as string
    }
    const expected = Array.from({ length: last + 1 }, (_, n) => String(n))
    expect(kept.slice(0, last + 1)).toEqual(expected)
  })
})
