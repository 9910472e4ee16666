import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { InputOf } from '@sonde/wire'
import type { Scope } from '../../../../kernel/scope.ts'
import { timeZone } from '../../../../kernel/time-zone.ts'
import { readTags } from '../../tags.ts'
import type { AlarmStore } from '../alarm-store.ts'
import { resourceNotFound, validationError } from '../errors.ts'
import { type MuteRule, muteRuleArn, timesOf } from '../mute/mute-rules.ts'
import { muteStatus, parseMuteDuration, parseMuteExpression } from '../mute/schedule.ts'
import { checkCount, checkDescription, checkEnum, checkLength } from './checks.ts'
import type { AlarmOperations, OperationDependencies } from './context.ts'
import { readMaxRecords } from './describe-alarms.ts'
import { pageOf } from './pages.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html */
const MAX_NAME = 255
const MAX_TARGETS = 100
const MAX_EXPRESSION = 256
const MAX_SHORT = 50
const STATUSES = ['SCHEDULED', 'ACTIVE', 'EXPIRED'] as const

const readSchedule = (schedule: Sdk.Schedule | undefined) => {
  const { Expression: expression = '', Duration: duration = '', Timezone: timezone } = schedule ?? {}
  checkLength(expression, 'rule.schedule.expression', { least: 1, most: MAX_EXPRESSION })
  checkLength(duration, 'rule.schedule.duration', { least: 1, most: MAX_SHORT })
  checkLength(timezone, 'rule.schedule.timezone', { least: 1, most: MAX_SHORT })
  if (!parseMuteExpression(expression)) throw validationError(`Invalid schedule expression ${expression}`)
  if (parseMuteDuration(duration) === undefined) {
    throw validationError(`Invalid duration ${duration}. It must be from PT1M to P15D in ISO 8601 format`)
  }
  if (timezone !== undefined && !timeZone(timezone)) throw validationError(`Invalid timezone ${timezone}`)
  return { expression, duration, ...(timezone !== undefined && { timezone }) }
}

const readTargets = (names: readonly string[] | undefined, scope: Scope, alarms: AlarmStore) => {
  checkCount(names, 'muteTargets.alarmNames', MAX_TARGETS)
  const missing = (names ?? []).filter(name => !alarms.find(scope, name))
  if (missing.length > 0) throw validationError(`The alarms [${missing.join(', ')}] do not exist`)
  return names && { alarmNames: names }
}

/** @param now in ms since the epoch */
export const readMuteRule = (
  input: InputOf<typeof Sdk, 'PutAlarmMuteRule'>,
  scope: Scope,
  alarms: AlarmStore,
  now: number,
): MuteRule => {
  const { Name: name = '', Description: description, StartDate: start, ExpireDate: expire } = input
  checkLength(name, 'name', { least: 1, most: MAX_NAME })
  checkDescription(description)
  if (start && expire && start >= expire) throw validationError('StartDate must be before ExpireDate')
  return {
    name,
    ...(description !== undefined && { description }),
    ...readSchedule(input.Rule?.Schedule),
    ...readTargets(input.MuteTargets?.AlarmNames, scope, alarms),
    ...(start && { start: start.getTime() }),
    ...(expire && { expire: expire.getTime() }),
    updated: now,
    tags: readTags(input.Tags),
  }
}

export const muteTypeOf = ({ expression }: MuteRule): 'ONE_TIME' | 'RECURRING' =>
  expression.startsWith('at(') ? 'ONE_TIME' : 'RECURRING'

const summary = (scope: Scope, rule: MuteRule, now: number) => ({
  AlarmMuteRuleArn: muteRuleArn(scope, rule.name),
  ...(rule.expire !== undefined && { ExpireDate: new Date(rule.expire) }),
  Status: muteStatus(timesOf(rule), now),
  MuteType: muteTypeOf(rule),
  LastUpdatedTimestamp: new Date(rule.updated),
})

export const muteRuleOperations = ({ engine, clock }: OperationDependencies): AlarmOperations => ({
  PutAlarmMuteRule: (input, { scope }) => {
    const rule = readMuteRule(input, scope, engine.alarms, clock.now())
    const former = engine.mutes.find(scope, rule.name)
    // Tags are those of the rule's creation, as with alarms.
    engine.putMuteRule(scope, former ? { ...rule, tags: former.tags } : rule)
    return {}
  },

  GetAlarmMuteRule: ({ AlarmMuteRuleName: name = '' }, { scope }) => {
    const rule = engine.mutes.find(scope, name)
    if (!rule) throw resourceNotFound('alarm mute rule', name)
    return {
      Name: rule.name,
      ...summary(scope, rule, clock.now()),
      ...(rule.description !== undefined && { Description: rule.description }),
      Rule: {
        Schedule: {
          Expression: rule.expression,
          Duration: rule.duration,
          ...(rule.timezone !== undefined && { Timezone: rule.timezone }),
        },
      },
      ...(rule.alarmNames && { MuteTargets: { AlarmNames: [...rule.alarmNames] } }),
      ...(rule.start !== undefined && { StartDate: new Date(rule.start) }),
    }
  },

  ListAlarmMuteRules: (input, { scope }) => {
    const { AlarmName: alarm, Statuses: statuses } = input
    for (const [index, status] of (statuses ?? []).entries()) {
      checkEnum(status, `statuses.${index + 1}.member`, STATUSES)
    }
    const now = clock.now()
    const rules = engine.mutes.list(scope).filter(rule => {
      const status = muteStatus(timesOf(rule), now)
      return (
        (alarm === undefined || rule.alarmNames?.includes(alarm)) &&
        (!statuses?.length || statuses.includes(status))
      )
    })
    const { page, next } = pageOf(
      rules,
      {
        listing: JSON.stringify(['mute rules', alarm, statuses]),
        token: input.NextToken,
        size: readMaxRecords(input.MaxRecords),
      },
      ({ name }) => name,
    )
    return { AlarmMuteRuleSummaries: page.map(rule => summary(scope, rule, now)), ...next }
  },

  /** Deleting a rule that there is not succeeds. */
  DeleteAlarmMuteRule: ({ AlarmMuteRuleName: name = '' }, { scope }) => {
    engine.deleteMuteRule(scope, name)
    return {}
  },
})
