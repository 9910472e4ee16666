const SIZES = ['Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes']
const BITS = ['Bits', 'Kilobits', 'Megabits', 'Gigabits', 'Terabits']

/** CloudWatch's units, as the enumeration `StandardUnit` of Logs has them. */
export const UNITS: ReadonlySet<string> = new Set([
  ...['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None'],
  ...[...SIZES, ...BITS].flatMap(size => [size, `${size}/Second`]),
])
