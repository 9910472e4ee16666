import { describe, expect, it } from 'vitest'
import { StartGate } from './start-gate.ts'

describe('the start gate', () => {
  const create = (starting: number, total: number, evict = () => false) => {
    const started: string[] = []
    const gate = new StartGate(starting, total, evict)
    const request = (name: string, wanted = true) =>
      gate.request({
        startGranted: () => {
          if (wanted) started.push(name)
          return wanted
        },
      })
    return { gate, started, request }
  }

  it('lets so many initialise at a time, in the order of asking', () => {
    const { gate, started, request } = create(2, 10)
    for (const name of ['a', 'b', 'c', 'd']) request(name)
    expect(started).toEqual(['a', 'b'])
    gate.initialised()
    expect(started).toEqual(['a', 'b', 'c'])
  })

  it('passes a start on that is no longer wanted', () => {
    const { gate, started, request } = create(1, 10)
    request('a')
    request('b', false)
    request('c')
    gate.initialised()
    expect(started).toEqual(['a', 'c'])
  })

  it('holds back what this machine has no room for until one has ended', () => {
    const { gate, started, request } = create(5, 1)
    request('a')
    request('b')
    gate.initialised()
    expect(started).toEqual(['a'])
    gate.ended()
    expect(started).toEqual(['a', 'b'])
  })

  it('makes room by ending one that is idle', () => {
    let idle = 1
    const parts = create(5, 1, () => {
      if (idle === 0) return false
      idle--
      parts.gate.ended()
      return true
    })
    parts.request('a')
    parts.request('b')
    parts.request('c')
    expect(parts.started).toEqual(['a', 'b'])
  })
})
