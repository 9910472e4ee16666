import { isAnotherTime, Timetable } from '../../delivery/timetable.ts'
import type { Clock } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import { nextOccurrence, parseScheduleExpression, rateOrigin } from '../../kernel/schedule-expression.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import { envelopeOf, eventTime } from './event.ts'
import { ruleArn } from './names.ts'
import type { RuleRecord } from './records.ts'
import type { Router } from './router.ts'
import type { Rules } from './rules.ts'

const keyOf = (scope: Scope, rule: RuleRecord): string => `${scopeKey(scope)} ${rule.bus} ${rule.name}`

/**
 * Rules with schedules. They occur by the cloud's clock, cron expressions at the first second of their minute; a rate
 * counts from when it was put, first after one interval. What passes while the cloud is stopped is not made up for.
 */
export class RuleSchedules {
  readonly #rules: Rules
  readonly #router: Router
  readonly #clock: Clock
  readonly #timetable: Timetable
  #isStarted = false

  constructor({ rules, router, clock }: { rules: Rules; router: Router; clock: Clock }) {
    this.#rules = rules
    this.#router = router
    this.#clock = clock
    this.#timetable = new Timetable(clock)
    clock.onSet(by => {
      if (this.#isStarted && isAnotherTime(by)) this.start()
    })
  }

  start(): void {
    this.#isStarted = true
    for (const { scope, rule } of this.#rules.scheduled()) this.changed(scope, rule, false)
  }

  stop(): void {
    this.#isStarted = false
    this.clear()
  }

  /** Forgets all schedules, until they are told of again. */
  clear(): void {
    this.#timetable.clear()
  }

  changed(scope: Scope, rule: RuleRecord, isDeleted: boolean): void {
    const key = keyOf(scope, rule)
    this.#timetable.delete(key)
    if (isDeleted || rule.state !== 'ENABLED' || !rule.schedule) return
    const expression = parseScheduleExpression(rule.schedule, 'rule')
    if (!expression) return
    const origin = rateOrigin(expression, rule.scheduledAt, this.#clock.now())
    const first = origin + (expression.kind === 'rate' ? expression.period : 0)
    this.#timetable.set(key, {
      next: after => nextOccurrence(expression, after, { first }),
      fire: due => this.#fire(scope, rule, due),
    })
  }

  #fire(scope: Scope, { bus, name }: RuleRecord, due: number): void {
    // Its targets may have changed since.
    const rule = this.#rules.find(scope, bus, name)
    if (!rule) return
    const event = envelopeOf(scope, {
      id: uuid(),
      detailType: 'Scheduled Event',
      source: 'aws.events',
      time: eventTime(due),
      resources: [ruleArn(scope, bus, name)],
      detail: {},
    })
    this.#router.trigger(scope, rule, event)
  }
}
