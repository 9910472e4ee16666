import type { Chart, HorizontalAnnotation, VerticalAnnotation } from './chart.ts'
import type { Plot } from './plot.ts'
import { element, line, text } from './svg.ts'
import { fitText, textWidth } from './text-width.ts'

const SIZE = 11
const FILL_OPACITY = 0.1
const DASHES = '4 3'

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

const area = (x: number, y: number, width: number, height: number, fill: string): string =>
  width > 0 && height > 0 ? element('rect', { x, y, width, height, fill, 'fill-opacity': FILL_OPACITY }) : ''

/** Labels that would lie on each other are moved down. */
const placeLabels = () => {
  const taken: Array<{ readonly left: number; readonly right: number; readonly y: number }> = []
  return (left: number, right: number, wanted: number): number => {
    let y = wanted
    for (let moved = true; moved; ) {
      moved = false
      for (const other of taken) {
        if (left < other.right && right > other.left && Math.abs(y - other.y) < SIZE + 2) {
          y = other.y + SIZE + 3
          moved = true
        }
      }
    }
    taken.push({ left, right, y })
    return y
  }
}

/** Draws what stands behind the lines (areas) and before them (lines and labels). */
export const drawAnnotations = (chart: Chart, { box, x, y }: Plot): { behind: string; before: string } => {
  const place = placeLabels()
  const halo = chart.theme.background
  let [behind, before] = ['', '']
  const stroke = (color: string) => ({ stroke: color, 'stroke-width': 1.2, 'stroke-dasharray': DASHES })

  const horizontalLine = (
    value: number,
    label: string | undefined,
    { color, side }: HorizontalAnnotation,
  ): void => {
    const at = y(side, value)
    if (at < box.top - 0.5 || at > box.bottom + 0.5) return
    before += line(box.left, at, box.right, at, stroke(color))
    if (!label) return
    const fitted = fitText(label, SIZE, box.right - box.left - 8)
    const right = box.right - 4
    const wanted = at - 5 < box.top + SIZE ? at + SIZE + 3 : at - 5
    const labelY = place(right - textWidth(fitted, SIZE), right, wanted)
    before += text(right, labelY, fitted, { size: SIZE, fill: color, anchor: 'end', halo })
  }

  const verticalLine = (time: number, label: string | undefined, { color }: VerticalAnnotation): void => {
    const at = x(time)
    if (at < box.left - 0.5 || at > box.right + 0.5) return
    before += line(at, box.top, at, box.bottom, stroke(color))
    if (!label) return
    const fitted = fitText(label, SIZE, (box.right - box.left) / 2)
    const width = textWidth(fitted, SIZE)
    const toLeft = at + width + 8 > box.right
    const left = toLeft ? at - width - 5 : at + 5
    before += text(left, place(left, left + width, box.top + SIZE), fitted, { size: SIZE, fill: color, halo })
  }

  for (const annotation of chart.horizontal) {
    const { value, to, label, color, fill, side } = annotation
    const edge = to ? to.value : fill === 'above' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    if (to || fill !== 'none') {
      const ends = [value, edge].map(end =>
        Number.isFinite(end) ? clamp(y(side, end), box.top, box.bottom) : end > 0 ? box.top : box.bottom,
      )
      const [top, bottom] = [Math.min(...ends), Math.max(...ends)]
      behind += area(box.left, top, box.right - box.left, bottom - top, color)
    }
    horizontalLine(value, label, annotation)
    if (to) horizontalLine(to.value, to.label, annotation)
  }
  for (const annotation of chart.vertical) {
    const { time, to, label, color, fill } = annotation
    if (to || fill !== 'none') {
      const edge = to ? x(to.time) : fill === 'after' ? box.right : box.left
      const ends = [x(time), edge].map(end => clamp(end, box.left, box.right))
      const [left, right] = [Math.min(...ends), Math.max(...ends)]
      behind += area(left, box.top, right - left, box.bottom - box.top, color)
    }
    verticalLine(time, label, annotation)
    if (to) verticalLine(to.time, to.label, annotation)
  }
  return { behind, before }
}
