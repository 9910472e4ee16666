import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { drawChart } from './drawing/draw.ts'
import { createRasteriser } from './rasteriser.ts'
import { readWidget } from './widget.ts'
import { chartOf } from './widget-chart.ts'

const NOW = Date.UTC(2030, 0, 1)
const rasteriser = createRasteriser()
afterAll(() => rasteriser.close())

const number = fc.constantFrom(0, -1, 5, 100, 1e9, -1e9, 1e300, -1e300, 1e-300)
const side = fc.constantFrom('left', 'right')
const widget = fc.record({
  metrics: fc.array(
    fc.tuple(fc.constant('App'), fc.constantFrom('a', 'b'), fc.record({ label: fc.string(), yAxis: side })),
    { minLength: 1, maxLength: 12 },
  ),
  view: fc.constantFrom('timeSeries', 'singleValue', 'gauge', 'bar', 'pie'),
  stacked: fc.boolean(),
  title: fc.string(),
  width: fc.constantFrom(1, 30, 200, 333),
  height: fc.constantFrom(1, 30, 100, 400),
  legend: fc.record({ position: fc.constantFrom('right', 'bottom', 'hidden') }),
  // What is shown may lie far outside of the axes.
  yAxis: fc.constantFrom({ left: { min: 0, max: 10 } }, { left: { min: 1e9, max: 1e300 } }),
  annotations: fc.record({
    horizontal: fc.array(fc.record({ value: number, fill: fc.constantFrom('none', 'above', 'below') }), {
      maxLength: 2,
    }),
  }),
})

describe('the rasteriser', () => {
  it('takes every picture that is drawn, whatever the numbers in it', async () => {
    await fc.assert(
      fc.asyncProperty(widget, fc.array(number, { maxLength: 6 }), async (shown, values) => {
        const timestamps = values.map((_, index) => NOW - (values.length - index) * 60_000)
        const results = shown.metrics.map((_, index) => ({
          id: `row_${index}`,
          messages: [],
          series: [{ label: 'l', period: 60, timestamps, values: values.toSpliced(0, index % 2) }],
        }))
        const svg = drawChart(chartOf(readWidget(JSON.stringify(shown), NOW), results))
        expect((await rasteriser.render(svg)).length).toBeGreaterThan(50)
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})
