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
