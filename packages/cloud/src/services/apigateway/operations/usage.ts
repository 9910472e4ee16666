import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, invalidApiKey } from '../errors.ts'
import { USAGE_WINDOW } from '../limits.ts'
import { paginate } from '../pagination.ts'
import { listingErrors, pointerSegments } from '../patch.ts'
import type { UsagePlanRecord } from '../records.ts'
import { dateOf, dayOf, parseDate, periodStart } from '../usage-plans/quota.ts'
import type { KeyUsage } from '../usage-plans/usage-ledger.ts'
import type { UsageReports } from '../usage-plans/usage-reports.ts'

/** Both days included. */
interface Days {
  readonly from: number
  readonly to: number
}

const readDate = (name: string, text: string | undefined): number => {
  const day = text === undefined ? undefined : parseDate(text)
  if (day === undefined) throw badRequest(`Invalid ${name} specified. Must be of the form YYYY-MM-DD`)
  return day
}

const readDays = (startDate: string | undefined, endDate: string | undefined, today: number): Days => {
  const from = readDate('start date', startDate)
  const to = readDate('end date', endDate)
  if (to < from) throw badRequest('End date must not be before start date')
  if (from < today - USAGE_WINDOW || to - from > USAGE_WINDOW) {
    throw badRequest(`Usage data is available for the last ${USAGE_WINDOW} days only`)
  }
  return { from, to }
}

/** `[used, remaining]` of each day. Without a quota nothing remains: there is no number of what may be used. */
const dailyLog = (plan: UsagePlanRecord, usage: KeyUsage, reports: UsageReports, days: Days): number[][] => {
  const log: number[][] = []
  const { quota } = plan
  const since = dayOf(plan.createdDate)
  for (let day = days.from; day <= days.to; day++) {
    const used = usage.used(day) - reports.heldBack(usage, day, day)
    const remaining = quota
      ? usage.remaining(quota, since, day) + reports.heldBack(usage, periodStart(quota.period, day), day)
      : 0
    log.push([used, remaining])
  }
  return log
}

const readRemaining = (patchOperations: readonly Sdk.PatchOperation[] | undefined): number | undefined => {
  let remaining: number | undefined
  for (const { op = 'replace', path, value } of patchOperations ?? []) {
    const isRemaining = path !== undefined && pointerSegments(path).join('/') === 'remaining'
    if (op !== 'replace') throw listingErrors.unsupportedOp(String(path), op)
    if (!isRemaining) throw listingErrors.unknownPath(path, op, ['/remaining'])
    remaining = value?.trim() ? Number(value) : Number.NaN
    if (!(remaining >= 0 && Number.isInteger(remaining))) {
      throw badRequest('Usage Plan remaining quota must be a non-negative numeric')
    }
  }
  return remaining
}

export const createUsageOperations = ({ subscriptions, ledger, usageReports, clock }: ControlPlane) =>
  ({
    GetUsage: ({ usagePlanId, keyId, startDate, endDate, position, limit }, { scope }) => {
      const plan = subscriptions.plan(scope, usagePlanId)
      const days = readDays(startDate, endDate, dayOf(clock.now()))
      // Keys of the plan, and those that have used it and are in it no more.
      const ids = new Set([
        ...subscriptions.keysOf(scope, plan.id).map(({ id }) => id),
        ...ledger.keysOf(plan.id).map(({ key }) => key),
      ])
      if (keyId !== undefined && !ids.has(keyId)) throw invalidApiKey()
      const wanted = keyId === undefined ? [...ids] : [keyId]
      const page = paginate(wanted, { position, limit })
      return {
        usagePlanId: plan.id,
        startDate: dateOf(days.from),
        endDate: dateOf(days.to),
        items: Object.fromEntries(
          page.items.map(id => [id, dailyLog(plan, ledger.of(plan.id, id), usageReports, days)]),
        ),
        position: page.position,
      }
    },

    /** Sets what is left of the current period. */
    UpdateUsage: async ({ usagePlanId, keyId = '', patchOperations }, { scope }) => {
      const plan = subscriptions.plan(scope, usagePlanId)
      subscriptions.key(scope, keyId)
      if (!subscriptions.isIn(plan.id, keyId)) throw invalidApiKey()
      const remaining = readRemaining(patchOperations)
      const today = dayOf(clock.now())
      const usage = ledger.of(plan.id, keyId)
      if (remaining !== undefined) {
        if (!plan.quota) throw badRequest('Usage Plan has no quota of which requests could remain')
        const now = usage.balance(plan.quota, dayOf(plan.createdDate), today)
        await ledger.grant(usage, today, remaining - now)
      }
      const days = { from: today, to: today }
      return {
        usagePlanId: plan.id,
        startDate: dateOf(today),
        endDate: dateOf(today),
        items: { [keyId]: dailyLog(plan, usage, usageReports, days) },
      }
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
