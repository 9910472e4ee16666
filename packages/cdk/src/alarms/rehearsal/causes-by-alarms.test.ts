import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startTestCloud } from '@sonde/cloud/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CAUSES } from './causes.ts'
import { documentOf, expectedOf, type Fired, matrixOf, PAGER } from './matrix.ts'
import { createRehearsal } from './rehearsal.ts'
import { rehearsedStack } from './rehearsed-stack.ts'

const DOCUMENT = join(import.meta.dirname, '../../../../../docs/alarms-by-cause.md')
const COMMAND = 'SONDE_WRITE_DOCS=1 npx vitest run packages/cdk/src/alarms/rehearsal'

const whole = rehearsedStack(true)
const withoutCheck = rehearsedStack(false)
const keys = [...new Set([PAGER, ...whole.keys, ...withoutCheck.keys])]

describe('the alarms of a service, each driven by its own cause', () => {
  let cloud: Awaited<ReturnType<typeof startTestCloud>>
  let rehearse: ReturnType<typeof createRehearsal>
  const fired = new Map<string, ReadonlySet<string>>()
  beforeAll(async () => {
    cloud = await startTestCloud()
    cloud.clock.step(Date.UTC(2099, 0, 5))
    rehearse = createRehearsal(cloud)
  })
  afterAll(() => cloud.stop())

  it.each(Object.entries(CAUSES))('%s', async (name, cause) => {
    const stack = cause.without === 'health check' ? withoutCheck : whole
    const outcome = await rehearse(cause, stack)
    const known = new Set(stack.keys)
    const speaking = outcome.fired.filter(key => known.has(key))
    expect(outcome.before).toEqual([])
    expect(speaking.sort()).toEqual([...expectedOf(cause).keys()].sort())
    expect(outcome.standing).toEqual(expect.arrayContaining([...cause.own]))
    expect(outcome.pages).toEqual(cause.pages ? ['ALARM', 'OK'] : [])
    fired.set(name, new Set(speaking))
  })

  it('leave no alarm without a cause', () => {
    const told = new Set(Object.values(CAUSES).flatMap(({ own }) => own))
    expect(keys.filter(key => !told.has(key))).toEqual([])
  })

  it('speak as the documentation says', ({ skip }) => {
    skip(fired.size < Object.keys(CAUSES).length, 'not every cause did what it should, or was tried')
    const observed: Fired = fired
    process.stdout.write(`${matrixOf(observed, keys).join('\n')}\n`)
    const text = documentOf(observed, keys)
    if (process.env.SONDE_WRITE_DOCS) writeFileSync(DOCUMENT, text)
    expect(readFileSync(DOCUMENT, 'utf8'), `docs/alarms-by-cause.md is old: ${COMMAND}`).toBe(text)
  })
})
