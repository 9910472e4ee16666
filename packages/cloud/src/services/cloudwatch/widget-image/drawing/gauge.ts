import { type Box, type Chart, type ChartSeries, shortUnit } from './chart.ts'
import { formatValue } from './scale.ts'
import { cells } from './single-value.ts'
import { element, round, text } from './svg.ts'
import { fitText } from './text-width.ts'

/** From the left to the right, over the top. */
const FROM = Math.PI
const TO = 2 * Math.PI

const arc = (cx: number, cy: number, radius: number, from: number, to: number): string => {
  const [x1, y1] = [cx + radius * Math.cos(from), cy + radius * Math.sin(from)]
  const [x2, y2] = [cx + radius * Math.cos(to), cy + radius * Math.sin(to)]
  return `M${round(x1)} ${round(y1)}A${round(radius)} ${round(radius)} 0 ${to - from > Math.PI ? 1 : 0} 1 ${round(x2)} ${round(y2)}`
}

const drawGauge = (series: ChartSeries, chart: Chart, cell: Box): string => {
  const { theme, axes, horizontal } = chart
  const { min = 0, max = 1 } = axes.left
  const [width, height] = [cell.right - cell.left, cell.bottom - cell.top]
  const radius = Math.max(10, Math.min(width / 2 - 24, height - 62))
  const thickness = Math.max(6, radius * 0.22)
  const [cx, cy] = [(cell.left + cell.right) / 2, cell.top + (height - radius - 46) / 2 + radius + 6]
  const angleOf = (value: number): number =>
    FROM + (TO - FROM) * Math.min(1, Math.max(0, (value - min) / (max - min || 1)))
  const stroke = { fill: 'none', 'stroke-width': thickness }
  const last = series.values.at(-1)
  const middle = radius - thickness / 2
  const marks = horizontal.flatMap(({ value, to, color }) =>
    (to ? [value, to.value] : [value]).map(at => {
      const angle = angleOf(at)
      const [from, until] = [radius - thickness - 2, radius + 4]
      return element('line', {
        x1: cx + from * Math.cos(angle),
        y1: cy + from * Math.sin(angle),
        x2: cx + until * Math.cos(angle),
        y2: cy + until * Math.sin(angle),
        stroke: color,
        'stroke-width': 2.5,
      })
    }),
  )
  const size = Math.max(12, radius * 0.3)
  const value =
    last === undefined
      ? '--'
      : `${formatValue(last, chart.fullPrecision)}${shortUnit(series.unit) && ` ${shortUnit(series.unit)}`}`
  const end = { size: 11, fill: theme.faint, anchor: 'middle' } as const
  return [
    element('path', { d: arc(cx, cy, middle, FROM, TO), stroke: theme.grid, ...stroke }),
    last !== undefined && last > min
      ? element('path', { d: arc(cx, cy, middle, FROM, angleOf(last)), stroke: series.color, ...stroke })
      : '',
    ...marks,
    text(cx, cy - radius * 0.08, value, { size, fill: theme.title, bold: true, anchor: 'middle' }),
    text(cx - middle, cy + 15, formatValue(min), end),
    text(cx + middle, cy + 15, formatValue(max), end),
    text(cx, cy + 32, fitText(series.label, 12, width - 8), { size: 12, fill: theme.text, anchor: 'middle' }),
  ].join('')
}

/** The latest value of each series between the ends of the left axis. */
export const drawGauges = (chart: Chart, room: Box): string =>
  cells(chart.series.length, room)
    .map((cell, index) => {
      const series = chart.series[index]
      return series ? drawGauge(series, chart, cell) : ''
    })
    .join('')
