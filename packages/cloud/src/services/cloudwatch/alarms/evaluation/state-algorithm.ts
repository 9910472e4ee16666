import type { StateValue, TreatMissingData } from '../alarm.ts'

/**
 * How many buckets an evaluation looks at: more than it needs, so that late gaps can be bridged by older data. AWS
 * publishes one value alone, 5 for 3 evaluation periods.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export const evaluationRange = (evaluationPeriods: number): number =>
  evaluationPeriods + Math.max(Math.floor(evaluationPeriods / 3), 2)

/** A bucket: whether its data point breaches, or `undefined` where there is none. */
export type Breach = boolean | undefined

export interface StateDecision {
  /** `undefined`: the alarm keeps the state it is in. */
  readonly state: StateValue | undefined
  /** Places in the range, oldest first, of the data points that were counted. */
  readonly counted: readonly number[]
  /** How many missing points were filled in by the treatment; 0 where it played no part. */
  readonly filled: number
}

/**
 * The state of an "M out of N" alarm over one evaluation range, as CloudWatch documents it: with N data points in the
 * range the treatment of missing data plays no part; with fewer, all of them count and the rest is filled in.
 *
 * @param range oldest first, newest last
 * @param needed N, the evaluation periods
 * @param toAlarm M, the data points to alarm
 */
export const decideState = (
  range: readonly Breach[],
  needed: number,
  toAlarm: number,
  treatment: TreatMissingData,
): StateDecision => {
  const counted: number[] = []
  let breaching = 0
  for (let place = range.length - 1; place >= 0 && counted.length < needed; place--) {
    const breach = range[place]
    if (breach === undefined) continue
    counted.push(place)
    if (breach) breaching++
  }
  const oldest = counted.at(-1)
  counted.reverse()
  const decided = (state: StateValue | undefined, filled = 0): StateDecision => ({ state, counted, filled })

  if (counted.length === needed) return decided(breaching >= toAlarm ? 'ALARM' : 'OK')
  const missing = needed - counted.length
  if (oldest === undefined) {
    if (treatment === 'missing') return decided('INSUFFICIENT_DATA')
    if (treatment === 'ignore') return decided(undefined)
    return decided(treatment === 'breaching' ? 'ALARM' : 'OK', missing)
  }
  if (treatment === 'breaching') return decided(breaching + missing >= toAlarm ? 'ALARM' : 'OK', missing)
  if (breaching >= toAlarm) return decided('ALARM', treatment === 'notBreaching' ? missing : 0)
  if (treatment === 'notBreaching') return decided('OK', missing)
  // A lone breaching point raises the alarm once it is as old as M buckets: AWS's "premature" transition.
  const age = range.length - oldest
  if (breaching === counted.length && age >= toAlarm) {
    return decided(treatment === 'missing' ? 'ALARM' : undefined)
  }
  return decided('OK')
}
