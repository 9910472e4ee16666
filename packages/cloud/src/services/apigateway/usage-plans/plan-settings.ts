import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Scope } from '../../../kernel/scope.ts'
import { apiStageNotFound, badRequest } from '../errors.ts'
import { MAX_METHOD_THROTTLES } from '../limits.ts'
import type { ApiStageRecord, UsagePlanRecord } from '../records.ts'
import type { Repository } from '../repository.ts'
import { throttleKey } from './key-access.ts'
import { QUOTA_PERIODS, type Quota, type QuotaPeriod } from './quota.ts'
import type { Throttle } from './token-bucket.ts'

/** Largest offset of a quota by its period. */
const MAX_OFFSET: Readonly<Record<QuotaPeriod, number>> = { DAY: 0, WEEK: 6, MONTH: 27 }

/** What is left out is 0, as the API's numbers are. */
export const readThrottle = ({ rateLimit = 0, burstLimit = 0 }: Sdk.ThrottleSettings): Throttle => {
  requireThrottle({ rateLimit, burstLimit })
  return { rateLimit, burstLimit }
}

const requireThrottle = ({ rateLimit, burstLimit }: Throttle): void => {
  if (!(rateLimit >= 0)) throw badRequest('Usage Plan throttle rate limit must be a non-negative numeric')
  if (!(burstLimit >= 0 && Number.isInteger(burstLimit))) {
    throw badRequest('Usage Plan throttle burst limit must be a non-negative numeric')
  }
}

export const readQuota = ({ limit, offset = 0, period }: Sdk.QuotaSettings): Quota => {
  const quota = { limit: limit ?? Number.NaN, offset, period: period as QuotaPeriod }
  requireQuota(quota)
  return quota
}

export const requireQuota = ({ limit, offset, period }: Quota): void => {
  if (!QUOTA_PERIODS.includes(period)) {
    throw badRequest(
      `Invalid Usage Plan quota period specified. Must be one of [${QUOTA_PERIODS.join(', ')}]`,
    )
  }
  if (!(limit >= 1 && Number.isInteger(limit))) {
    throw badRequest('Usage Plan quota limit must be a non-negative numeric')
  }
  const most = MAX_OFFSET[period]
  if (offset >= 0 && offset <= most && Number.isInteger(offset)) return
  throw badRequest(
    most === 0
      ? `Usage Plan quota offset must be zero in the ${period} period`
      : `Usage Plan quota offset must be between 0 and ${most} inclusive in the ${period} period`,
  )
}

export const readApiStage = ({ apiId = '', stage = '', throttle }: Sdk.ApiStage): ApiStageRecord => ({
  apiId,
  stage,
  ...(throttle &&
    Object.keys(throttle).length > 0 && {
      throttle: Object.fromEntries(
        Object.entries(throttle).map(([method, settings]) => [method, readThrottle(settings)]),
      ),
    }),
})

/** `/predict/POST` as path and verb. */
const splitThrottleKey = (key: string): readonly [path: string, verb: string] => {
  const split = key.lastIndexOf('/')
  return split > 0 ? [key.slice(0, split), key.slice(split + 1)] : [key, '']
}

const requireMethods = (
  repository: Repository,
  scope: Scope,
  { apiId, throttle = {} }: ApiStageRecord,
): void => {
  const keys = Object.keys(throttle)
  if (keys.length > MAX_METHOD_THROTTLES) {
    throw badRequest(
      `Usage Plan must not have more than ${MAX_METHOD_THROTTLES} method throttles for a stage`,
    )
  }
  if (keys.length === 0) return
  const methods = new Set(
    repository.resources
      .list(scope, apiId)
      .flatMap(({ path, methods }) => Object.keys(methods).map(verb => throttleKey(path, verb))),
  )
  for (const key of keys) {
    const [path, verb] = splitThrottleKey(key)
    if (!methods.has(key)) {
      throw badRequest(`Invalid method {resourcePath: ${path},method: ${verb}} specified`)
    }
  }
}

/** Checks what a plan says of stages, by the APIs there are. Only those that `before` did not have must exist. */
export const requireApiStages = (
  repository: Repository,
  scope: Scope,
  { apiStages }: UsagePlanRecord,
  before: readonly ApiStageRecord[] = [],
): void => {
  const seen = new Set<string>()
  for (const each of apiStages) {
    const { apiId, stage } = each
    if (before.includes(each)) continue
    if (!repository.stages.get(scope, apiId, stage)) throw apiStageNotFound(apiId, stage)
    requireMethods(repository, scope, each)
  }
  for (const { apiId, stage } of apiStages) {
    if (seen.has(`${apiId}:${stage}`)) throw badRequest(`API Stage ${apiId}:${stage} is given twice`)
    seen.add(`${apiId}:${stage}`)
  }
}
