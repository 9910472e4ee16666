import { type Box, type Chart, type ChartSeries, type Side, unitOf } from './chart.ts'
import { type Scale, scaleOf, tickFormat } from './scale.ts'
import { line, text } from './svg.ts'
import { textWidth } from './text-width.ts'
import { timeTicks } from './time-axis.ts'

const TICK_SIZE = 11
const TICK_GAP = 8
const TICK_HEIGHT = 44
const TIME_TICK_WIDTH = 76
/** An axis begins at 0 where the lowest value is below this share of the highest. */
const FROM_ZERO = 0.5
const FILL_ROOM = 0.05
/** A lower picture, in pixels, has no titles of axes. */
const LEAST_TITLED_HEIGHT = 100

/** Where times and values lie in the picture. */
export interface Plot {
  readonly box: Box
  readonly x: (time: number) => number
  readonly y: (side: Side, value: number) => number
  /** The axes, the grid and their labels. */
  readonly markup: string
}

/** Pixels beyond the axes: what is further away is drawn here, since the rasteriser fails over lengths without bound. */
const FURTHEST = 10_000

interface Extent {
  low: number
  high: number
}

const include = (extent: Extent, values: readonly number[]): void => {
  for (const value of values) {
    if (value < extent.low) extent.low = value
    if (value > extent.high) extent.high = value
  }
}

/** The values that an axis has to show; `undefined` where none are on its side. */
const extentOf = (chart: Chart, side: Side, drawn: readonly ChartSeries[]): Extent | undefined => {
  const extent: Extent = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }
  for (const series of drawn) if (series.side === side) include(extent, series.values)
  for (const band of chart.bands) {
    if (band.side === side) include(extent, [...band.lower, ...band.upper].filter(Number.isFinite))
  }
  for (const { side: at, value, to, fill } of chart.horizontal) {
    if (at !== side) continue
    include(extent, to ? [value, to.value] : [value])
    // What is filled above a line must be seen above it.
    if (fill === 'above') include(extent, [value + Math.abs(value) * FILL_ROOM])
  }
  if (extent.low > extent.high) return undefined
  const fromZero = chart.stacked || extent.low < FROM_ZERO * extent.high
  if (extent.low > 0 && fromZero) extent.low = 0
  if (extent.high < 0 && (chart.stacked || extent.high > FROM_ZERO * extent.low)) extent.high = 0
  return extent
}

const titleOf = (chart: Chart, side: Side): string => {
  const { label, showUnits = true } = chart.axes[side]
  if (chart.height < LEAST_TITLED_HEIGHT) return ''
  const unit = showUnits ? unitOf(chart.series.filter(series => series.side === side)) : undefined
  if (label === undefined || label === '') return unit ?? ''
  return unit === undefined ? label : `${label} (${unit})`
}

/**
 * Lays out the two value axes and the time axis, and draws them.
 *
 * @param drawn the series with the values at which they are drawn, which stacking changes
 */
export const layPlot = (chart: Chart, room: Box, drawn: readonly ChartSeries[]): Plot => {
  const { theme } = chart
  const titles = { left: titleOf(chart, 'left'), right: titleOf(chart, 'right') }
  const top = room.top + (titles.left || titles.right ? 20 : 6)
  const bottom = room.bottom - 22
  const wanted = (bottom - top) / TICK_HEIGHT
  const extents = { left: extentOf(chart, 'left', drawn), right: extentOf(chart, 'right', drawn) }
  // Without anything to show, the left axis is drawn from 0 to 1.
  const left = scaleOf(extents.left ?? { low: 0, high: 1 }, chart.axes.left, wanted)
  const right = extents.right && scaleOf(extents.right, chart.axes.right, wanted)
  const hasLeft = extents.left !== undefined || right === undefined
  const scales: Readonly<Record<Side, Scale>> = { left, right: right ?? left }

  const widthOf = (scale: Scale): number =>
    Math.max(0, ...scale.ticks.map(tick => textWidth(tickFormat(scale)(tick), TICK_SIZE))) + TICK_GAP
  const leftEdge = room.left + (hasLeft ? widthOf(left) : 4)
  const box: Box = {
    left: leftEdge,
    // However small the picture is, it has room for something.
    right: Math.max(room.right - (right ? widthOf(right) : 8), leftEdge + 10),
    top,
    bottom: Math.max(bottom, top + 10),
  }
  const { start, end } = chart.range
  const x = (time: number): number => box.left + ((time - start) / (end - start)) * (box.right - box.left)
  const y = (side: Side, value: number): number => {
    const { low, high } = scales[side]
    const at = box.bottom - ((value - low) / (high - low)) * (box.bottom - box.top)
    return Math.min(Math.max(at, box.top - FURTHEST), box.bottom + FURTHEST)
  }

  const style = { size: TICK_SIZE, fill: theme.text }
  const axisOf = (side: Side, scale: Scale): string[] => {
    const format = tickFormat(scale)
    const at = side === 'left' ? box.left - TICK_GAP : box.right + TICK_GAP
    let last = Number.POSITIVE_INFINITY
    return scale.ticks.flatMap(tick => {
      if (last - y(side, tick) < TICK_SIZE + 2) return []
      last = y(side, tick)
      return text(at, y(side, tick) + 4, format(tick), {
        ...style,
        anchor: side === 'left' ? 'end' : 'start',
      })
    })
  }
  const gridSide: Side = hasLeft ? 'left' : 'right'
  const grid = scales[gridSide].ticks.map(tick =>
    line(box.left, y(gridSide, tick), box.right, y(gridSide, tick), {
      stroke: theme.grid,
      'stroke-width': 1,
    }),
  )
  const times = timeTicks(chart.range, chart.offset, (box.right - box.left) / TIME_TICK_WIDTH).flatMap(
    ({ time, label }) => {
      const at = x(time)
      const half = textWidth(label, TICK_SIZE) / 2
      const mark = line(at, box.bottom, at, box.bottom + 4, { stroke: theme.axis, 'stroke-width': 1 })
      const isCut = at - half < room.left - 6 || at + half > room.right + 10
      return isCut ? mark : mark + text(at, box.bottom + 17, label, { ...style, anchor: 'middle' })
    },
  )
  const markup = [
    ...grid,
    line(box.left, box.bottom, box.right, box.bottom, { stroke: theme.axis, 'stroke-width': 1 }),
    ...(hasLeft ? axisOf('left', left) : []),
    ...(right ? axisOf('right', right) : []),
    ...times,
    titles.left && text(room.left, room.top + 8, titles.left, { size: TICK_SIZE, fill: theme.faint }),
    titles.right &&
      text(room.right, room.top + 8, titles.right, { size: TICK_SIZE, fill: theme.faint, anchor: 'end' }),
  ]
  return { box, x, y, markup: markup.join('') }
}
