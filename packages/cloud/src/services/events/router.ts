import type { Deliveries } from '../../delivery/deliveries.ts'
import { DEFAULT_EVENT_AGE, DEFAULT_RETRY_ATTEMPTS } from '../../delivery/retry.ts'
import type { Clock } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import type { Scope } from '../../kernel/scope.ts'
import { type EventEnvelope, eventTime } from './event.ts'
import { type BusAt, ruleArn } from './names.ts'
import { eventFields } from './pattern/event-fields.ts'
import type { RuleRecord } from './records.ts'
import type { CountRule, RuleDelivery } from './rule-delivery.ts'
import type { Rules } from './rules.ts'
import { targetInput } from './target-input.ts'

export interface RouterDependencies {
  readonly rules: Rules
  readonly deliveries: Deliveries<RuleDelivery>
  readonly clock: Clock
  readonly count: CountRule
}

export interface RouteOptions {
  /** Whether the event came from another bus. */
  readonly isPassedOn?: boolean
  readonly traceHeader?: string | undefined
}

/** Sends events to the targets of the rules that they match. */
export class Router {
  readonly #dependencies: RouterDependencies

  constructor(dependencies: RouterDependencies) {
    this.#dependencies = dependencies
  }

  /** Gives an event to the rules of a bus. Deliveries go on by themselves. */
  route({ scope, name }: BusAt, event: EventEnvelope, options: RouteOptions = {}): void {
    const rules = this.#dependencies.rules
      .list(scope, name)
      .filter(rule => rule.state === 'ENABLED' && rule.pattern)
    if (rules.length === 0) return
    const fields = eventFields(event as unknown as Readonly<Record<string, unknown>>)
    for (const rule of rules) {
      if (this.#dependencies.rules.patternOf(rule)?.matches(fields)) this.trigger(scope, rule, event, options)
    }
  }

  /** Sends an event to the targets of one rule. */
  trigger(scope: Scope, rule: RuleRecord, event: EventEnvelope, options: RouteOptions = {}): void {
    const { deliveries, clock, count } = this.#dependencies
    const subject = { bus: rule.bus, ruleName: rule.name }
    count(scope, subject, 'MatchedEvents')
    count(scope, subject, 'TriggeredRules')
    const now = clock.now()
    const arn = ruleArn(scope, rule.bus, rule.name)
    for (const target of rule.targets) {
      const { RetryPolicy: retry, DeadLetterConfig: deadLetter } = target
      const delivery: RuleDelivery = {
        id: uuid(),
        targetArn: target.Arn,
        payload: JSON.stringify(event),
        acceptedAt: now,
        attempts: 0,
        dueAt: now,
        maximumRetryAttempts: retry?.MaximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS,
        maximumEventAge: retry?.MaximumEventAgeInSeconds ?? DEFAULT_EVENT_AGE,
        ...(deadLetter?.Arn !== undefined && { deadLetterQueue: deadLetter.Arn }),
        ruleArn: arn,
        ruleName: rule.name,
        bus: rule.bus,
        isPassedOn: options.isPassedOn ?? false,
        ...(options.traceHeader !== undefined && { traceHeader: options.traceHeader }),
      }
      const context = { event, ruleArn: arn, ruleName: rule.name, ingestionTime: eventTime(now) }
      try {
        deliveries.send(scope, { ...delivery, payload: targetInput(target, context) })
      } catch (error) {
        deliveries.reject(scope, delivery, error)
      }
    }
  }
}
