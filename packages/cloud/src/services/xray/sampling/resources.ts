import type { SamplingRule } from '@aws-sdk/client-xray'
import type { ResourceState, ResourceType, ResourceTypes } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { invalidRequest } from '../errors.ts'
import { readTags } from '../tags/template-tags.ts'
import type { RuleTags } from './operations.ts'
import type { RuleRecord } from './rule.ts'
import type { SamplingRules } from './rules.ts'

export interface ResourcesDependencies {
  readonly rules: SamplingRules
  readonly tags: RuleTags | undefined
  /** Called when a rule is gone. */
  readonly forget: (scope: Scope, ruleName: string) => void
}

type Properties = Readonly<Record<string, unknown>>

const NAME_LENGTH = 32
const NUMBERS: readonly string[] = ['Priority', 'FixedRate', 'ReservoirSize', 'Version']
const TEXTS: readonly string[] = [
  'RuleName',
  'ResourceARN',
  'ServiceName',
  'ServiceType',
  'Host',
  'HTTPMethod',
  'URLPath',
]
const OBJECTS: readonly string[] = ['Attributes', 'SamplingRateBoost']
/** A rule's name is its own, and its version always 1. */
const REQUIRED = [...NUMBERS, ...TEXTS].filter(name => name !== 'RuleName' && name !== 'Version')

const isObject = (value: unknown): value is Properties =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (name: string, expected: string) =>
  invalidRequest(`Property SamplingRule.${name} must be ${expected}`)

/** Templates may give numbers as text, and anything scalar as a text. */
const readMember = (name: string, value: unknown): unknown => {
  const isScalar = typeof value === 'string' || typeof value === 'number'
  if (TEXTS.includes(name)) {
    if (!isScalar) throw invalid(name, 'a string')
    return String(value)
  }
  if (NUMBERS.includes(name)) {
    const number = isScalar && value !== '' ? Number(value) : Number.NaN
    if (Number.isNaN(number)) throw invalid(name, 'a number')
    return number
  }
  if (!OBJECTS.includes(name)) throw invalidRequest(`Encountered unsupported property SamplingRule.${name}`)
  if (!isObject(value)) throw invalid(name, 'an object')
  return value
}

/** @throws ServiceError `InvalidRequestException` naming a property that is missing, unknown or of another type */
const readRule = (properties: Properties, name: string): SamplingRule => {
  const { SamplingRule: given } = properties
  if (!isObject(given)) throw invalidRequest('Property SamplingRule must be an object')
  for (const required of REQUIRED) {
    if (given[required] === undefined)
      throw invalidRequest(`Property SamplingRule.${required} cannot be empty.`)
  }
  const members = Object.entries(given).map(([member, value]) => [member, readMember(member, value)])
  return { RuleName: name, Version: 1, ...Object.fromEntries(members) } as SamplingRule
}

const stateOf = ({ rule }: RuleRecord): ResourceState => ({
  physicalId: rule.RuleARN,
  attributes: { RuleARN: rule.RuleARN },
})

/** `AWS::XRay::SamplingRule`. The older `RuleName`, `SamplingRuleRecord` and `SamplingRuleUpdate` beside it are refused. */
const samplingRule = ({ rules, tags, forget }: ResourcesDependencies): ResourceType => {
  const remove = (scope: Scope, arn: string): void => {
    const record = rules.list(scope).find(({ rule }) => rule.RuleARN === arn)
    if (!record) return
    rules.delete(scope, { RuleARN: arn })
    tags?.delete(scope, arn)
    forget(scope, record.rule.RuleName)
  }

  return {
    required: ['SamplingRule'],
    properties: ['SamplingRule', 'Tags'],
    create: ({ scope, properties, generateName }) => {
      const record = rules.create(scope, readRule(properties, generateName(NAME_LENGTH)))
      try {
        tags?.put(scope, record.rule.RuleARN, readTags(properties))
      } catch (error) {
        remove(scope, record.rule.RuleARN)
        throw error
      }
      return stateOf(record)
    },
    update: ({ scope, properties }, previous) => {
      const arn = previous.physicalId
      const name = arn.slice(arn.indexOf('/') + 1)
      const wanted = readRule(properties, name)
      if (wanted.RuleName !== name) return 'replace'
      const { RuleName: _name, Version: _version, ...changes } = wanted
      const record = rules.update(scope, { RuleARN: arn, Attributes: {}, ...changes })
      tags?.delete(scope, arn)
      tags?.put(scope, arn, readTags(properties))
      return stateOf(record)
    },
    delete: (scope, { physicalId }) => remove(scope, physicalId),
  }
}

/** The CloudFormation resource types of sampling. */
export const samplingResources = (dependencies: ResourcesDependencies): ResourceTypes => ({
  'AWS::XRay::SamplingRule': samplingRule(dependencies),
})
