import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createClock } from '../../../kernel/clock.ts'
import { createStore } from '../../../kernel/store.ts'
import { createHarness, START, TOPIC } from './testing.ts'
import { described, history, put, silence, summaries } from './testing-calls.ts'

const MINUTE = 60_000

describe('the clock', () => {
  it('takes a day of 200 alarms in seconds, and writes what has changed alone', async () => {
    const harness = createHarness()
    for (let index = 0; index < 200; index++) put(harness, `a${index}`, { MetricName: `m${index % 40}` })
    const before = process.cpuUsage()
    await harness.clock.advance(24 * 60 * MINUTE)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(10)
    expect(history(harness, 'a7').map(({ HistorySummary }) => HistorySummary)).toEqual(['Alarm "a7" created'])
    expect(described(harness, 'a7')?.StateReason).toBe('Insufficient Data: 5 datapoints were unknown.')
  })

  it('evaluates once for the present time where it has jumped', async () => {
    const harness = createHarness()
    put(harness, 'a', { TreatMissingData: 'breaching', EvaluationPeriods: 1 })
    harness.clock.step(harness.clock.now() + 30 * 86_400_000)
    let reads = 0
    const periods = harness.metrics.periods
    harness.metrics.periods = (...asked) => {
      reads++
      return periods(...asked)
    }
    await harness.clock.advance(0)
    expect([harness.state('a'), reads]).toEqual(['ALARM', 1])
  })
})

describe('a clock that returns from the future', () => {
  it('has alarms of all kinds be evaluated by its own minutes', async () => {
    const clock = createClock()
    const harness = createHarness({ clock })
    clock.step()
    const began = clock.now()
    put(harness, 'math', {
      MetricName: undefined,
      Namespace: undefined,
      Statistic: undefined,
      Period: undefined,
      TreatMissingData: 'breaching',
      Metrics: [
        { Id: 'e', Expression: 'm * 1' },
        {
          Id: 'm',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'n', MetricName: 'runs' }, Period: 60, Stat: 'Sum' },
        },
      ],
    })
    put(harness, 'single', { TreatMissingData: 'breaching' })
    const warmUp = { WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 60 } }
    await clock.advance(30 * 86_400_000)
    expect(harness.states('math', 'single')).toEqual(['ALARM', 'ALARM'])
    put(harness, 'warm', { ...warmUp, TreatMissingData: 'breaching' })
    clock.follow()
    clock.step()
    expect(clock.now() - began).toBeLessThan(MINUTE)
    for (let minute = 0; minute < 10; minute++) {
      harness.metrics.put('runs', clock.now(), 5)
      await clock.advance(MINUTE)
    }
    expect(harness.states('math', 'single', 'warm')).toEqual(['OK', 'OK', 'OK'])
  })

  it('has no action wait longer than its period, also after a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'alarms-'))
    try {
      const ahead = createClock()
      ahead.step(START)
      const harness = createHarness({ store: createStore(directory), clock: ahead })
      const still = { TreatMissingData: 'ignore', AlarmActions: [] }
      for (const name of ['child', 'quiet']) put(harness, name, still)
      harness.call('PutCompositeAlarm', {
        AlarmName: 'both',
        AlarmRule: 'ALARM(child)',
        AlarmActions: [TOPIC],
        ActionsSuppressor: 'quiet',
        ActionsSuppressorWaitPeriod: 600,
        ActionsSuppressorExtensionPeriod: 60,
      })
      harness.call('SetAlarmState', { AlarmName: 'child', StateValue: 'ALARM', StateReason: 'drill' })
      expect(harness.state('both')).toBe('ALARM by WaitPeriod')
      harness.alarms.stop()

      const behind = createClock()
      behind.step(START - 30 * 86_400_000)
      const again = createHarness({ store: createStore(directory), clock: behind })
      await again.alarms.start()
      await behind.advance(599_000)
      expect(again.told.published).toEqual([])
      await behind.advance(1_000)
      expect(again.told.published).toHaveLength(1)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})

describe('a cloud that was killed', () => {
  it('has its alarms, states, history and running waits, and does not make up for lost minutes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'alarms-'))
    try {
      const clock = createClock()
      clock.step(START)
      const harness = createHarness({ store: createStore(directory), clock })
      put(harness, 'child', { MetricName: 'none', TreatMissingData: 'ignore', AlarmActions: [] })
      put(harness, 'quiet', { MetricName: 'none', AlarmActions: [] })
      harness.call('PutCompositeAlarm', {
        AlarmName: 'both',
        AlarmRule: 'ALARM(child)',
        AlarmActions: [TOPIC],
        ActionsSuppressor: 'quiet',
        ActionsSuppressorWaitPeriod: 600,
        ActionsSuppressorExtensionPeriod: 60,
      })
      put(harness, 'silent', { TreatMissingData: 'breaching', AlarmActions: [], EvaluationPeriods: 1 })
      await silence(harness, ['silent'], 1, 1)
      harness.call('SetAlarmState', { AlarmName: 'child', StateValue: 'ALARM', StateReason: 'drill' })
      expect(harness.state('both')).toBe('ALARM by WaitPeriod')
      const before = history(harness, 'both')

      // The first store is never closed: what is on disk is what a kill leaves.
      clock.step(START + 5 * MINUTE)
      const again = createHarness({ store: createStore(directory), clock })
      await again.alarms.start()
      expect(again.states('both', 'silent')).toEqual(['ALARM by WaitPeriod', 'ALARM'])
      expect(history(again, 'both').slice(0, before.length)).toEqual(before)
      expect(summaries(again, 'silent', 'StateUpdate').at(-1)).toBe('Alarm updated from OK to ALARM')
      harness.alarms.stop()
      await clock.advance(6 * MINUTE)
      expect(again.told.published.map(({ subject }) => subject)).toEqual([
        'ALARM: "both" in US East (N. Virginia)',
      ])
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
