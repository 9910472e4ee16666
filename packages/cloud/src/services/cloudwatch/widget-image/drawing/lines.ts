import type { ChartSeries, Side } from './chart.ts'
import { element, round } from './svg.ts'

/** How times and values become pixels. */
export interface Projection {
  readonly x: (time: number) => number
  readonly y: (side: Side, value: number) => number
}

/** Points farther apart than this many periods are not joined: what lies between is missing. */
const GAP = 1.5

/** Runs of points without a gap, as indexes `[first, last]`. */
const runsOf = ({ times, period }: { times: readonly number[]; period: number }): Array<[number, number]> => {
  const runs: Array<[number, number]> = []
  for (const [index, time] of times.entries()) {
    const run = runs.at(-1)
    if (run && time - (times[index - 1] ?? 0) <= period * GAP) run[1] = index
    else runs.push([index, index])
  }
  return runs
}

/** More points than a picture has columns are drawn as the lowest and highest of each column. */
const thin = (
  points: ReadonlyArray<readonly [x: number, y: number]>,
): ReadonlyArray<readonly [number, number]> => {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || points.length < 4 * (last[0] - first[0])) return points
  const kept: Array<readonly [number, number]> = []
  let column: Array<readonly [number, number]> = []
  const flush = (): void => {
    if (column.length <= 4) kept.push(...column)
    else {
      const sorted = [...column].sort((a, b) => a[1] - b[1])
      const [lowest, highest] = [sorted[0], sorted.at(-1)]
      kept.push(
        ...column.filter(
          (point, at) => at === 0 || at === column.length - 1 || point === lowest || point === highest,
        ),
      )
    }
    column = []
  }
  for (const point of points) {
    if (column[0] && Math.floor(column[0][0]) !== Math.floor(point[0])) flush()
    column.push(point)
  }
  flush()
  return kept
}

const pathOf = (points: ReadonlyArray<readonly [number, number]>): string =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('')

/** A line through the points of a series, broken where periods are missing; a lone point is a dot. */
export const drawLine = (series: ChartSeries, { x, y }: Projection, width = 1.6): string => {
  const point = (index: number): readonly [number, number] => [
    x(series.times[index] ?? 0),
    y(series.side, series.values[index] ?? 0),
  ]
  let path = ''
  let dots = ''
  for (const [first, last] of runsOf(series)) {
    if (first === last) {
      const [cx, cy] = point(first)
      dots += element('circle', { cx, cy, r: 2.2, fill: series.color })
      continue
    }
    path += pathOf(thin(Array.from({ length: last - first + 1 }, (_, index) => point(first + index))))
  }
  if (path === '') return dots
  const stroke = {
    stroke: series.color,
    'stroke-width': width,
    'stroke-linejoin': 'round',
    'stroke-linecap': 'round',
  }
  return element('path', { d: path, fill: 'none', ...stroke }) + dots
}

/** The area between two lines of the same times; points where either is missing are left out. */
export const drawArea = (
  area: {
    readonly times: readonly number[]
    readonly lower: readonly number[]
    readonly upper: readonly number[]
    readonly side: Side
  },
  { x, y }: Projection,
  fill: string,
  opacity: number,
): string => {
  const rows = area.times.flatMap((time, index) => {
    const [low = Number.NaN, high = Number.NaN] = [area.lower[index], area.upper[index]]
    return Number.isFinite(low) && Number.isFinite(high) ? [{ at: x(time), low, high }] : []
  })
  if (rows.length === 0) return ''
  const upper = rows.map(({ at, high }) => [at, y(area.side, high)] as const)
  const lower = rows.map(({ at, low }) => [at, y(area.side, low)] as const).reverse()
  return element('path', {
    d: `${pathOf(thin(upper))}${pathOf(thin(lower)).replace('M', 'L')}Z`,
    fill,
    'fill-opacity': opacity,
    stroke: 'none',
  })
}

/** The series of each side on top of each other, over all their times; one that is missing counts as 0. */
export const stack = (
  series: readonly ChartSeries[],
): ReadonlyArray<{ readonly series: ChartSeries; readonly lower: readonly number[] }> => {
  const sums: Readonly<Record<Side, Map<number, number>>> = { left: new Map(), right: new Map() }
  const times: Readonly<Record<Side, number[]>> = { left: [], right: [] }
  for (const side of ['left', 'right'] as const) {
    const all = new Set(series.flatMap(one => (one.side === side ? one.times : [])))
    times[side].push(...[...all].sort((a, b) => a - b))
  }
  return series.map(one => {
    const own = new Map(one.times.map((time, index) => [time, one.values[index] ?? 0]))
    const at = times[one.side]
    const lower = at.map(time => sums[one.side].get(time) ?? 0)
    const values = at.map((time, index) => (lower[index] ?? 0) + (own.get(time) ?? 0))
    for (const [index, time] of at.entries()) sums[one.side].set(time, values[index] ?? 0)
    return { series: { ...one, times: at, values }, lower }
  })
}
