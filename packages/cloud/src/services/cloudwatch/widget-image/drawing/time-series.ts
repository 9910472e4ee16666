import { drawAnnotations } from './annotations.ts'
import type { Box, Chart } from './chart.ts'
import { drawLegend } from './legend.ts'
import { drawArea, drawLine, stack } from './lines.ts'
import { layPlot } from './plot.ts'
import { element, text } from './svg.ts'

const STACK_OPACITY = 0.55
const BAND_OPACITY = 0.22

/** Lines over time, or areas on top of each other. */
export const drawTimeSeries = (chart: Chart, room: Box): string => {
  const legend = drawLegend(chart, room)
  const stacked = chart.stacked ? stack(chart.series) : []
  const drawn = chart.stacked ? stacked.map(({ series }) => series) : chart.series
  const plot = layPlot(chart, legend.box, drawn)
  const { left, top, right, bottom } = plot.box
  const { behind, before } = drawAnnotations(chart, plot)
  const bands = chart.bands.map(band => drawArea(band, plot, band.color, BAND_OPACITY))
  const areas = stacked.map(({ series, lower }) =>
    drawArea({ ...series, upper: series.values, lower }, plot, series.color, STACK_OPACITY),
  )
  const lines = drawn.map(series => drawLine(series, plot, chart.stacked ? 1.2 : 1.6))
  const isEmpty =
    drawn.every(({ times }) => times.length === 0) && chart.bands.every(({ times }) => times.length === 0)
  const clip = element(
    'clipPath',
    { id: 'plot' },
    element('rect', { x: left - 1, y: top - 2, width: right - left + 2, height: bottom - top + 4 }),
  )
  // The rasteriser fails over a group that lies outside of the picture, as lines above the axis do: a dot keeps it within.
  const dot = element('polygon', {
    points: `${left},${top} ${left + 1},${top} ${left},${top + 1}`,
    fill: chart.theme.background,
    'fill-opacity': 0.01,
  })
  return [
    element('defs', {}, clip),
    plot.markup,
    behind,
    element('g', { 'clip-path': 'url(#plot)' }, dot, ...bands, ...areas, ...lines),
    before,
    isEmpty
      ? text((left + right) / 2, (top + bottom) / 2, 'No data available', {
          size: 13,
          fill: chart.theme.faint,
          anchor: 'middle',
        })
      : '',
    legend.markup,
  ].join('')
}
