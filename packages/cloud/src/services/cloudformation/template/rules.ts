import { formatError, templateError, validationError } from '../errors.ts'
import { type Evaluation, evaluate } from './evaluate.ts'
import { isList, isMap, type Value, type ValueMap } from './value.ts'

const holds = (value: Value, name: string, evaluation: Evaluation): boolean => {
  const result = evaluate(value, evaluation)
  if (result === true || result === 'true') return true
  if (result === false || result === 'false') return false
  throw templateError(`Rule ${name} must be made of functions that return true or false`)
}

/**
 * Checks a template's `Rules` against its parameters.
 *
 * @throws ServiceError `ValidationError` with the `AssertDescription`s of all rules that do not hold
 */
export const checkRules = (rules: ReadonlyMap<string, ValueMap>, evaluation: Evaluation): void => {
  const failures: string[] = []
  for (const [name, rule] of rules) {
    const { RuleCondition: condition, Assertions: assertions, ...unknown } = rule
    const [extra] = Object.keys(unknown)
    if (extra !== undefined) throw validationError(`Invalid template rule property '${extra}'`)
    if (!isList(assertions)) throw formatError(`Rule ${name} must contain a list of Assertions.`)
    if (condition !== undefined && !holds(condition, name, evaluation)) continue
    for (const assertion of assertions) {
      if (!isMap(assertion) || assertion.Assert === undefined) {
        throw formatError(`Every assertion of rule ${name} must contain an Assert member.`)
      }
      if (holds(assertion.Assert, name, evaluation)) continue
      const { AssertDescription: description } = assertion
      failures.push(typeof description === 'string' ? description : `Rule ${name} does not hold.`)
    }
  }
  if (failures.length > 0) throw validationError(`Template validation error: ${failures.join(' ')}`)
}
