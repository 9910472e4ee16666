const BARS = '▁▂▃▄▅▆▇█'
/** Where there is no datapoint. */
const GAP = '·'

/**
 * Values as a line of bars, from old to new.
 *
 * @param values `undefined` where there is no datapoint
 * @param cells most characters to take; more values than that are drawn by the largest of each cell
 */
export const sparkline = (values: ReadonlyArray<number | undefined>, cells = 60): string => {
  const drawn: Array<number | undefined> = []
  const width = Math.max(1, Math.ceil(values.length / cells))
  for (let index = 0; index < values.length; index += width) {
    const cell = values.slice(index, index + width).filter(value => value !== undefined)
    drawn.push(cell.length > 0 ? Math.max(...cell) : undefined)
  }
  const known = drawn.filter(value => value !== undefined)
  // A line of zeros lies on the floor, and one that never moves does as well.
  const low = Math.min(0, ...known)
  const high = Math.max(0, ...known)
  return drawn
    .map(value => {
      if (value === undefined) return GAP
      const share = high === low ? 0 : (value - low) / (high - low)
      return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))]
    })
    .join('')
}

/** `1,234`, `0.0123`, `5.6e+9`: a value in five significant digits. */
export const valueText = (value: number): string => {
  if (value !== 0 && (Math.abs(value) >= 1e9 || Math.abs(value) < 1e-4)) return value.toExponential(2)
  return Number(value.toPrecision(5)).toLocaleString('en-US', { maximumFractionDigits: 6 })
}
