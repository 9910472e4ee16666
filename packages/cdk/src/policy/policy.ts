import type { IConstruct } from 'constructs'
import { readAlarmFacts } from './alarm-facts.ts'
import { findViolations, type PolicyOptions } from './rules.ts'

/** US dollars a month. */
const DEFAULT_COST = 50

/**
 * Fails the synthesis of what is below `scope` where its alarms would not work, or not work together, each violation with what to
 * do about it. A {@link Watch} applies it to itself; applied to an app it holds for every alarm of it.
 *
 * @example
 * applyAlarmPolicy(app, { maxMonthlyCost: 20 })
 */
export const applyAlarmPolicy = (scope: IConstruct, options: Partial<PolicyOptions> = {}): void => {
  const { maxMonthlyCost = DEFAULT_COST } = options
  scope.node.addValidation({ validate: () => findViolations(readAlarmFacts(scope), { maxMonthlyCost }) })
}
