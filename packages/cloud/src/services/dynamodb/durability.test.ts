import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { DynamoDbRequest } from './index.ts'
import { startDynamoDb } from './test-server.ts'

const folder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-dynamodb-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Writes items one after the other and prints the number of each that was acknowledged. */
const WRITER = `
import { createStore } from '${new URL('../../kernel/store.ts', import.meta.url)}'
import { createClock } from '${new URL('../../kernel/clock.ts', import.meta.url)}'
import { createDynamoDb } from '${new URL('./index.ts', import.meta.url)}'
const service = createDynamoDb({ store: createStore(process.argv[1]), clock: createClock(), metrics: { record() {} }, faults: { pass() {} }, objects: {} })
const call = (target, input) => service.handle({
  target, body: Buffer.from(JSON.stringify(input)), requestId: 'r', scope: { account: '123456789012', region: 'us-east-1' },
})
await call('CreateTable', { TableName: 'acknowledged', BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }], KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }] })
for (let n = 0; ; n++) {
  const { status } = await call('PutItem', { TableName: 'acknowledged', Item: { n: { N: String(n) }, pad: { S: 'x'.repeat(500) } } })
  if (status !== 200) process.exit(1)
  process.stdout.write(n + '\\n')
}`

const acknowledgedBefore = async (writer: ChildProcess, kill: number): Promise<number> => {
  let last = -1
  for await (const text of createInterface({ input: writer.stdout as NodeJS.ReadableStream })) {
    last = Number(text)
    if (last === kill) writer.kill('SIGKILL')
  }
  return last
}

describe('what is acknowledged', () => {
  it('survives SIGKILL of the process', async () => {
    const directory = folder()
    const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(writer, 'exit')
    const last = await acknowledgedBefore(writer, 2_000)
    expect(await exited).toEqual([null, 'SIGKILL'])

    const running = await startDynamoDb({ directory })
    onTestFinished(() => running.stop())
    const { status, body } = await running.service.handle({
      target: 'Scan',
      body: Buffer.from(JSON.stringify({ TableName: 'acknowledged', ProjectionExpression: 'n' })),
      scope: running.scope,
      requestId: 'r',
    })
    expect(status).toBe(200)
    // One megabyte a page holds fewer than were written: what was acknowledged is looked up.
    expect(JSON.parse(body.toString()).Count).toBeGreaterThan(1_000)
    const missing: number[] = []
    for (let n = 0; n <= last; n++) {
      const answer = await running.service.handle({
        target: 'GetItem',
        body: Buffer.from(JSON.stringify({ TableName: 'acknowledged', Key: { n: { N: String(n) } } })),
        scope: running.scope,
        requestId: 'r',
      })
      if (!JSON.parse(answer.body.toString()).Item) missing.push(n)
    }
    expect(last).toBeGreaterThanOrEqual(2_000)
    expect(missing).toEqual([])
  })

  it('is there after a restart, and gone after a reset', async () => {
    const directory = folder()
    const tables = async (running: Awaited<ReturnType<typeof startDynamoDb>>): Promise<string[]> => {
      const request: DynamoDbRequest = {
        target: 'ListTables',
        body: Buffer.from('{}'),
        scope: running.scope,
        requestId: 'r',
      }
      return JSON.parse((await running.service.handle(request)).body.toString()).TableNames
    }
    const first = await startDynamoDb({ directory })
    await first.service.handle({
      target: 'CreateTable',
      body: Buffer.from(
        JSON.stringify({
          TableName: 'kept',
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
          KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
        }),
      ),
      scope: first.scope,
      requestId: 'r',
    })
    await first.stop()

    const second = await startDynamoDb({ directory })
    expect(await tables(second)).toEqual(['kept'])
    second.service.reset?.()
    expect(await tables(second)).toEqual([])
    await second.stop()

    const third = await startDynamoDb({ directory })
    expect(await tables(third)).toEqual([])
    await third.stop()
  })

  it('or asked while a reset goes on fails no process', async () => {
    const running = await startDynamoDb({ directory: folder() })
    onTestFinished(() => running.stop())
    const call = (target: string, input: unknown) =>
      running.service.handle({
        target,
        body: Buffer.from(JSON.stringify(input)),
        scope: running.scope,
        requestId: 'r',
      })
    const table = {
      TableName: 'busy',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
    }
    for (let round = 0; round < 5; round++) {
      expect((await call('CreateTable', table)).status).toBe(200)
      const busy = Array.from({ length: 50 }, (_, n) =>
        n % 2 === 0
          ? call('PutItem', { TableName: 'busy', Item: { n: { N: String(n) } } })
          : call('Scan', { TableName: 'busy' }),
      )
      running.service.reset?.()
      for (const { status } of await Promise.all(busy)) expect([200, 400]).toContain(status)
    }
    expect(running.defects).toEqual([])
  })

  it('never leads out of the folder, whatever region the credentials name', async () => {
    const running = await startDynamoDb({ directory: folder() })
    onTestFinished(() => running.stop())
    const { status, body } = await running.service.handle({
      target: 'ListTables',
      body: Buffer.from('{}'),
      scope: { account: '123456789012', region: '../../elsewhere' },
      requestId: 'r',
    })
    expect(status).toBe(400)
    expect(body.toString()).toContain('UnrecognizedClientException')
  })
})
