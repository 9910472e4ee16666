import type { Tag } from '@aws-sdk/client-eventbridge'
import { notImplemented } from '@sonde/wire'
import type { Clock } from '../../kernel/clock.ts'
import { RequestCheck } from '../../kernel/request-check.ts'
import { parseScheduleExpression } from '../../kernel/schedule-expression.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import type { Buses } from './buses.ts'
import { invalidPattern, limitExceeded, ruleNotFound, validation } from './errors.ts'
import { MAX_RULES_OF_A_BUS, MAX_TARGETS_OF_A_RULE, NAME_PATTERN } from './limits.ts'
import { DEFAULT_BUS } from './names.ts'
import { compileEventPattern, type EventPattern } from './pattern/event-pattern.ts'
import { InvalidPattern } from './pattern/invalid-pattern.ts'
import type { RuleRecord, TargetRecord } from './records.ts'

export interface RulesDependencies {
  readonly records: Collection<RuleRecord>
  readonly buses: Buses
  readonly clock: Clock
  /** Called after a rule was put, enabled, disabled or deleted; changes of targets and tags are not told. */
  readonly onChange: (scope: Scope, rule: RuleRecord, isDeleted: boolean) => void
}

/** A rule as a request has it. */
export interface RuleInput {
  readonly name: string
  readonly bus: string
  readonly pattern?: string | undefined
  readonly schedule?: string | undefined
  readonly state?: string | undefined
  readonly description?: string | undefined
  readonly roleArn?: string | undefined
  /** Taken for a new rule alone. */
  readonly tags?: readonly Tag[] | undefined
}

const STATES = ['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'] as const

const keyOf = (bus: string, name: string): string => `${bus} ${name}`

/** @throws ServiceError `InvalidEventPatternException` */
export const compilePattern = (text: string): EventPattern => {
  try {
    return compileEventPattern(text)
  } catch (error) {
    if (error instanceof InvalidPattern) throw invalidPattern(error.message)
    throw error
  }
}

const checkRule = (rule: RuleInput): void => {
  const check = new RequestCheck()
  check.text('name', rule.name, { min: 1, max: 64, pattern: NAME_PATTERN })
  check.text('scheduleExpression', rule.schedule, { max: 256 })
  check.text('eventPattern', rule.pattern, { max: 4_096 })
  check.text('description', rule.description, { max: 512 })
  check.text('roleArn', rule.roleArn, { min: 1, max: 1_600 })
  check.oneOf('state', rule.state, STATES)
  check.report()
  if (rule.state === STATES[2]) throw notImplemented(`State ${STATES[2]} of PutRule`)
  if (!rule.pattern && !rule.schedule) {
    throw validation('Parameter(s) EventPattern or ScheduleExpression must be specified.')
  }
  if (rule.pattern) compilePattern(rule.pattern)
  if (!rule.schedule) return
  if (rule.bus !== DEFAULT_BUS) {
    throw validation('ScheduleExpression is supported only on the default event bus.')
  }
  if (!parseScheduleExpression(rule.schedule, 'rule')) {
    throw validation('Parameter ScheduleExpression is not valid.')
  }
}

/** Rules and their targets. */
export class Rules {
  readonly #dependencies: RulesDependencies
  /** Records are never mutated: a rule that was put again is compiled again. */
  readonly #compiled = new WeakMap<RuleRecord, EventPattern>()

  constructor(dependencies: RulesDependencies) {
    this.#dependencies = dependencies
  }

  /** @throws ServiceError `ResourceNotFoundException` of the rule, or of its bus */
  get(scope: Scope, bus: string, name: string): RuleRecord {
    const record = this.find(scope, bus, name)
    if (record) return record
    this.#dependencies.buses.get({ scope, name: bus })
    throw ruleNotFound(name, bus)
  }

  find(scope: Scope, bus: string, name: string): RuleRecord | undefined {
    return this.#dependencies.records.get(scope, keyOf(bus, name))
  }

