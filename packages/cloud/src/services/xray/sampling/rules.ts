import type { SamplingRule, SamplingRuleUpdate } from '@aws-sdk/client-xray'
import { notImplemented, ServiceError } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Collection } from '../../../kernel/store.ts'
import { invalidRequest } from '../errors.ts'
import { compareRules, DEFAULT_RULE_NAME, defaultRule, type Rule, type RuleRecord, ruleArn } from './rule.ts'
import { checkRule } from './validation.ts'

/**
 * Besides the default rule.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/xray.html
 */
export const MAX_CUSTOM_RULES = 25

/** What one changes a default rule in. */
const DEFAULT_CHANGES: readonly string[] = ['RuleName', 'RuleARN', 'FixedRate', 'ReservoirSize']

/** When any rule of a scope was created, changed or deleted last: deleted ones leave no other trace. */
export interface RulesState {
  /** ms since the epoch. */
  readonly lastModification: number
}

export interface RulesDependencies {
  readonly records: Collection<RuleRecord>
  readonly state: Collection<RulesState>
  readonly clock: Clock
}

interface RuleReference {
  readonly RuleName?: string | undefined
  readonly RuleARN?: string | undefined
}

const STATE_KEY = 'rules'

const doesNotExist = (): ServiceError => invalidRequest('Sampling rule does not exist')

/** The sampling rules of all scopes. */
export class SamplingRules {
  readonly #dependencies: RulesDependencies

  constructor(dependencies: RulesDependencies) {
    this.#dependencies = dependencies
  }

  /** In the order in which they are tried; the default rule is the last one. */
  list(scope: Scope): RuleRecord[] {
    const records = this.#dependencies.records.list(scope)
    if (!records.some(({ rule }) => rule.RuleName === DEFAULT_RULE_NAME)) records.push(defaultRule(scope))
    return records.sort(compareRules)
  }

  find(scope: Scope, name: string): RuleRecord | undefined {
    const record = this.#dependencies.records.get(scope, name)
    return record ?? (name === DEFAULT_RULE_NAME ? defaultRule(scope) : undefined)
  }

  /** ms since the epoch; 0 where rules are as they were in the beginning. */
  lastModification(scope: Scope): number {
    return this.#dependencies.state.get(scope, STATE_KEY)?.lastModification ?? 0
  }

  /** @throws ServiceError `InvalidRequestException`, `RuleLimitExceededException` beyond 25 rules */
  create(scope: Scope, input: SamplingRule): RuleRecord {
    const { SamplingRateBoost, RuleARN: _arn, RuleName: _name, Attributes, ...members } = input
    if (SamplingRateBoost) throw notImplemented('SamplingRateBoost of a sampling rule')
    const name = this.#nameOf(scope, input)
    checkRule('samplingRule', { ...input, RuleName: name })
    if (this.find(scope, name)) throw invalidRequest('Sampling rule already exists')
    const custom = this.list(scope).filter(({ rule }) => rule.RuleName !== DEFAULT_RULE_NAME)
    if (custom.length >= MAX_CUSTOM_RULES) {
      throw new ServiceError(
        'RuleLimitExceededException',
        `You have reached the maximum number of sampling rules (${MAX_CUSTOM_RULES}).`,
      )
    }
    const now = this.#dependencies.clock.now()
    const rule = {
      RuleName: name,
      RuleARN: ruleArn(scope, name),
      ...members,
      Attributes: Attributes ?? {},
    } as Rule
    return this.#put(scope, { rule, createdAt: now, modifiedAt: now })
  }

  /** @throws ServiceError `InvalidRequestException` */
  update(scope: Scope, input: SamplingRuleUpdate): RuleRecord {
    const { SamplingRateBoost, RuleARN: _arn, RuleName: _name, ...changes } = input
    if (SamplingRateBoost) throw notImplemented('SamplingRateBoost of a sampling rule')
    const name = this.#nameOf(scope, input)
    const record = this.find(scope, name)
    if (!record) throw doesNotExist()
    const given = Object.entries(changes).filter(([, value]) => value !== undefined && value !== null)
    if (name === DEFAULT_RULE_NAME && given.some(([member]) => !DEFAULT_CHANGES.includes(member))) {
      throw invalidRequest('Invalid update request for default sampling rule')
    }
    checkRule('samplingRuleUpdate', input)
    const rule = { ...record.rule, ...(Object.fromEntries(given) as Partial<Rule>) }
    return this.#put(scope, { ...record, rule, modifiedAt: this.#dependencies.clock.now() })
  }

  /** @throws ServiceError `InvalidRequestException` where there is none, and for the default rule */
  delete(scope: Scope, input: RuleReference): RuleRecord {
    const name = this.#nameOf(scope, input)
    const record = this.find(scope, name)
    if (!record) throw doesNotExist()
    if (name === DEFAULT_RULE_NAME) throw invalidRequest('The default sampling rule cannot be deleted')
    this.#dependencies.records.delete(scope, name)
    this.#touch(scope)
    return record
  }

  #put(scope: Scope, record: RuleRecord): RuleRecord {
    this.#dependencies.records.put(scope, record.rule.RuleName, record)
    this.#touch(scope)
    return record
  }

  #touch(scope: Scope): void {
    this.#dependencies.state.put(scope, STATE_KEY, { lastModification: this.#dependencies.clock.now() })
  }

  #nameOf(scope: Scope, { RuleName, RuleARN }: RuleReference): string {
    if (RuleName !== undefined && RuleARN !== undefined) {
      throw invalidRequest('Specify either RuleName or RuleARN, but not both')
    }
    if (RuleName !== undefined) return RuleName
    if (RuleARN === undefined) throw invalidRequest('Specify either RuleName or RuleARN')
    const prefix = ruleArn(scope, '')
    if (!RuleARN.startsWith(prefix)) throw doesNotExist()
    return RuleARN.slice(prefix.length)
  }
}
