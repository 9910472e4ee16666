import type { StateValue, Suppression } from '../alarm.ts'

/** What decides over the actions of a composite alarm with a suppressor. */
export interface Suppressor {
  /** `undefined` where the alarm does not exist. */
  readonly state: StateValue | undefined
  /** ms. */
  readonly waitPeriod: number
  readonly extensionPeriod: number
}

export interface SuppressionStep {
  /** From now on; `undefined` at rest. */
  readonly suppression: Suppression | undefined
  /** Whether the actions of the composite alarm's present state are to run now. */
  readonly act: boolean
}

const AT_REST: SuppressionStep = { suppression: undefined, act: false }
const ACT: SuppressionStep = { suppression: undefined, act: true }

const until = (by: 'ExtensionPeriod' | 'WaitPeriod', now: number, period: number): SuppressionStep =>
  period > 0 ? { suppression: { by, until: now + period }, act: false } : ACT

/**
 * The composite alarm has changed its state: an active suppressor holds its actions back, else they wait for one to
 * become active. A wait that was running starts anew, an extension ends.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
 */
export const compositeChanged = (suppressor: Suppressor, now: number): SuppressionStep =>
  suppressor.state === 'ALARM'
    ? { suppression: { by: 'Alarm' }, act: false }
    : until('WaitPeriod', now, suppressor.waitPeriod)

/** The suppressor has changed its state: what waits is held back, what was held back is so for the extension. */
export const suppressorChanged = (
  present: Suppression | undefined,
  suppressor: Suppressor,
  now: number,
): SuppressionStep => {
  if (!present) return AT_REST
  if (suppressor.state === 'ALARM') return { suppression: { by: 'Alarm' }, act: false }
  if (present.by !== 'Alarm') return { suppression: present, act: false }
  return until('ExtensionPeriod', now, suppressor.extensionPeriod)
}

/**
 * Another suppressor has taken over, or none: periods that run are discarded, as AWS documents, and with them the
 * actions they held. Actions that the former suppressor was holding back itself go on as if it had left ALARM.
 */
export const suppressorReplaced = (
  present: Suppression | undefined,
  suppressor: Suppressor | undefined,
  now: number,
): SuppressionStep => {
  if (present?.by !== 'Alarm') return AT_REST
  return suppressor ? suppressorChanged(present, suppressor, now) : ACT
}

/** A wait or an extension has ended. */
export const periodEnded = (): SuppressionStep => ACT