  /** Of one bus. */
  list(scope: Scope, bus: string): RuleRecord[] {
    return this.#dependencies.records.list(scope).filter(rule => rule.bus === bus)
  }

  /** Rules with a schedule that count, of all scopes. */
  *scheduled(): IterableIterator<{ readonly scope: Scope; readonly rule: RuleRecord }> {
    for (const { scope, value: rule } of this.#dependencies.records.entries()) {
      if (rule.schedule && rule.state === 'ENABLED') yield { scope, rule }
    }
  }

  /** The pattern of a rule that has one. */
  patternOf(rule: RuleRecord): EventPattern | undefined {
    if (!rule.pattern) return undefined
    let pattern = this.#compiled.get(rule)
    if (!pattern) {
      pattern = compilePattern(rule.pattern)
      this.#compiled.set(rule, pattern)
    }
    return pattern
  }

  /**
   * Makes a rule, or all of one anew but its targets and tags.
   *
   * @throws ServiceError `ValidationException`, `InvalidEventPatternException`, `ResourceNotFoundException`,
   * `LimitExceededException`
   */
  put(scope: Scope, rule: RuleInput): RuleRecord {
    checkRule(rule)
    const { buses, clock } = this.#dependencies
    buses.get({ scope, name: rule.bus })
    const present = this.find(scope, rule.bus, rule.name)
    if (!present && this.list(scope, rule.bus).length >= MAX_RULES_OF_A_BUS) throw limitExceeded()
    const keepsSchedule = present?.schedule !== undefined && present.schedule === rule.schedule
    return this.#save(scope, {
      name: rule.name,
      bus: rule.bus,
      ...(rule.pattern && { pattern: rule.pattern }),
      ...(rule.schedule && { schedule: rule.schedule }),
      state: rule.state === 'DISABLED' ? 'DISABLED' : 'ENABLED',
      ...(rule.description !== undefined && { description: rule.description }),
      ...(rule.roleArn !== undefined && { roleArn: rule.roleArn }),
      createdBy: present?.createdBy ?? scope.account,
      scheduledAt: keepsSchedule ? present.scheduledAt : clock.now(),
      tags: present?.tags ?? rule.tags ?? [],
      targets: present?.targets ?? [],
    })
  }

  setState(scope: Scope, rule: RuleRecord, state: RuleRecord['state']): void {
    if (rule.state !== state) this.#save(scope, { ...rule, state })
  }

  setTags(scope: Scope, rule: RuleRecord, tags: readonly Tag[]): void {
    this.#write(scope, { ...rule, tags })
  }

  /** @throws ServiceError `ValidationException` where it has targets */
  delete(scope: Scope, rule: RuleRecord): void {
    if (rule.targets.length > 0) throw validation("Rule can't be deleted since it has targets.")
    this.#dependencies.records.delete(scope, keyOf(rule.bus, rule.name))
    this.#dependencies.onChange(scope, rule, true)
  }

  /** Adds targets, each in place of one of the same id. @throws ServiceError `LimitExceededException` */
  putTargets(scope: Scope, rule: RuleRecord, targets: readonly TargetRecord[]): RuleRecord {
    const byId = new Map(rule.targets.map(target => [target.Id, target]))
    for (const target of targets) byId.set(target.Id, target)
    if (byId.size > MAX_TARGETS_OF_A_RULE) throw limitExceeded()
    return this.#write(scope, { ...rule, targets: [...byId.values()] })
  }

  removeTargets(scope: Scope, rule: RuleRecord, ids: ReadonlySet<string>): RuleRecord {
    return this.#write(scope, { ...rule, targets: rule.targets.filter(({ Id }) => !ids.has(Id)) })
  }

  #save(scope: Scope, rule: RuleRecord): RuleRecord {
    this.#write(scope, rule)
    this.#dependencies.onChange(scope, rule, false)
    return rule
  }

  #write(scope: Scope, rule: RuleRecord): RuleRecord {
    this.#dependencies.records.put(scope, keyOf(rule.bus, rule.name), rule)
    return rule
  }
}
