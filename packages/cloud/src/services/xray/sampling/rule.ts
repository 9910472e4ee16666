import type { SamplingRuleRecord } from '@aws-sdk/client-xray'
import { arn } from '../../../kernel/arn.ts'
import type { Scope } from '../../../kernel/scope.ts'

/** A sampling rule by the API's own member names. */
export interface Rule {
  /** 1 to 32 characters; unique in its account and region. */
  readonly RuleName: string
  readonly RuleARN: string
  readonly ResourceARN: string
  /** Lower ones are tried first: 1 to 9,999, and 10,000 of the default rule. */
  readonly Priority: number
  /** Share of requests beyond the reservoir that is sampled, 0 to 1. */
  readonly FixedRate: number
  /** Requests a second that are sampled before the fixed rate applies, over all clients. */
  readonly ReservoirSize: number
  readonly ServiceName: string
  readonly ServiceType: string
  readonly Host: string
  readonly HTTPMethod: string
  readonly URLPath: string
  readonly Version: number
  readonly Attributes: Readonly<Record<string, string>>
}

export interface RuleRecord {
  readonly rule: Rule
  /** ms since the epoch, as is `modifiedAt`. */
  readonly createdAt: number
  readonly modifiedAt: number
}

export const DEFAULT_RULE_NAME = 'Default'

/** The ARN of a rule. */
export const ruleArn = (scope: Scope, name: string): string => arn(scope, 'xray', `sampling-rule/${name}`)

/**
 * The rule that is always there: one request a second, and 5 % of what is beyond.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-configuration.html
 */
export const defaultRule = (scope: Scope): RuleRecord => ({
  rule: {
    RuleName: DEFAULT_RULE_NAME,
    RuleARN: ruleArn(scope, DEFAULT_RULE_NAME),
    ResourceARN: '*',
    Priority: 10_000,
    FixedRate: 0.05,
    ReservoirSize: 1,
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    Version: 1,
    Attributes: {},
  },
  createdAt: 0,
  modifiedAt: 0,
})

/** The order in which rules are tried: by priority, and by name in code units where priorities are equal. */
export const compareRules = ({ rule: a }: RuleRecord, { rule: b }: RuleRecord): number => {
  if (a.Priority !== b.Priority) return a.Priority - b.Priority
  return a.RuleName < b.RuleName ? -1 : a.RuleName > b.RuleName ? 1 : 0
}

/** The record as the API returns it. */
export const toSamplingRuleRecord = ({ rule, createdAt, modifiedAt }: RuleRecord): SamplingRuleRecord => ({
  SamplingRule: rule,
  CreatedAt: new Date(createdAt),
  ModifiedAt: new Date(modifiedAt),
})
