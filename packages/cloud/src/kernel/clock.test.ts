import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createClock } from './clock.ts'

const NEW_YEAR = Date.UTC(2030, 0, 1)

const steppedClock = () => {
  const clock = createClock()
  clock.step(NEW_YEAR)
  return clock
}

describe('a stepped clock', () => {
  it('stands still until it is advanced', async () => {
    const clock = steppedClock()
    expect(clock.now()).toBe(NEW_YEAR)
    await clock.advance(60_000)
    expect(clock.now()).toBe(NEW_YEAR + 60_000)
  })

  it('fires each timer at its own time, in order, including timers set by timers', async () => {
    const clock = steppedClock()
    const fired: string[] = []
    const note = (name: string) => fired.push(`${name}@${clock.now() - NEW_YEAR}`)
    clock.after(30, () => void note('b'))
    clock.after(10, () => {
      note('a')
      clock.after(5, () => void note('nested'))
    })
    clock.after(30, () => void note('c'))
    clock.after(100, () => void note('later'))
    await clock.advance(50)
    expect(fired).toEqual(['a@10', 'nested@15', 'b@30', 'c@30'])
  })

  it('waits for what a timer does before it moves on', async () => {
    const clock = steppedClock()
    const seen: number[] = []
    clock.after(10, async () => {
      await new Promise(resolve => setImmediate(resolve))
      seen.push(clock.now() - NEW_YEAR)
    })
    await clock.advance(1_000)
    expect(seen).toEqual([10])
  })

  it('does not move on while work is held, nor while what that work began is', async () => {
    const clock = steppedClock()
    const seen: string[] = []
    const work = async (name: string): Promise<void> => {
      await new Promise(resolve => setTimeout(resolve, 2))
      seen.push(`${name}@${clock.now() - NEW_YEAR}`)
      if (name === 'first') clock.hold(work('second'))
    }
    clock.after(10, () => clock.hold(work('first')))
    clock.after(20, () => void seen.push(`timer@${clock.now() - NEW_YEAR}`))
    await clock.advance(30)
    expect(seen).toEqual(['first@10', 'second@10', 'timer@20'])
  })

  it('moves on after held work that fails', async () => {
    const clock = steppedClock()
    clock.hold(Promise.reject(new Error('no')))
    await clock.advance(10)
    expect(clock.now()).toBe(NEW_YEAR + 10)
  })

  it('never fires a cancelled timer', async () => {
    const clock = steppedClock()
    let fired = false
    clock
      .after(10, () => {
        fired = true
      })
      .cancel()
    await clock.advance(20)
    expect(fired).toBe(false)
  })

  it('goes on after a task that throws, and reports it', async () => {
    const errors: unknown[] = []
    const clock = createClock(error => errors.push(error))
    clock.step(NEW_YEAR)
    let fired = false
    clock.after(1, () => {
      throw new Error('broken task')
    })
    clock.after(2, () => {
      fired = true
    })
    await clock.advance(5)
    expect(fired).toBe(true)
    expect(errors).toEqual([new Error('broken task')])
  })

  it('advances by all that it is told to, also where it is told while it advances', async () => {
    const clock = steppedClock()
    const fired: number[] = []
    for (const delay of [10, 20, 30]) {
      clock.after(delay, async () => {
        await new Promise(resolve => setImmediate(resolve))
        fired.push(clock.now() - NEW_YEAR)
      })
    }
    await Promise.all([clock.advance(20), clock.advance(20)])
    expect(fired).toEqual([10, 20, 30])
    expect(clock.now()).toBe(NEW_YEAR + 40)
  })

  it('ends an advance when it is set to run, and fires nothing ahead of its time', async () => {
    const clock = steppedClock()
    const fired: string[] = []
    clock.after(10, () => clock.scale(2))
    clock.after(60_000, () => void fired.push('an hour early'))
    await expect(clock.advance(3_600_000)).rejects.toThrow('was set to run before it had advanced')
    expect(clock.now()).toBeLessThan(NEW_YEAR + 30_000)
    expect(fired).toEqual([])
    clock.close()
  })

  it('lets others work while it advances by years', async () => {
    const clock = steppedClock()
    let turns = 0
    const count = (): void => {
      turns++
      if (!ended) setImmediate(count)
    }
    let ended = false
    count()
    const everyMinute = (): void => {
      const until = performance.now() + 1
      while (performance.now() < until);
      clock.after(60_000, everyMinute)
    }
    everyMinute()
    await clock.advance(200 * 60_000)
    ended = true
    expect(turns).toBeGreaterThan(3)
  })

  it('cannot be set back', () => {
    expect(() => steppedClock().step(NEW_YEAR - 1)).toThrow('a clock cannot be set back')
  })

  it('ends before times that have no usual form', async () => {
    const clock = steppedClock()
    const end = 'a clock goes no further than 9999-01-01T00:00:00.000Z'
    expect(() => clock.step(1e15)).toThrow(end)
    await expect(clock.advance(1e300)).rejects.toThrow(end)
    expect(clock.now()).toBe(NEW_YEAR)
  })

  it('fires any set of timers in order of time, then of setting', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 })), async delays => {
        const clock = steppedClock()
        const fired: number[] = []
        for (const [index, delay] of delays.entries()) clock.after(delay, () => void fired.push(index))
        await clock.advance(50)
        const expected = delays.map((delay, index) => ({ delay, index }))
        expected.sort((a, b) => a.delay - b.delay || a.index - b.index)
        expect(fired).toEqual(expected.map(({ index }) => index))
      }),
    )
  })
})

describe('a clock that returns to real time from the future', () => {
  it('keeps the distance of timers that were set there, and leaves those of the present alone', async () => {
    const clock = createClock()
    const start = clock.now()
    const fired: string[] = []
    clock.at(start + 50_000, () => void fired.push('present'))
    clock.step(NEW_YEAR)
    clock.after(30_000, () => void fired.push('future'))
    clock.follow()
    clock.step()
    await clock.advance(29_000)
    expect(fired).toEqual([])
    await clock.advance(1_000)
    expect(fired).toEqual(['future'])
    await clock.advance(20_000)
    expect(fired).toEqual(['future', 'present'])
  })

  it('tells by how much it was set, forward and back', () => {
    const clock = createClock()
    const set: number[] = []
    clock.onSet(by => set.push(by))
    const start = clock.now()
    clock.step(NEW_YEAR)
    clock.step()
    clock.scale(10)
    clock.follow()
    expect(set).toHaveLength(2)
    expect(Math.abs((set[0] ?? 0) - (NEW_YEAR - start))).toBeLessThan(1_000)
    expect(Math.abs((set[1] ?? 0) + (NEW_YEAR - start))).toBeLessThan(1_000)
  })
})

describe('a scaled clock', () => {
  it('fires a timer of an hour in a fraction of a second', async () => {
    const clock = createClock()
    clock.scale(100_000)
    const start = clock.now()
    await new Promise<void>(resolve => clock.after(3_600_000, resolve))
    expect(clock.now() - start).toBeGreaterThanOrEqual(3_600_000)
    clock.close()
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses speed %s', speed => {
    expect(() => createClock().scale(speed)).toThrow(RangeError)
  })
})

describe('a real clock', () => {
  it('refuses to be advanced', async () => {
    await expect(createClock().advance(1)).rejects.toThrow('only a stepped clock can be advanced')
  })

  it('fires what the return to real time has passed', async () => {
    const clock = createClock()
    clock.step()
    const fired = new Promise<void>(resolve => clock.after(0, resolve))
    clock.follow()
    await fired
    clock.close()
  })
})
