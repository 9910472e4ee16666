import { describe, expect, it } from 'vitest'
import { traceContext } from './trace-header.ts'

const TIME = 1_583_798_639_428
const ROOT = '1-3152b799-8954dae64eda91bc9a23a7e8'

describe('the trace header', () => {
  it('is created, with the time in it, where the client sent none', () => {
    const { root, header, parent, sampled } = traceContext(undefined, TIME)
    expect(root).toMatch(/^1-5e66d96f-[0-9a-f]{24}$/)
    expect(header).toBe(`Root=${root}`)
    expect(parent).toBeUndefined()
    expect(sampled).toBeUndefined()
  })

  it('is kept where the client sent a whole one', () => {
    const header = `Root=${ROOT};Parent=7fa8c0f79203be72;Sampled=1`
    const trace = traceContext(header, TIME)
    expect(trace).toEqual({ root: ROOT, parent: '7fa8c0f79203be72', sampled: '1', rest: '', header })
  })

  it('leaves the decision open where the client asks for it, and keeps further fields', () => {
    const header = `Root=${ROOT};Sampled=?;Self=1-2-3;Lineage=1:a:0`
    expect(traceContext(header, TIME)).toEqual({
      root: ROOT,
      parent: undefined,
      sampled: undefined,
      rest: ';Lineage=1:a:0',
      header,
    })
  })

  it('gets a root in front of what a client sent without one', () => {
    const trace = traceContext('Self=1-2-3;Foo=bar', TIME)
    expect(trace.header).toBe(`Root=${trace.root};Self=1-2-3;Foo=bar`)
  })
})
