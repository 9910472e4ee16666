import type { BlockInfo } from './block.ts'
import { DAY, keptFor, LONGEST_KEPT, SECOND } from './tiers.ts'

/** Blocks of one day beyond which its smallest are merged. */
const MAX_BLOCKS_A_DAY = 6

/** What is to be done next with blocks. */
export type MaintenanceStep =
  /** Their data are not kept any more; `early` where only the bound on bytes says so. */
  | { readonly kind: 'drop'; readonly blocks: readonly BlockInfo[]; readonly early: boolean }
  /** They are of one day, and become one block, each bucket in the grain of its age. */
  | { readonly kind: 'merge'; readonly blocks: readonly BlockInfo[] }

/** Whether all buckets of some grain in it have left that grain. */
const isDue = ({ day, grain, lastSecond }: BlockInfo, now: number): boolean =>
  (lastSecond > 0 && lastSecond + keptFor(SECOND) + SECOND < now) ||
  (grain < DAY && keptFor(grain) < LONGEST_KEPT && day + DAY + keptFor(grain) + grain < now)

const byDay = (blocks: readonly BlockInfo[]): BlockInfo[][] => {
  const days = new Map<number, BlockInfo[]>()
  for (const block of blocks) {
    const day = days.get(block.day)
    if (day) day.push(block)
    else days.set(block.day, [block])
  }
  return [...days.values()]
}

/**
 * Decides what to do next: to drop what retention says, to drop the oldest beyond `maxBytes`, to roll up what has come of age,
 * to merge what has become many. Merging the smallest alone keeps each byte from being written more than a few times.
 */
export const nextStep = (
  blocks: readonly BlockInfo[],
  now: number,
  maxBytes: number,
): MaintenanceStep | undefined => {
  const expired = blocks.filter(({ day }) => day + DAY + LONGEST_KEPT < now)
  if (expired.length > 0) return { kind: 'drop', blocks: expired, early: false }
  const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0)
  if (bytes > maxBytes) {
    const oldest = blocks.reduce((a, b) => (b.first < a.first ? b : a))
    return { kind: 'drop', blocks: [oldest], early: true }
  }
  const days = byDay(blocks)
  for (const day of days) {
    const due = day.filter(block => isDue(block, now))
    if (due.length > 0) return { kind: 'merge', blocks: due }
  }
  for (const day of days) {
    if (day.length <= MAX_BLOCKS_A_DAY) continue
    const smallest = day.toSorted((a, b) => a.bytes - b.bytes).slice(0, MAX_BLOCKS_A_DAY)
    return { kind: 'merge', blocks: smallest }
  }
  return undefined
}
