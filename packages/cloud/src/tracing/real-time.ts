/** Turns times of `performance.now()` into seconds since the epoch, as segments have them. */
export type ToEpoch = (monotonic: number) => number

/** Further apart than by Date.now()'s rounding. */
const TOLERANCE = 2

/** Seconds with six decimals, of ms since the epoch. */
export const toSeconds = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1_000_000

/**
 * The time as the machine's clock has it, which is the one that functions stamp their own segments with. The monotonic
 * clock is exact to the microsecond but stands still while the machine sleeps: `now` finds that out and corrects it.
 *
 * @returns `now` to be called for each record, which returns the conversion
 */
export const createRealTime = (
  monotonic: () => number = () => performance.now(),
  wall: () => number = () => Date.now(),
  origin = performance.timeOrigin,
): (() => ToEpoch) => {
  let offset = origin
  const convert: ToEpoch = time => toSeconds(time + offset)
  return () => {
    const drift = wall() + 0.5 - (monotonic() + offset)
    if (Math.abs(drift) > TOLERANCE) offset += drift
    return convert
  }
}
