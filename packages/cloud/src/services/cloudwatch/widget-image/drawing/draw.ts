import type { Box, Chart } from './chart.ts'
import { drawGauges } from './gauge.ts'
import { drawBars, drawPie } from './shares.ts'
import { drawSingleValues } from './single-value.ts'
import { element, text } from './svg.ts'
import { fitText } from './text-width.ts'
import { FONT } from './theme.ts'
import { drawTimeSeries } from './time-series.ts'

const MARGIN = 16
/** Smaller pictures are drawn at this size and made smaller: nothing may lie outside of what is drawn on. */
const LEAST = { width: 120, height: 80 }
const TITLE_SIZE = 14

const VIEWS: Readonly<Record<Chart['view'], (chart: Chart, room: Box) => string>> = {
  timeSeries: drawTimeSeries,
  singleValue: drawSingleValues,
  gauge: drawGauges,
  bar: drawBars,
  pie: drawPie,
}

/** The picture as an SVG document. */
export const drawChart = (asked: Chart): string => {
  const width = Math.max(asked.width, LEAST.width)
  const height = Math.max(asked.height, LEAST.height)
  const chart = { ...asked, width, height }
  const { theme, title } = chart
  const room: Box = {
    left: MARGIN,
    right: width - MARGIN,
    top: title ? MARGIN + 24 : MARGIN,
    bottom: height - MARGIN + 6,
  }
  const heading = title
    ? text(MARGIN, MARGIN + 12, fitText(title, TITLE_SIZE, width - 2 * MARGIN, true), {
        size: TITLE_SIZE,
        fill: theme.title,
        bold: true,
      })
    : ''
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width: asked.width,
      height: asked.height,
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: 'none',
      'font-family': FONT,
    },
    element('rect', { width, height, fill: theme.background }),
    heading,
    VIEWS[chart.view](chart, room),
  )
}
