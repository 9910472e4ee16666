import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Chart, ChartSeries } from './chart.ts'
import { drawChart } from './draw.ts'
import { stack } from './lines.ts'
import { formatValue, scaleOf, tickFormat } from './scale.ts'
import { escapeXml } from './svg.ts'
import { fitText, textWidth } from './text-width.ts'
import { THEMES } from './theme.ts'
import { timeTicks } from './time-axis.ts'

const MINUTE = 60_000
const START = Date.UTC(2030, 0, 1, 10)

const seriesOf = (
  values: ReadonlyArray<number | undefined>,
  more: Partial<ChartSeries> = {},
): ChartSeries => {
  const present = values.flatMap((value, index) => (value === undefined ? [] : [{ value, index }]))
  return {
    label: 'Latency',
    color: '#0072b2',
    side: 'left',
    unit: 'Milliseconds',
    period: MINUTE,
    times: present.map(({ index }) => START + index * MINUTE),
    values: present.map(({ value }) => value),
    ...more,
  }
}

const chartOf = (series: readonly ChartSeries[], more: Partial<Chart> = {}): Chart => ({
  width: 600,
  height: 400,
  theme: THEMES.light,
  title: undefined,
  view: 'timeSeries',
  stacked: false,
  range: { start: START, end: START + 10 * MINUTE },
  offset: 0,
  series,
  bands: [],
  horizontal: [],
  vertical: [],
  axes: { left: {}, right: {} },
  legend: 'bottom',
  sparkline: false,
  fullPrecision: false,
  valueLabels: true,
  ...more,
})

/** The texts of a picture, in the order in which they are drawn. */
const textsOf = (svg: string) =>
  Array.from(svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, content]) => content)
/** The commands of the paths of a colour. */
const pathsOf = (svg: string, color: string, attribute = 'stroke') =>
  Array.from(svg.matchAll(/<path d="([^"]*)"[^>]*>/g))
    .filter(([element]) => element.includes(`${attribute}="${color}"`))
    .map(([, commands = '']) => commands)

describe('a picture of lines', () => {
  it('has its title, its unit, ticks of both axes and a legend', () => {
    const svg = drawChart(chartOf([seriesOf([0, 50, 100])], { title: 'Answers' }))
    expect(textsOf(svg)).toEqual(
      ['Answers', '0', '20', '40', '60', '80', '100'].concat([
        '10:00',
        '10:02',
        '10:04',
        '10:06',
        '10:08',
        '10:10',
        'Milliseconds',
        'Latency',
      ]),
    )
  })

  it('joins the points of a series where they belong', () => {
    const svg = drawChart(chartOf([seriesOf([0, 100])], { legend: 'hidden' }))
    const [x1, y1, x2, y2] = (pathsOf(svg, '#0072b2')[0] ?? '').match(/[\d.]+/g)?.map(Number) ?? []
    const ticks = Array.from(
      svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"[^>]*>(0|100)</g),
      ([, y]) => Number(y) - 4,
    )
    expect([y1, y2].map(y => Math.round(y ?? 0))).toEqual(ticks.map(Math.round))
    const minute = (x2 ?? 0) - (x1 ?? 0)
    const marks = Array.from(svg.matchAll(/<line x1="([\d.]+)" y1="[\d.]+" x2="\1"/g), ([, x]) => Number(x))
    expect(marks[0]).toBeCloseTo(x1 ?? 0, 1)
    expect((marks[1] ?? 0) - (marks[0] ?? 0)).toBeCloseTo(2 * minute, 1)
  })

  it('breaks a line where periods are missing, and draws a lone point as a dot', () => {
    const svg = drawChart(chartOf([seriesOf([1, 2, undefined, 3, undefined, 4, 5])]))
    expect(pathsOf(svg, '#0072b2')[0]?.match(/M/g)).toHaveLength(2)
    expect(svg.match(/<circle/g)).toHaveLength(1)
  })

  it('has a second axis for what is on the right', () => {
    const right = seriesOf([1e6, 2e6], { side: 'right', unit: 'Bytes', label: 'Size' })
    const texts = textsOf(drawChart(chartOf([seriesOf([0, 50, 100]), right])))
    expect(texts).toContain('Bytes')
    expect(texts).toContain('2.0M')
    expect(texts).toContain('100')
  })

  it('says so where there are no data', () => {
    expect(textsOf(drawChart(chartOf([seriesOf([])])))).toContain('No data available')
  })

  it('keeps to the sides that an axis is given, and hides units on request', () => {
    const texts = textsOf(
      drawChart(
        chartOf([seriesOf([10, 20])], {
          axes: { left: { min: -100, max: 100, showUnits: false }, right: {} },
        }),
      ),
    )
    expect(texts).toContain('-100')
    expect(texts).not.toContain('Milliseconds')
  })

  it('shows annotations with their labels, areas and bands', () => {
    const svg = drawChart(
      chartOf([seriesOf([10, 20])], {
        horizontal: [
          { value: 200, label: 'SLA', color: '#d62728', fill: 'above', side: 'left' },
          {
            value: 5,
            to: { value: 8, label: 'high' },
            label: 'low',
            color: '#2ca02c',
            fill: 'none',
            side: 'left',
          },
        ],
        vertical: [{ time: START + 5 * MINUTE, label: 'deployed', color: '#9467bd', fill: 'after' }],
      }),
    )
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['SLA', 'low', 'high', 'deployed', '200']))
    expect(svg.match(/<rect[^>]*fill-opacity/g)).toHaveLength(3)
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(4)
  })

  it('fills the band of what is expected', () => {
    const times = [START, START + MINUTE]
    const band = {
      label: 'expected',
      color: '#8d99a8',
      side: 'left' as const,
      times,
      lower: [1, 2],
      upper: [3, 4],
    }
    const svg = drawChart(chartOf([seriesOf([2, 3])], { bands: [band] }))
    expect(pathsOf(svg, '#8d99a8', 'fill')[0]).toMatch(/^M[\d. ]+L[\d. ]+L[\d. ]+L[\d. ]+Z$/)
    expect(textsOf(svg)).toContain('expected')
  })

  it('stays within its size for 100,000 points', () => {
    const values = Array.from({ length: 100_000 }, (_, index) => Math.sin(index / 100))
    const range = { start: START, end: START + 100_000 * MINUTE }
    expect(drawChart(chartOf([seriesOf(values)], { range })).length).toBeLessThan(60_000)
  })

  it('cannot be broken out of by a label', () => {
    const svg = drawChart(chartOf([seriesOf([1], { label: '</text><script>"&\u0001' })], { title: '<b>' }))
    expect(svg).not.toContain('<script')
    expect(svg).toContain('&lt;b&gt;')
  })
})

