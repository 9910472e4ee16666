import { describe, expect, it } from 'vitest'
import { rowsOf } from './span-tree.ts'

const segment = (id: string, more: object = {}) => ({ id, name: id, start_time: 1, end_time: 2, ...more })
const drawn = (documents: object[]) =>
  rowsOf(documents as never).map(({ span, depth }) => `${'-'.repeat(depth)}${span.name}`)

describe('the rows of a trace', () => {
  it('nest by parent, within a document and across documents', () => {
    expect(
      drawn([
        segment('function', { parent_id: 'invoke' }),
        segment('gateway', { subsegments: [segment('lambda', { subsegments: [segment('invoke')] })] }),
      ]),
    ).toEqual(['gateway', '-lambda', '--invoke', '---function'])
  })

  it('stand in the order of their start', () => {
    const subsegments = [
      segment('late', { start_time: 1.7 }),
      segment('early', { start_time: 1.1 }),
      segment('middle', { start_time: 1.4 }),
    ]
    expect(drawn([segment('root', { subsegments })])).toEqual(['root', '-early', '-middle', '-late'])
  })

  it('keep what has lost its parent, at the top', () => {
    expect(drawn([segment('orphan', { parent_id: 'gone' })])).toEqual(['orphan'])
  })

  it('tell faults with the message of their exception', () => {
    const cause = { exceptions: [{ type: 'TypeError', message: 'x is not a function' }] }
    const [row] = rowsOf([segment('root', { fault: true, cause }) as never])
    expect(row?.span).toMatchObject({ state: 'fault', message: 'TypeError: x is not a function' })
  })

  it('are as many as a trace may have, without recursion', () => {
    let deep = segment('leaf')
    for (let depth = 0; depth < 20_000; depth++) deep = segment(`s${depth}`, { subsegments: [deep] })
    expect(rowsOf([deep as never])).toHaveLength(20_001)
  })
})
