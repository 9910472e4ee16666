import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capture } from '../core/capture.ts'
import { startDaemon } from '../testing/daemon.ts'
import { lambdaInvocation } from '../testing/lambda-environment.ts'
import { watchDatabases } from './databases.ts'

watchDatabases()
let daemon: Awaited<ReturnType<typeof startDaemon>>

beforeEach(async () => {
  daemon = await startDaemon(lambdaInvocation().environment)
})
afterEach(() => daemon.stop())

const MYSQL = { query: 'SELECT ?', database: 'flights', serverAddress: 'db.local', serverPort: 3306 }

describe('watchDatabases', () => {
  it('records what mysql2 publishes, without the statement unless that is asked for', async () => {
    const query = tracingChannel('mysql2:query')
    await capture('## look up', () =>
      query.tracePromise(async () => capture('inside', () => 1), { ...MYSQL }),
    )
    const [document] = await daemon.documents()
    expect(document?.subsegments).toMatchObject([
      {
        name: 'flights@db.local',
        namespace: 'remote',
        sql: { url: 'mysql://db.local:3306/flights', database_type: 'mysql' },
        subsegments: [{ name: 'inside' }],
      },
    ])
    expect(document?.subsegments?.[0]?.sql?.sanitized_query).toBeUndefined()
  })

  it('ends calls with a callback when that is called', async () => {
    const execute = tracingChannel('mysql2:execute')
    await capture(
      '## look up',
      () =>
        new Promise<void>(resolve => {
          const run = (callback: () => void): void => {
            setImmediate(callback)
          }
          execute.traceCallback(run as never, 0, { ...MYSQL }, undefined, resolve)
        }),
    )
    const [document] = await daemon.documents()
    expect(document?.subsegments).toMatchObject([
      { name: 'flights@db.local', sql: { preparation: 'statement' } },
    ])
  })

  it.each(['ioredis:command', 'node-redis:command'])('records failures of %s', async name => {
    const channel = tracingChannel(name)
    const context = { command: 'GET', args: ['k'], serverAddress: 'cache', serverPort: 6379 }
    const failing = capture('## look up', () =>
      channel.tracePromise(async () => Promise.reject(new Error('READONLY')), context),
    )
    await expect(failing).rejects.toThrow('READONLY')
    const [document] = await daemon.documents()
    expect(document?.subsegments).toMatchObject([
      {
        name: 'redis@cache',
        fault: true,
        metadata: { redis: { command: 'GET' } },
        cause: { exceptions: [{ message: 'READONLY' }] },
      },
    ])
  })

  it('records nothing outside of a trace, and leaves results alone', async () => {
    delete process.env._X_AMZN_TRACE_ID
    expect(await tracingChannel('mysql2:query').tracePromise(async () => 5, { ...MYSQL })).toBe(5)
    expect(await daemon.documents()).toEqual([])
  })
})
