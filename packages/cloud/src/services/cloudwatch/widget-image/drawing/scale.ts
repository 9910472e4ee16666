/** Round steps: 1, 2, 2.5 and 5 times a power of ten. */
const STEPS = [1, 2, 2.5, 5, 10]

/** The smallest round step that is not below a size. */
const niceStep = (size: number): number => {
  const power = 10 ** Math.floor(Math.log10(size))
  return (STEPS.find(step => step * power >= size * (1 - 1e-9)) ?? 10) * power
}

export interface Scale {
  readonly low: number
  readonly high: number
  /** From low to high. */
  readonly ticks: readonly number[]
  readonly step: number
}

/** Values closer than this share of their size are one: steps between them would be lost in rounding. */
const SAME = 1e-9
/** Sizes below this are 0. */
const LEAST = 1e-290

/** The most ticks that are drawn, whatever a step comes to. */
const MAX_TICKS = 50

/**
 * An axis over some values. A side that is given is kept as it is; one that is not ends at a tick.
 *
 * @param wanted about how many ticks
 */
export const scaleOf = (
  values: { readonly low: number; readonly high: number },
  fixed: { readonly min?: number | undefined; readonly max?: number | undefined },
  wanted: number,
): Scale => {
  let low = fixed.min ?? values.low
  let high = fixed.max ?? values.high
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (!(high - low > Math.max(size * SAME, LEAST))) {
    // One value, or sides that the data lie outside of: room around what there is.
    const room = size > LEAST ? size * 0.1 : 1
    if (fixed.max === undefined) high = low + room
    if (fixed.min === undefined) low = Math.min(low, high) - (low === 0 && fixed.max === undefined ? 0 : room)
    if (!(high > low)) high = low + room
  }
  const step = niceStep((high - low) / Math.max(1, wanted))
  const first = fixed.min === undefined ? Math.floor(low / step + 1e-9) : Math.ceil(low / step - 1e-9)
  const last = fixed.max === undefined ? Math.ceil(high / step - 1e-9) : Math.floor(high / step + 1e-9)
  const ticks: number[] = []
  for (let index = first; index <= last && ticks.length < MAX_TICKS; index++) ticks.push(index * step)
  return {
    low: fixed.min ?? Math.min(low, first * step),
    high: fixed.max ?? Math.max(high, last * step),
    ticks,
    step,
  }
}

const PREFIXES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const

/** So small or large that zeros would fill the axis. */
const isExtreme = (size: number): boolean => size >= 1e16 || (size > 0 && size < 1e-6)

/** How many digits behind the point tell multiples of a step apart. */
const digitsFor = (step: number): number => {
  for (let digits = 0; digits < 7; digits++) {
    if (Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) < 1e-6) return digits
  }
  return 7
}

/** Prints the values of an axis alike: `1.5k`, `2.0k`. */
export const tickFormat = ({ low, high, step }: Scale): ((value: number) => string) => {
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (isExtreme(size)) return value => (value === 0 ? '0' : value.toExponential(1))
  const [factor, prefix] = PREFIXES.find(([least]) => size >= least) ?? [1, '']
  const digits = digitsFor(step / factor)
  return value => (Math.abs(value) < step / 1e6 ? '0' : `${(value / factor).toFixed(digits)}${prefix}`)
}

/** Prints one value with some three digits: `12.3k`; or all of them. */
export const formatValue = (value: number, full = false): string => {
  if (full) return String(value)
  const size = Math.abs(value)
  if (isExtreme(size)) return value.toExponential(2)
  const [factor, prefix] = PREFIXES.find(([least]) => size >= least * 0.99995) ?? [1, '']
  const scaled = value / factor
  const digits = Math.abs(scaled) >= 100 ? 0 : Math.abs(scaled) >= 10 ? 1 : Math.abs(scaled) >= 1 ? 2 : 3
  return `${Number(scaled.toFixed(digits))}${prefix}`
}
