import type { ComparisonOperator } from '../alarm.ts'

/** The value of one bucket, with the band it is compared with where the alarm has one. */
export interface DataPoint {
  /** Start of the bucket, in ms since the epoch. */
  readonly time: number
  readonly value: number
  /** How many samples it was made of, where that is known. */
  readonly sampleCount?: number
  readonly lower?: number
  readonly upper?: number
}

interface Comparison {
  readonly breaches: (point: DataPoint, threshold: number) => boolean
  /** Of a static threshold, in a reason; a band's are composed of its two sides. */
  readonly phrase: string
  readonly lower?: true
  readonly upper?: true
}

const below = ({ value, lower }: DataPoint): boolean => lower !== undefined && value < lower
const above = ({ value, upper }: DataPoint): boolean => upper !== undefined && value > upper

/** The statistic is the first operand. */
export const COMPARISONS: Readonly<Record<ComparisonOperator, Comparison>> = {
  GreaterThanThreshold: { breaches: ({ value }, threshold) => value > threshold, phrase: 'greater than' },
  GreaterThanOrEqualToThreshold: {
    breaches: ({ value }, threshold) => value >= threshold,
    phrase: 'greater than or equal to',
  },
  LessThanThreshold: { breaches: ({ value }, threshold) => value < threshold, phrase: 'less than' },
  LessThanOrEqualToThreshold: {
    breaches: ({ value }, threshold) => value <= threshold,
    phrase: 'less than or equal to',
  },
  LessThanLowerOrGreaterThanUpperThreshold: {
    breaches: point => below(point) || above(point),
    phrase: '',
    lower: true,
    upper: true,
  },
  LessThanLowerThreshold: { breaches: below, phrase: '', lower: true },
  GreaterThanUpperThreshold: { breaches: above, phrase: '', upper: true },
}

export const isComparisonOperator = (name: string): name is ComparisonOperator =>
  Object.hasOwn(COMPARISONS, name)

/** Whether an operator compares with an anomaly detection band instead of with a number. */
export const comparesWithBand = (operator: ComparisonOperator): boolean =>
  COMPARISONS[operator].lower === true || COMPARISONS[operator].upper === true
