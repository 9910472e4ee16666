import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rehearsedStack } from './rehearsal/rehearsed-stack.ts'

const RUNBOOK = join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'runbook.md')

it('every alarm has a section of the runbook, where the link in its description leads', () => {
  const text = readFileSync(RUNBOOK, 'utf8')
  const anchors = new Set([
    ...Array.from(text.matchAll(/<a id="([^"]+)">/g), ([, id]) => id),
    ...Array.from(text.matchAll(/^#+ ([a-z0-9-]+)$/gm), ([, heading]) => heading),
  ])
  const keys = [true, false].flatMap(healthCheck => rehearsedStack(healthCheck).keys)
  expect(keys.filter(key => !anchors.has(key))).toEqual([])
})
