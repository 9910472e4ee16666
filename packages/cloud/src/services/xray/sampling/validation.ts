import type { SamplingRule } from '@aws-sdk/client-xray'
import { invalidRequest } from '../errors.ts'

/** What a member's value may be: characters of a string, or the bounds of a number. */
interface Constraint {
  readonly min: number
  readonly max?: number
  readonly integer?: boolean
}

/**
 * Of SamplingRule and SamplingRuleUpdate.
 *
 * @see https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html
 */
const RULE_CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  RuleName: { min: 1, max: 32 },
  ResourceARN: { min: 0, max: 500 },
  Priority: { min: 1, max: 9_999, integer: true },
  FixedRate: { min: 0, max: 1 },
  ReservoirSize: { min: 0, integer: true },
  ServiceName: { min: 0, max: 64 },
  ServiceType: { min: 0, max: 64 },
  Host: { min: 0, max: 64 },
  HTTPMethod: { min: 0, max: 10 },
  URLPath: { min: 0, max: 128 },
  Version: { min: 1, integer: true },
}

/** Of a key and of a value of Attributes. */
const ATTRIBUTE: Constraint = { min: 1, max: 32 }
const MAX_ATTRIBUTES = 5
/** Versions of the rule format: clients leave rules of others out. */
const RULE_VERSION = 1

/** Of SamplingStatisticsDocument. */
const STATISTICS_CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  RuleName: { min: 1, max: 32 },
  ClientID: { min: 24, max: 24 },
  RequestCount: { min: 0, integer: true },
  SampledCount: { min: 0, integer: true },
  BorrowCount: { min: 0, integer: true },
}
export const MAX_STATISTICS_DOCUMENTS = 25

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

const problemOf = (value: string | number, { min, max, integer }: Constraint): string | undefined => {
  const size = typeof value === 'string' ? value.length : value
  const measured = typeof value === 'string' ? 'length' : 'value'
  if (!(size >= min)) return `Member must have ${measured} greater than or equal to ${min}`
  if (max !== undefined && size > max) return `Member must have ${measured} less than or equal to ${max}`
  return integer && !Number.isInteger(value) ? 'Member must be an integer' : undefined
}

/** Gathers what is wrong with a request, to say it all at once as AWS's request validation does. */
class Violations {
  readonly #items: string[] = []

  check(path: string, value: string | number, constraint: Constraint): void {
    const problem = problemOf(value, constraint)
    if (problem) this.add(path, value, problem)
  }

  checkMembers(path: string, members: object, constraints: Readonly<Record<string, Constraint>>): void {
    for (const [name, value] of Object.entries(members)) {
      const constraint = constraints[name]
      if (constraint && (typeof value === 'string' || typeof value === 'number')) {
        this.check(`${path}.${camel(name)}`, value, constraint)
      }
    }
  }

  add(path: string, value: string | number, problem: string): void {
    this.#items.push(`Value '${value}' at '${path}' failed to satisfy constraint: ${problem}`)
  }

  throw(): void {
    if (this.#items.length === 0) return
    const count = `${this.#items.length} validation error${this.#items.length === 1 ? '' : 's'} detected`
    throw invalidRequest(`${count}: ${this.#items.join('; ')}`)
  }
}

/**
 * Checks the members of a rule or of a change to one.
 *
 * @param path as messages name it: `samplingRule` or `samplingRuleUpdate`
 * @throws ServiceError `InvalidRequestException` that lists every member out of bounds
 */
export const checkRule = (
  path: string,
  rule: Partial<Pick<SamplingRule, 'RuleName' | 'Attributes' | 'Version'>>,
): void => {
  const violations = new Violations()
  violations.checkMembers(path, rule, RULE_CONSTRAINTS)
  const attributes = Object.entries(rule.Attributes ?? {})
  for (const [key, value] of attributes) {
    violations.check(`${path}.attributes`, key, ATTRIBUTE)
    violations.check(`${path}.attributes.${key}.member`, value, ATTRIBUTE)
  }
  if (attributes.length > MAX_ATTRIBUTES) {
    violations.add(
      `${path}.attributes`,
      `{${attributes.map(([key]) => key).join(', ')}}`,
      `Member must have length less than or equal to ${MAX_ATTRIBUTES}`,
    )
  }
  violations.throw()
  if (rule.Version !== undefined && rule.Version !== RULE_VERSION) {
    throw invalidRequest(`Sampling rule version must be ${RULE_VERSION}`)
  }
}

/** @throws ServiceError `InvalidRequestException` */
export const checkStatistics = (documents: readonly object[]): void => {
  const violations = new Violations()
  if (documents.length > MAX_STATISTICS_DOCUMENTS) {
    violations.add(
      'samplingStatisticsDocuments',
      `${documents.length} documents`,
      `Member must have length less than or equal to ${MAX_STATISTICS_DOCUMENTS}`,
    )
  }
  documents.forEach((document, index) => {
    violations.checkMembers(
      `samplingStatisticsDocuments.${index + 1}.member`,
      document,
      STATISTICS_CONSTRAINTS,
    )
  })
  violations.throw()
}
