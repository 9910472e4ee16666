import { type Box, type Chart, type ChartSeries, shortUnit } from './chart.ts'
import { drawLine } from './lines.ts'
import { formatValue } from './scale.ts'
import { text } from './svg.ts'
import { fitText, textWidth } from './text-width.ts'

const LARGEST = 44
const LEAST = 10
/** Between a cell's text and the next cell. */
const GAP = 16
const LABEL_SIZE = 12
const LEAST_UNIT_SIZE = 11

/** A unit is written smaller than its number. */
const unitSize = (size: number): number => Math.max(LEAST_UNIT_SIZE, size * 0.5)

/** A cell is used best where it is so much wider than it is high. */
const ASPECT = 1.7

/** Cells for so many things, as large as the room allows. */
export const cells = (count: number, room: Box): Box[] => {
  const [width, height] = [room.right - room.left, room.bottom - room.top]
  const sizeOf = (columns: number): number =>
    Math.min(width / columns / ASPECT, height / Math.ceil(count / columns))
  let columns = 1
  for (let wanted = 2; wanted <= count; wanted++) if (sizeOf(wanted) > sizeOf(columns)) columns = wanted
  const rows = Math.ceil(count / columns)
  return Array.from({ length: count }, (_, index) => {
    const left = room.left + ((index % columns) * width) / columns
    const top = room.top + (Math.floor(index / columns) * height) / rows
    return { left, top, right: left + width / columns, bottom: top + height / rows }
  })
}

const sparkline = (series: ChartSeries, chart: Chart, cell: Box): string => {
  const low = series.values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = series.values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  const [top, bottom] = [cell.bottom - (cell.bottom - cell.top) * 0.34, cell.bottom - 6]
  const { start, end } = chart.range
  return drawLine(series, {
    x: time => cell.left + ((time - start) / (end - start)) * (cell.right - cell.left - 16),
    y: (_side, value) => (high > low ? bottom - ((value - low) / (high - low)) * (bottom - top) : bottom),
  })
}

const SPARKLINE_SHARE = 0.38

/** A series' value and unit as they are written. */
const written = ({ values, unit }: ChartSeries, full: boolean): { value: string; unit: string } => {
  const last = values.at(-1)
  return last === undefined
    ? { value: '--', unit: '' }
    : { value: formatValue(last, full), unit: shortUnit(unit) }
}

/** The largest size of a number with its unit that fits a cell. */
const sizeFor = ({ value, unit }: ReturnType<typeof written>, width: number, height: number): number => {
  const unitWidth = (size: number) => (unit === '' ? 0 : textWidth(` ${unit}`, unitSize(size)))
  let size = Math.min(LARGEST, (height - 26) * 0.8)
  while (size > LEAST && textWidth(value, size, true) + unitWidth(size) > width) size--
  return Math.max(size, LEAST)
}

/** The latest value of each series, large: all of the same size, so that none seems to count for more. */
export const drawSingleValues = (chart: Chart, room: Box): string => {
  const { theme, sparkline: withLine } = chart
  const places = cells(chart.series.length, room).flatMap((cell, index) => {
    const series = chart.series[index]
    if (!series) return []
    const width = cell.right - cell.left - GAP
    const height = (cell.bottom - cell.top) * (withLine ? 1 - SPARKLINE_SHARE : 1)
    return [{ cell, series, width, height, ...written(series, chart.fullPrecision) }]
  })
  const size = Math.min(LARGEST, ...places.map(place => sizeFor(place, place.width, place.height)))
  return places
    .map(({ cell, series, width, height, value, unit }) => {
      const baseline = cell.top + height / 2 + size * 0.36 - 8
      const unitAt = cell.left + textWidth(value, size, true) + 4 + size * 0.1
      const label = fitText(series.label, LABEL_SIZE, width)
      return [
        text(cell.left, baseline, value, { size, fill: theme.title, bold: true }),
        unit && text(unitAt, baseline, unit, { size: unitSize(size), fill: theme.faint }),
        text(cell.left, baseline + 20, label, { size: LABEL_SIZE, fill: theme.text }),
        withLine && series.values.length > 0 ? sparkline(series, chart, cell) : '',
      ].join('')
    })
    .join('')
}
