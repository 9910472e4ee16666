import { describe, expect, it } from 'vitest'
import type { StateValue, Suppression } from '../alarm.ts'
import {
  compositeChanged,
  periodEnded,
  type SuppressionStep,
  suppressorChanged,
  suppressorReplaced,
} from './suppression.ts'

const suppressor = (state: StateValue | undefined) => ({ state, waitPeriod: 120, extensionPeriod: 180 })

/** Plays events at their times; the answer is when the actions ran. */
const play = (events: ReadonlyArray<readonly [time: number, event: 'composite' | 'S ALARM' | 'S OK']>) => {
  const acted: number[] = []
  let state: StateValue = 'OK'
  let present: Suppression | undefined
  const apply = (time: number, { suppression, act }: SuppressionStep): void => {
    present = suppression
    if (act) acted.push(time)
  }
  const expire = (now: number): void => {
    if (present && 'until' in present && present.until <= now) apply(present.until, periodEnded())
  }
  for (const [time, event] of events) {
    expire(time)
    if (event === 'composite') apply(time, compositeChanged(suppressor(state), time))
    else {
      state = event === 'S ALARM' ? 'ALARM' : 'OK'
      apply(time, suppressorChanged(present, suppressor(state), time))
    }
  }
  const left = present?.by
  expire(Number.POSITIVE_INFINITY)
  return { acted, left }
}

describe('the suppression of actions', () => {
  it.each([
    ['1: acts after the wait while the suppressor stays quiet', [[0, 'composite']], [120]],
    [
      '2: is held back by a suppressor that comes during the wait',
      [
        [0, 'composite'],
        [60, 'S ALARM'],
      ],
      [],
    ],
    [
      '3: waits anew from another transition',
      [
        [0, 'composite'],
        [60, 'composite'],
      ],
      [180],
    ],
    [
      '4: is held back at once by a suppressor in ALARM',
      [
        [0, 'S ALARM'],
        [60, 'composite'],
      ],
      [],
    ],
    [
      '5: acts an extension after the suppressor has gone',
      [
        [0, 'S ALARM'],
        [60, 'composite'],
        [100, 'S OK'],
      ],
      [280],
    ],
    [
      '6: waits anew where it changes during the extension',
      [
        [0, 'S ALARM'],
        [60, 'composite'],
        [100, 'S OK'],
        [150, 'composite'],
      ],
      [270],
    ],
    [
      'is held back again by a suppressor that returns during the extension',
      [
        [0, 'S ALARM'],
        [60, 'composite'],
        [100, 'S OK'],
        [150, 'S ALARM'],
      ],
      [],
    ],
    [
      'does nothing for a suppressor that comes and goes at rest',
      [
        [0, 'S ALARM'],
        [60, 'S OK'],
      ],
      [],
    ],
  ] as const)('%s', (_rule, events, acted) => {
    expect(play(events).acted).toEqual(acted)
  })

  it('tells by what it is held back', () => {
    expect(play([[0, 'composite']]).left).toBe('WaitPeriod')
    expect(
      play([
        [0, 'S ALARM'],
        [1, 'composite'],
      ]).left,
    ).toBe('Alarm')
    expect(
      play([
        [0, 'S ALARM'],
        [1, 'composite'],
        [2, 'S OK'],
      ]).left,
    ).toBe('ExtensionPeriod')
  })

  it('acts at once where the periods are 0', () => {
    expect(compositeChanged({ state: 'OK', waitPeriod: 0, extensionPeriod: 0 }, 5)).toEqual({
      suppression: undefined,
      act: true,
    })
  })

  it('discards a period that runs when another suppressor takes over, but not what the former held back', () => {
    const waiting: Suppression = { by: 'WaitPeriod', until: 100 }
    expect(suppressorReplaced(waiting, suppressor('OK'), 5)).toEqual({ suppression: undefined, act: false })
    expect(suppressorReplaced({ by: 'Alarm' }, suppressor('OK'), 5).suppression).toEqual({
      by: 'ExtensionPeriod',
      until: 185,
    })
    expect(suppressorReplaced({ by: 'Alarm' }, undefined, 5).act).toBe(true)
  })
})
