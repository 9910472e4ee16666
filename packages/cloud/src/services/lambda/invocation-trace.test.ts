import { describe, expect, it } from 'vitest'
import { decideTrace, InvocationSampler } from './invocation-trace.ts'

const ROOT = '1-5e66d96f-7491f092d2a5079d18acf3d0'
const PARENT = '53995c3f42cd8ad8'
const NOW = 1_583_798_639_428
const never = () => false
const always = () => true

describe('with active tracing', () => {
  it.each([
    ['the caller samples', `Root=${ROOT};Parent=${PARENT};Sampled=1`, never, true],
    ['the caller does not', `Root=${ROOT};Parent=${PARENT};Sampled=0`, always, false],
    ['nobody has decided and the sampler takes it', `Root=${ROOT};Parent=${PARENT}`, always, true],
    ['nobody has decided and the sampler leaves it', `Root=${ROOT};Parent=${PARENT}`, never, false],
    ['the caller asks', `Root=${ROOT};Parent=${PARENT};Sampled=?`, always, true],
  ])('the trace is kept where %s', (_what, incoming, sample, sampled) => {
    const { header, trace } = decideTrace('Active', incoming, sample, NOW)
    const id = /;Parent=([0-9a-f]{16});/.exec(header)?.[1]
    expect(header).toBe(`Root=${ROOT};Parent=${id};Sampled=${sampled ? 1 : 0}`)
    expect(id).not.toBe(PARENT)
    if (sampled) expect(trace).toMatchObject({ traceId: ROOT, parentId: PARENT, functionSegmentId: id })
    else expect(trace).toBeUndefined()
  })

  it.each([undefined, '', 'Root=nonsense;Parent=53995c3f42cd8ad8'])('%j begins a new one', incoming => {
    const { trace } = decideTrace('Active', incoming, always, NOW)
    expect(trace?.traceId).toMatch(/^1-5e66d96f-[0-9a-f]{24}$/)
    expect(trace?.parentId).toBeUndefined()
  })
})

describe('without active tracing', () => {
  it.each([
    [`Root=${ROOT};Parent=${PARENT};Sampled=1;Lineage=1:a:0`, `Root=${ROOT};Lineage=1:a:0`],
    [`Root=${ROOT}`, `Root=${ROOT}`],
  ])('%s is handed on as %s', (incoming, header) => {
    expect(decideTrace('PassThrough', incoming, always, NOW)).toEqual({ header, trace: undefined })
  })

  it('a root is made where there is none', () => {
    expect(decideTrace('PassThrough', undefined, always, NOW).header).toMatch(
      /^Root=1-5e66d96f-[0-9a-f]{24}$/,
    )
  })
})

describe('Lambda’s own sampling', () => {
  it('takes the first request of each second and function', () => {
    const sampler = new InvocationSampler(() => 0.99)
    expect([0, 10, 999, 1000, 1001].map(time => sampler.sample('a', NOW - 428 + time))).toEqual([
      true,
      false,
      false,
      true,
      false,
    ])
    expect(sampler.sample('b', NOW)).toBe(true)
  })

  it('takes one in twenty of the others', () => {
    let turn = 0
    const sampler = new InvocationSampler(() => (turn++ % 100) / 100)
    sampler.sample('a', NOW)
    const taken = Array.from({ length: 1000 }, () => sampler.sample('a', NOW)).filter(Boolean)
    expect(taken).toHaveLength(50)
  })
})
