import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createStore } from '../../../kernel/store.ts'
import { UsageLedger } from './usage-ledger.ts'

const TODAY = 21_915

const temporary = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-usage-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const logOf = (directory: string): string => join(directory, 'apigateway', 'usage.ndjson')

describe('the usage ledger', () => {
  it('writes the requests of one turn in one line for each key, before they may pass', async () => {
    const directory = temporary()
    const ledger = new UsageLedger(createStore(directory))
    const [a, b] = [ledger.of('plan', 'a'), ledger.of('plan', 'b')]
    const counted = [...Array(500)].map((_, index) => ledger.count(index % 5 === 0 ? b : a, TODAY))
    expect(a.used(TODAY)).toBe(400)
    expect(readFileSync(logOf(directory), 'utf8')).toBe('')
    await Promise.all(counted)
    expect(readFileSync(logOf(directory), 'utf8').trim().split('\n').sort()).toEqual([
      `["plan","a",${TODAY},400,0]`,
      `["plan","b",${TODAY},100,0]`,
    ])
    ledger.close()
  })

  it('reads back what is on disk, without a torn line, and goes on', async () => {
    const directory = temporary()
    const first = new UsageLedger(createStore(directory))
    await Promise.all([1, 2, 3].map(() => first.count(first.of('plan', 'a'), TODAY)))
    await first.grant(first.of('plan', 'a'), TODAY, 7)
    first.close()
    appendFileSync(logOf(directory), `["plan","a",${TODAY},9`)
    const second = new UsageLedger(createStore(directory))
    const usage = second.of('plan', 'a')
    expect(usage.used(TODAY)).toBe(3)
    await second.count(usage, TODAY)
    second.close()
    const third = new UsageLedger(createStore(directory))
    const quota = { limit: 10, offset: 0, period: 'DAY' } as const
    expect(third.of('plan', 'a').remaining(quota, TODAY - 40, TODAY)).toBe(10 + 7 - 4)
    third.close()
  })

  it('refuses a log that it cannot read, naming the file', async () => {
    const directory = temporary()
    new UsageLedger(createStore(directory)).close()
    appendFileSync(logOf(directory), 'nonsense\n')
    expect(() => new UsageLedger(createStore(directory))).toThrow(logOf(directory))
  })

  it('rewrites a log that has grown, and loses nothing', async () => {
    const directory = temporary()
    const ledger = new UsageLedger(createStore(directory))
    const usage = ledger.of('p'.repeat(6_000), 'a')
    for (let turn = 0; turn < 400; turn++) await ledger.count(usage, TODAY)
    expect(statSync(logOf(directory)).size).toBeLessThan(1_500_000)
    ledger.close()
    const again = new UsageLedger(createStore(directory))
    expect(again.of(usage.plan, 'a').used(TODAY)).toBe(400)
    again.close()
  })

  it('keeps what GetUsage can be asked for, and the months before it, and no more', async () => {
    const ledger = new UsageLedger(createStore(undefined))
    const usage = ledger.of('plan', 'a')
    for (let day = 0; day <= 200; day++) await ledger.count(usage, TODAY + day)
    expect(usage.used(TODAY + 200 - 90 - 31)).toBe(1)
    expect([...usage.entries()]).toHaveLength(122)
  })

  it('adds up a month from its first day, with what was granted', async () => {
    const ledger = new UsageLedger(createStore(undefined))
    const usage = ledger.of('plan', 'a')
    const quota = { limit: 10, offset: 0, period: 'MONTH' } as const
    // 2030-01-01 and the days after it.
    for (const day of [TODAY - 1, TODAY, TODAY + 1, TODAY + 1]) await ledger.count(usage, day)
    await ledger.grant(usage, TODAY + 2, 5)
    const remaining = [-1, 0, 1, 2, 31].map(day => usage.remaining(quota, TODAY - 100, TODAY + day))
    expect(remaining).toEqual([9, 9, 7, 12, 10])
  })
})