describe('other views', () => {
  const series = [
    seriesOf([1, 25], { label: 'a' }),
    seriesOf([75], { label: 'b', unit: 'Count' }),
    seriesOf([], { label: 'c' }),
  ]

  it('show the latest value of each series', () => {
    expect(textsOf(drawChart(chartOf(series, { view: 'singleValue' })))).toEqual([
      '25',
      'ms',
      'a',
      '75',
      'Count',
      'b',
      '--',
      'c',
    ])
  })

  it('draw a line below a value where it is asked for', () => {
    expect(
      pathsOf(drawChart(chartOf(series, { view: 'singleValue', sparkline: true })), '#0072b2'),
    ).toHaveLength(1)
  })

  it('draw bars as high as their values', () => {
    const svg = drawChart(chartOf(series.slice(0, 2), { view: 'bar', legend: 'hidden' }))
    const [low = 0, high = 0] = Array.from(
      svg.matchAll(/<rect[^>]*height="([\d.]+)" rx="1.5"/g),
      ([, height]) => Number(height),
    )
    expect(high / low).toBeCloseTo(3, 2)
  })

  it('draw slices with their shares', () => {
    expect(textsOf(drawChart(chartOf(series, { view: 'pie' })))).toEqual(['25%', '75%', '100', 'a', 'b', 'c'])
  })

  it('draw a gauge between its ends', () => {
    const svg = drawChart(
      chartOf(series.slice(0, 1), { view: 'gauge', axes: { left: { min: 0, max: 50 }, right: {} } }),
    )
    expect(textsOf(svg)).toEqual(['25 ms', '0', '50', 'a'])
    // Half of the way: the arc ends above the middle.
    const [, , , , , , , x, y] = (pathsOf(svg, '#0072b2')[0] ?? '').match(/-?[\d.]+/g)?.map(Number) ?? []
    const [, cx] = /<text x="([\d.]+)" y="[\d.]+"[^>]*>25 ms</.exec(svg) ?? []
    expect(x).toBeCloseTo(Number(cx), 1)
    expect(y).toBeGreaterThan(0)
  })
})

