/** What decides whether a threshold on one metric can be reached. */
export interface Watched {
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly statistic: string | undefined
  readonly operator: string
  readonly threshold: number
}

/** Metrics whose average is a share, and cannot be larger than this. */
const LARGEST_AVERAGE: Readonly<Record<string, number>> = {
  'AWS/ApiGateway 4XXError': 1,
  'AWS/ApiGateway 5XXError': 1,
  'AWS/Lambda Errors': 1,
  '/aws/sagemaker/Endpoints MemoryUtilization': 100,
  '/aws/sagemaker/Endpoints DiskUtilization': 100,
}

/** Why an alarm on one metric can never fire, in a clause; `undefined` where it may. */
export const whyNeverFires = ({
  namespace,
  name,
  statistic,
  operator,
  threshold,
}: Watched): string | undefined => {
  if (statistic === 'SampleCount' && operator === 'LessThanThreshold' && threshold <= 0) {
    return `nothing is less than ${threshold} of what is counted`
  }
  const largest = LARGEST_AVERAGE[`${namespace} ${name}`]
  if (statistic !== 'Average' || largest === undefined) return undefined
  const isBeyond =
    operator === 'GreaterThanThreshold'
      ? threshold >= largest
      : operator === 'GreaterThanOrEqualToThreshold' && threshold > largest
  return isBeyond ? `the average of ${name} is ${largest} at most, its threshold ${threshold}` : undefined
}
