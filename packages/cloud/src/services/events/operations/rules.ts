import { listPage } from '../../../kernel/list-page.ts'
import { RequestCheck } from '../../../kernel/request-check.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { checkTargets } from '../check-target.ts'
import { invalidToken, validation } from '../errors.ts'
import { MAX_TARGETS_IN_A_CALL, PAGE } from '../limits.ts'
import { busAt, checkRuleName, ruleArn } from '../names.ts'
import { eventFields } from '../pattern/event-fields.ts'
import { isObject } from '../pattern/invalid-pattern.ts'
import type { RuleRecord } from '../records.ts'
import { compilePattern } from '../rules.ts'
import type { EventsOperations, EventsParts } from '../service.ts'
import { checkTags } from './tags.ts'

const describe = (scope: Scope, rule: RuleRecord) => ({
  Name: rule.name,
  Arn: ruleArn(scope, rule.bus, rule.name),
  ...(rule.pattern !== undefined && { EventPattern: rule.pattern }),
  ...(rule.schedule !== undefined && { ScheduleExpression: rule.schedule }),
  State: rule.state,
  ...(rule.description !== undefined && { Description: rule.description }),
  ...(rule.roleArn !== undefined && { RoleArn: rule.roleArn }),
  EventBusName: rule.bus,
})

const pageOf = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { Limit, NextToken }: { Limit?: number | undefined; NextToken?: string | undefined },
) => {
  const check = new RequestCheck()
  check.number('limit', Limit, 1, PAGE)
  check.report()
  const page = listPage(items, keyOf, { size: Limit ?? PAGE, token: NextToken, invalidToken })
  return { items: page.items, next: page.nextToken === undefined ? {} : { NextToken: page.nextToken } }
}

type RuleOperations = Pick<
  Required<EventsOperations>,
  | 'PutRule'
  | 'DescribeRule'
  | 'ListRules'
  | 'DeleteRule'
  | 'EnableRule'
  | 'DisableRule'
  | 'PutTargets'
  | 'RemoveTargets'
  | 'ListTargetsByRule'
  | 'ListRuleNamesByTarget'
  | 'TestEventPattern'
>

/** Rules and their targets. */
export const ruleOperations = ({ buses, rules }: EventsParts): RuleOperations => {
  const find = (scope: Scope, bus: string | undefined, name = '') => {
    const at = busAt(scope, bus)
    checkRuleName(name)
    return { scope: at.scope, rule: rules.get(at.scope, at.name, name) }
  }

  return {
    PutRule: (input, context) => {
      const { scope, name } = busAt(context.scope, input.EventBusName)
      const rule = rules.put(scope, {
        name: input.Name ?? '',
        bus: name,
        pattern: input.EventPattern,
        schedule: input.ScheduleExpression,
        state: input.State,
        description: input.Description,
        roleArn: input.RoleArn,
        tags: checkTags(input.Tags),
      })
      return { RuleArn: ruleArn(scope, rule.bus, rule.name) }
    },

    DescribeRule: ({ Name, EventBusName }, context) => {
      const { scope, rule } = find(context.scope, EventBusName, Name)
      return { ...describe(scope, rule), CreatedBy: rule.createdBy }
    },

    ListRules: ({ NamePrefix = '', EventBusName, ...request }, context) => {
      const { scope, name } = busAt(context.scope, EventBusName)
      buses.get({ scope, name })
      const found = rules.list(scope, name).filter(rule => rule.name.startsWith(NamePrefix))
      const { items, next } = pageOf(found, rule => rule.name, request)
      return { Rules: items.map(rule => describe(scope, rule)), ...next }
    },

    // Idempotent, as on AWS: a rule that is not there is deleted.
    DeleteRule: ({ Name = '', EventBusName }, context) => {
      const { scope, name } = busAt(context.scope, EventBusName)
      checkRuleName(Name)
      buses.get({ scope, name })
      const rule = rules.find(scope, name, Name)
      if (rule) rules.delete(scope, rule)
      return {}
    },

    EnableRule: ({ Name, EventBusName }, context) => {
      const { scope, rule } = find(context.scope, EventBusName, Name)
      rules.setState(scope, rule, 'ENABLED')
      return {}
    },

    DisableRule: ({ Name, EventBusName }, context) => {
      const { scope, rule } = find(context.scope, EventBusName, Name)
      rules.setState(scope, rule, 'DISABLED')
      return {}
    },

    PutTargets: ({ Rule, EventBusName, Targets = [] }, context) => {
      const check = new RequestCheck()
      check.list('targets', Targets, 1, MAX_TARGETS_IN_A_CALL)
      check.report()
      const targets = checkTargets(Targets)
      const { scope, rule } = find(context.scope, EventBusName, Rule)
      rules.putTargets(scope, rule, targets)
      return { FailedEntryCount: 0, FailedEntries: [] }
    },

    RemoveTargets: ({ Rule, EventBusName, Ids = [] }, context) => {
      const check = new RequestCheck()
      check.list('ids', Ids, 1, MAX_TARGETS_IN_A_CALL)
      check.report()
      const { scope, rule } = find(context.scope, EventBusName, Rule)
      rules.removeTargets(scope, rule, new Set(Ids))
      return { FailedEntryCount: 0, FailedEntries: [] }
    },

    ListTargetsByRule: ({ Rule, EventBusName, ...request }, context) => {
      const { rule } = find(context.scope, EventBusName, Rule)
      const { items, next } = pageOf(rule.targets, ({ Id }) => Id, request)
      return { Targets: items, ...next }
    },

    ListRuleNamesByTarget: ({ TargetArn, EventBusName, ...request }, context) => {
      const { scope, name } = busAt(context.scope, EventBusName)
      buses.get({ scope, name })
      const found = rules
        .list(scope, name)
        .filter(({ targets }) => targets.some(({ Arn }) => Arn === TargetArn))
      const { items, next } = pageOf(found, rule => rule.name, request)
      return { RuleNames: items.map(rule => rule.name), ...next }
    },

    TestEventPattern: ({ EventPattern = '', Event = '' }) => {
      const pattern = compilePattern(EventPattern)
      let event: unknown
      try {
        event = JSON.parse(Event)
      } catch {
        // Told below.
      }
      if (!isObject(event)) throw validation('Parameter Event is not valid.')
      return { Result: pattern.matches(eventFields(event)) }
    },
  }
}
