import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openDocumentLog } from './document-log.ts'
import { createIntake } from './intake.ts'

const start = () => {
  const folder = mkdtempSync(join(tmpdir(), 'sonde-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  let now = 1_000
  const open = () => {
    const log = openDocumentLog(folder, () => now)
    onTestFinished(() => log.close())
    return log
  }
  const text = () =>
    readdirSync(folder)
      .sort()
      .map(name => readFileSync(join(folder, name), 'utf8'))
  return { folder, open, text, pass: (milliseconds: number) => (now += milliseconds) }
}

describe('the log of documents', () => {
  it('has the lines that were acknowledged, in order, however many at once', async () => {
    const { open, text } = start()
    const log = open()
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 10 }, (_, n) => log.append(Buffer.from(`${round * 10 + n}\n`))))
    }
    const position = log.flush()
    const expected = Array.from({ length: 200 }, (_, n) => `${n}\n`).join('')
    expect(text()).toEqual([expected])
    expect(position).toEqual({ file: 1, bytes: expected.length })
  })

  it('begins a file for each day and for each start, and cuts a torn tail', async () => {
    const { open, text, folder, pass } = start()
    const first = open()
    await first.append(Buffer.from('a\n'))
    pass(86_400_000)
    await first.append(Buffer.from('b\n'))
    first.close()
    writeFileSync(join(folder, readdirSync(folder).sort().at(-1) ?? ''), 'b\nto', { flag: 'w' })
    const second = open()
    await second.append(Buffer.from('c\n'))
    expect(text()).toEqual(['a\n', 'b\n', 'c\n'])
  })

  it('refuses what it cannot write, and goes on when it can', async () => {
    const { open, folder, text } = start()
    const log = open()
    const intake = createIntake({ append: log.append })
    const scope = { account: '123456789012', region: 'us-east-1' }
    const trace_id = `1-${Math.floor(Date.now() / 1_000).toString(16)}-000000000000000000000001`
    const document = { id: '0000000000000001', trace_id, name: 'n', start_time: 1, end_time: 2 }
    rmSync(folder, { recursive: true })
    await expect(intake.take(scope, [JSON.stringify(document)])).rejects.toMatchObject({
      code: 'ThrottledException',
      status: 429,
    })
    intake.record(scope, document)
    log.flush()
    await new Promise(setImmediate)
    expect(intake.counters()).toEqual({ received: 2, unprocessed: 0, dropped: 2 })
    mkdirSync(folder)
    await intake.take(scope, [JSON.stringify(document)])
    expect(text()).toEqual([`123456789012/us-east-1\t${trace_id}\t${JSON.stringify(document)}\n`])
    await expect(log.append(Buffer.alloc(33 * 1024 ** 2))).rejects.toThrow('More documents came at once')
  })

  it('forgets what it has when it is cleared, with what is under way', async () => {
    const { open, text } = start()
    const log = open()
    await log.append(Buffer.from('a\n'))
    const underWay = log.append(Buffer.from('b\n'))
    expect(log.clear()).toBe(2)
    await underWay.catch(() => {})
    await log.append(Buffer.from('c\n'))
    expect(text()).toEqual(['c\n'])
  })
})
