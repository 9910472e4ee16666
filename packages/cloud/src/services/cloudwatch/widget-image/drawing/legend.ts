import type { Box, Chart } from './chart.ts'
import { element, text } from './svg.ts'
import { fitText, textWidth } from './text-width.ts'

interface Entry {
  readonly label: string
  readonly color: string
}

const SIZE = 11
const SWATCH = 10
const GAP = 6
const SPACE = 18
const ROW = 18
/** A legend takes no more of the picture than this. */
const MOST_HEIGHT = 0.35
const MOST_WIDTH = 0.3
/** A picture smaller than this, in pixels, has room for the lines alone. */
const LEAST_WIDTH = 160
const LEAST_HEIGHT = 100

const draw = ({ label, color }: Entry, x: number, y: number, most: number, fill: string): string =>
  element('rect', { x, y: y - 8, width: SWATCH, height: SWATCH, rx: 2, fill: color }) +
  text(x + SWATCH + GAP, y, fitText(label, SIZE, most), { size: SIZE, fill })

/** The last place of a legend that is full says how many are not shown. */
const more = (count: number): string => `+ ${count} more`

const bottomLegend = (entries: readonly Entry[], box: Box, chart: Chart) => {
  const width = box.right - box.left
  const rows: Array<Array<{ entry: Entry; x: number; most: number }>> = []
  let x = Number.POSITIVE_INFINITY
  for (const entry of entries) {
    const most = Math.min(width - SWATCH - GAP, textWidth(entry.label, SIZE) + 1)
    if (x + SWATCH + GAP + most > width) {
      rows.push([])
      x = 0
    }
    rows.at(-1)?.push({ entry, x, most })
    x += SWATCH + GAP + most + SPACE
  }
  const fitting = Math.max(1, Math.floor((chart.height * MOST_HEIGHT) / ROW))
  const shown = rows.slice(0, rows.length > fitting ? fitting - 1 : fitting)
  const top = box.bottom - (rows.length > fitting ? fitting : rows.length) * ROW
  const markup = shown.flatMap((row, index) =>
    row.map(({ entry, x: at, most }) =>
      draw(entry, box.left + at, top + index * ROW + 14, most, chart.theme.text),
    ),
  )
  if (rows.length > fitting) {
    const hidden = rows.slice(fitting - 1).flat().length
    markup.push(text(box.left, box.bottom - 4, more(hidden), { size: SIZE, fill: chart.theme.faint }))
  }
  return { markup: markup.join(''), box: { ...box, bottom: top - 6 } }
}

const rightLegend = (entries: readonly Entry[], box: Box, chart: Chart) => {
  const widest = Math.max(...entries.map(({ label }) => textWidth(label, SIZE)))
  const most = Math.min(widest + 1, chart.width * MOST_WIDTH)
  const left = box.right - most - SWATCH - GAP
  const fitting = Math.max(1, Math.floor((box.bottom - box.top) / ROW))
  const shown = entries.slice(0, entries.length > fitting ? fitting - 1 : fitting)
  const markup = shown.map((entry, index) =>
    draw(entry, left, box.top + index * ROW + 12, most, chart.theme.text),
  )
  if (entries.length > shown.length) {
    const y = box.top + shown.length * ROW + 12
    markup.push(text(left, y, more(entries.length - shown.length), { size: SIZE, fill: chart.theme.faint }))
  }
  return { markup: markup.join(''), box: { ...box, right: left - 14 } }
}

/** Draws the legend where it is wanted, and answers the room that it leaves. */
export const drawLegend = (chart: Chart, box: Box): { readonly markup: string; readonly box: Box } => {
  const entries: Entry[] = [...chart.series, ...chart.bands]
  const isSmall = chart.width < LEAST_WIDTH || chart.height < LEAST_HEIGHT
  if (chart.legend === 'hidden' || entries.length === 0 || isSmall) return { markup: '', box }
  return (chart.legend === 'bottom' ? bottomLegend : rightLegend)(entries, box, chart)
}
