/** Bars and slices: the latest values of several series side by side. */
import { type Box, type Chart, type ChartSeries, unitOf } from './chart.ts'
import { drawLegend } from './legend.ts'
import { formatValue, scaleOf, tickFormat } from './scale.ts'
import { element, line, round, text } from './svg.ts'
import { textWidth } from './text-width.ts'

const SIZE = 11

const latest = (series: ChartSeries): number => series.values.at(-1) ?? 0

/** One bar a series, with its value above it. */
export const drawBars = (chart: Chart, room: Box): string => {
  const { theme, series, axes } = chart
  const legend = drawLegend(chart, room)
  const values = series.map(latest)
  const unit = (axes.left.showUnits ?? true) ? unitOf(series) : undefined
  const title = [axes.left.label, unit].filter(Boolean).join(' · ')
  const box = { ...legend.box, top: legend.box.top + (title ? 20 : 6), bottom: legend.box.bottom - 6 }
  const limits = chart.horizontal.flatMap(({ value, to }) => (to ? [value, to.value] : [value]))
  const scale = scaleOf(
    { low: Math.min(0, ...values, ...limits), high: Math.max(0, ...values, ...limits) },
    axes.left,
    (box.bottom - box.top) / 44,
  )
  const format = tickFormat(scale)
  const left = box.left + Math.max(0, ...scale.ticks.map(tick => textWidth(format(tick), SIZE))) + 8
  const y = (value: number): number => {
    const shown = Math.min(scale.high, Math.max(scale.low, value))
    return box.bottom - ((shown - scale.low) / (scale.high - scale.low)) * (box.bottom - box.top)
  }
  const slot = Math.max(10, box.right - left) / Math.max(1, series.length)
  const width = Math.min(90, slot * 0.62)
  const bars = series.map((one, index) => {
    const value = latest(one)
    const [top, bottom] = [Math.min(y(value), y(0)), Math.max(y(value), y(0))]
    const middle = left + slot * (index + 0.5)
    const label = one.values.length === 0 ? '--' : formatValue(value, chart.fullPrecision)
    return [
      element('rect', {
        x: middle - width / 2,
        y: top,
        width,
        height: Math.max(bottom - top, 0.5),
        rx: 1.5,
        fill: one.color,
      }),
      chart.valueLabels && textWidth(label, SIZE) < slot
        ? text(middle, value < 0 ? bottom + SIZE + 2 : top - 5, label, {
            size: SIZE,
            fill: theme.text,
            anchor: 'middle',
          })
        : '',
    ].join('')
  })
  const grid = scale.ticks.map(
    tick =>
      line(left, y(tick), box.right, y(tick), {
        stroke: tick === 0 ? theme.axis : theme.grid,
        'stroke-width': 1,
      }) + text(left - 8, y(tick) + 4, format(tick), { size: SIZE, fill: theme.text, anchor: 'end' }),
  )
  const marks = chart.horizontal.flatMap(({ value, to, label, color }) =>
    [{ value, label }, ...(to ? [to] : [])].map(
      one =>
        line(left, y(one.value), box.right, y(one.value), {
          stroke: color,
          'stroke-width': 1.2,
          'stroke-dasharray': '4 3',
        }) +
        (one.label
          ? text(box.right - 4, y(one.value) - 5, one.label, { size: SIZE, fill: color, anchor: 'end' })
          : ''),
    ),
  )
  const heading = title && text(room.left, room.top + 8, title, { size: SIZE, fill: theme.faint })
  return [heading, ...grid, ...bars, ...marks, legend.markup].join('')
}

/** Slices of a ring in the order of the series, from the top, clockwise. Negative values have none. */
export const drawPie = (chart: Chart, room: Box): string => {
  const { theme } = chart
  const legend = drawLegend(chart, room)
  const { left, right, top, bottom } = legend.box
  const [cx, cy] = [(left + right) / 2, (top + bottom) / 2]
  const radius = Math.max(8, Math.min(right - left, bottom - top) / 2 - 6)
  const inner = radius * 0.55
  const total = chart.series.reduce((sum, series) => sum + Math.max(0, latest(series)), 0)
  if (total === 0) {
    return (
      text(cx, cy, 'No data available', { size: 13, fill: theme.faint, anchor: 'middle' }) + legend.markup
    )
  }
  const at = (angle: number, distance: number): string =>
    `${round(cx + distance * Math.sin(angle))} ${round(cy - distance * Math.cos(angle))}`
  let from = 0
  const slices = chart.series.map(series => {
    const share = Math.max(0, latest(series)) / total
    // A whole ring has no ends that an arc could run between.
    const to = from + Math.min(share, 0.99999) * 2 * Math.PI
    const large = to - from > Math.PI ? 1 : 0
    const middle = (from + to) / 2
    const path = `M${at(from, radius)}A${round(radius)} ${round(radius)} 0 ${large} 1 ${at(to, radius)}L${at(to, inner)}A${round(inner)} ${round(inner)} 0 ${large} 0 ${at(from, inner)}Z`
    from = to
    if (share === 0) return ''
    const [x = 0, y = 0] = at(middle, (radius + inner) / 2)
      .split(' ')
      .map(Number)
    const label = `${Math.round(share * 100)}%`
    return (
      element('path', { d: path, fill: series.color, stroke: theme.background, 'stroke-width': 1.5 }) +
      (chart.valueLabels && share > 0.05
        ? text(x, y + 4, label, { size: SIZE, fill: '#ffffff', bold: true, anchor: 'middle' })
        : '')
    )
  })
  const sum = text(cx, cy + 6, formatValue(total, chart.fullPrecision), {
    size: Math.max(12, radius * 0.26),
    fill: theme.title,
    bold: true,
    anchor: 'middle',
  })
  return slices.join('') + sum + legend.markup
}
