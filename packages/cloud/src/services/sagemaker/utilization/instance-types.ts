import { totalmem } from 'node:os'

const GIB = 1024 ** 3

/** GiB of memory of a family's `large`; `xlarge` has twice as much, `2xlarge` four times, and so on. */
const LARGE: Readonly<Record<string, number>> = {
  c4: 3.75,
  c5: 4,
  c5d: 4,
  c6g: 4,
  c6gd: 4,
  c6gn: 4,
  c6i: 4,
  c6id: 4,
  c7g: 4,
  c7i: 4,
  m4: 8,
  m5: 8,
  m5d: 8,
  m6g: 8,
  m6gd: 8,
  m6i: 8,
  m6id: 8,
  m7i: 8,
  r5: 16,
  r5d: 16,
  r6g: 16,
  r6i: 16,
  r7i: 16,
  t2: 8,
}
/** Sizes that are not doublings of their family. */
const OTHERS: Readonly<Record<string, number>> = { 'ml.t2.medium': 4, 'ml.c4.8xlarge': 60 }

const FACTORS = /^ml\.([a-z0-9]+)\.(?:(\d*)xlarge|(large))$/

/**
 * Bytes of memory of an instance type. Types that are not in the table, such as those with accelerators, count as this
 * machine.
 *
 * @see https://aws.amazon.com/sagemaker/ai/pricing/
 */
export const memoryOfInstance = (instanceType: string | undefined): number => {
  const other = OTHERS[instanceType ?? '']
  if (other !== undefined) return other * GIB
  const [, family = '', multiple, large] = FACTORS.exec(instanceType ?? '') ?? []
  const base = LARGE[family]
  if (base === undefined) return totalmem()
  if (large !== undefined) return base * GIB
  return base * 2 * Number(multiple || 1) * GIB
}
