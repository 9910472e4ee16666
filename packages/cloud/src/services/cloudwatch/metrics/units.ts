const SIZES = [
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
]

/** CloudWatch's 27 units. */
export const UNITS: readonly string[] = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  ...SIZES,
  'Percent',
  'Count',
  ...SIZES.map(size => `${size}/Second`),
  'Count/Second',
  'None',
]

const INDEXES: ReadonlyMap<string, number> = new Map(UNITS.map((unit, index) => [unit, index]))

/** Where a unit stands in {@link UNITS}: what is stored. New units go to the end. */
export const unitIndex = (unit: string): number | undefined => INDEXES.get(unit)
