import { describe, expect, it } from 'vitest'
import { rowsOf } from './span-tree.ts'
import { duration, renderWaterfall } from './waterfall.ts'

const plain = { print: () => {}, warn: () => {}, style: (_style: unknown, text: string) => text }
const marked = { ...plain, style: (style: unknown, text: string) => `<${String(style)}>${text}` }

const TRACE = [
  {
    id: 'a',
    name: 'flight-delay/prod',
    origin: 'AWS::ApiGateway::Stage',
    start_time: 100,
    end_time: 100.1,
    subsegments: [
      { id: 'b', name: 'Initialization', start_time: 100, end_time: 100.05 },
      { id: 'c', name: '## predict', start_time: 100.05, end_time: 100.1, annotations: { model: 'm1' } },
    ],
  },
]

describe('the waterfall', () => {
  it('draws every span on one scale, with its time and annotations', () => {
    expect(renderWaterfall(rowsOf(TRACE), 92, plain).map(line => line.trimEnd())).toEqual([
      `${'flight-delay/prod'.padEnd(41)}${'ApiGateway::Stage'.padEnd(18)}   100.0 ms  ████████████████████`,
      `${'  Initialization'.padEnd(59)}    50.0 ms  ██████████`,
      `${'  ## predict'.padEnd(59)}    50.0 ms            ██████████`,
      '      model=m1',
    ])
  })

  it('shows a cold start in amber', () => {
    expect(renderWaterfall(rowsOf(TRACE), 92, marked)[1]).toContain('<yellow>')
  })
})

describe('a duration', () => {
  it.each([
    [0.8234, '0.82 ms'],
    [12.44, '12.4 ms'],
    [1_250, '1.25 s'],
  ])('of %d ms is printed as %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text)
  })
})