describe('a scale', () => {
  it.each([
    [{ low: 0, high: 97 }, 5, [0, 20, 40, 60, 80, 100]],
    [{ low: 0, high: 1 }, 4, [0, 0.25, 0.5, 0.75, 1]],
    [{ low: -3, high: 4 }, 4, [-4, -2, 0, 2, 4]],
    [{ low: 5, high: 5 }, 2, [4.5, 5, 5.5]],
  ])('of %o has round ticks', (values, wanted, ticks) => {
    expect(scaleOf(values, {}, wanted).ticks).toEqual(ticks)
  })

  it('holds its values, in order, for any of them', () => {
    const value = fc.double({ noNaN: true, min: -1e100, max: 1e100 })
    fc.assert(
      fc.property(value, value, fc.integer({ min: 1, max: 20 }), (a, b, wanted) => {
        const scale = scaleOf({ low: Math.min(a, b), high: Math.max(a, b) }, {}, wanted)
        expect(scale.low).toBeLessThanOrEqual(Math.min(a, b))
        expect(scale.high).toBeGreaterThanOrEqual(Math.max(a, b))
        expect(scale.high).toBeGreaterThan(scale.low)
        expect(scale.ticks.length).toBeLessThanOrEqual(50)
        const format = tickFormat(scale)
        expect(scale.ticks.every(tick => format(tick).length < 12)).toBe(true)
      }),
    )
  })

  it.each([
    [0, '0'],
    [0.1234, '0.123'],
    [12.345, '12.3'],
    [999.99, '1k'],
    [1234, '1.23k'],
    [5_000_000, '5M'],
    [-1500, '-1.5k'],
    [1e-9, '1.00e-9'],
  ])('prints %d as %s', (value, printed) => {
    expect(formatValue(value)).toBe(printed)
  })
})

describe('a time axis', () => {
  const labels = (start: number, end: number, offset = 0) =>
    timeTicks({ start, end }, offset, 6).map(({ label }) => label)
  it.each([
    ['an hour', 60 * MINUTE, 0, ['10:00', '10:10', '10:20', '10:30', '10:40', '10:50', '11:00']],
    [
      'a minute',
      MINUTE,
      0,
      ['10:00:00', '10:00:10', '10:00:20', '10:00:30', '10:00:40', '10:00:50', '10:01:00'],
    ],
    ['a day', 24 * 60 * MINUTE, 0, ['12:00', '18:00', '01/02', '06:00']],
    ['two weeks', 14 * 24 * 60 * MINUTE, 0, ['01/03', '01/10']],
    [
      'an hour half an hour off',
      60 * MINUTE,
      30 * MINUTE,
      ['10:30', '10:40', '10:50', '11:00', '11:10', '11:20', '11:30'],
    ],
  ])('of %s has round times', (_name, span, offset, expected) => {
    expect(labels(START, START + span, offset)).toEqual(expected)
  })
})

describe('stacking', () => {
  it('adds up what is there at each time, on each side by itself', () => {
    const stacked = stack([seriesOf([1, 2]), seriesOf([undefined, 5, 6]), seriesOf([9], { side: 'right' })])
    expect(stacked.map(({ series, lower }) => [lower, series.values])).toEqual([
      [
        [0, 0, 0],
        [1, 2, 0],
      ],
      [
        [1, 2, 0],
        [1, 7, 6],
      ],
      [[0], [9]],
    ])
  })
})

describe('text', () => {
  it('is cut with an ellipsis where it is too wide', () => {
    expect(fitText('Latency', 12, 100)).toBe('Latency')
    const cut = fitText('A very long label of a metric', 12, 80)
    expect(cut).toMatch(/^A very.*…$/)
    expect(textWidth(cut, 12)).toBeLessThanOrEqual(80)
  })

  it('is always XML', () => {
    expect(escapeXml('a<b>&"\u0000\ud800')).toBe('a&lt;b&gt;&amp;&quot;\ufffd\ufffd')
  })
})

describe('a picture of any size', () => {
  it.each(['timeSeries', 'singleValue', 'gauge', 'bar', 'pie'] as const)(
    'has no lengths below 0: %s',
    view => {
      const series = [seriesOf([1, 2, 3]), seriesOf([5], { side: 'right', label: 'Another one of them' })]
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 2_000 }),
          fc.integer({ min: 1, max: 2_000 }),
          (width, height) => {
            const svg = drawChart(
              chartOf(series, { view, width, height, legend: 'right', title: 'Title', sparkline: true }),
            )
            expect(svg).not.toMatch(/NaN|Infinity|(?:width|height|r|font-size)="-/)
          },
        ),
      )
    },
  )
})
