/** vCPUs by size of an instance type: the families that SageMaker hosts on share this scale. */
const SIZES: Readonly<Record<string, number>> = {
  medium: 2,
  large: 2,
  xlarge: 4,
  '2xlarge': 8,
  '4xlarge': 16,
  '8xlarge': 32,
  '9xlarge': 36,
  '12xlarge': 48,
  '16xlarge': 64,
  '18xlarge': 72,
  '24xlarge': 96,
  '48xlarge': 192,
}

/** Types that are not on that scale. */
const EXCEPTIONS: Readonly<Record<string, number>> = { 'ml.c4.8xlarge': 36 }

/**
 * The vCPUs of a SageMaker instance type such as `ml.c7i.large`: CloudWatch counts CPU in per cent of one.
 *
 * @throws Error asking for the number where it cannot be told
 */
export const coresOf = (instanceType: string): number => {
  const exception = EXCEPTIONS[instanceType]
  if (exception !== undefined) return exception
  const size = /^ml\.[a-z0-9]+(?:-[a-z]+)?\.([a-z0-9]+)$/.exec(instanceType)?.[1] ?? ''
  const cores = SIZES[size]
  if (cores === undefined || !Object.hasOwn(SIZES, size)) {
    throw new Error(`How many vCPUs does ${instanceType} have? Give endpoint.cores.`)
  }
  return cores
}
