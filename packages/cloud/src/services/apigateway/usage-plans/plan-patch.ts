import { badRequest, notFound } from '../errors.ts'
import { listingErrors, type PatchErrors, type PatchRule, withEntry, withMember } from '../patch.ts'
import type { ApiStageRecord, UsagePlanRecord } from '../records.ts'
import { throttleKey } from './key-access.ts'
import { requireQuota } from './plan-settings.ts'
import type { Quota, QuotaPeriod } from './quota.ts'
import type { Throttle } from './token-bucket.ts'

/**
 * The patch operations of UpdateUsagePlan.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html#UpdateUsagePlan-Patch
 */

const REMOVABLE =
  '/apiStages, /quota, /throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, /apiStages/<apidId:stageName>/throttle'

export const planPatchErrors: PatchErrors = {
  unknownPath: (path, op, known) =>
    op === 'remove'
      ? badRequest(`Invalid patch path  '${path}' specified for op 'remove'. Must be one of: [${REMOVABLE}]`)
      : listingErrors.unknownPath(path, op, known),
  unsupportedOp: (path, op) => planPatchErrors.unknownPath(path, op, []),
}

const readNumber = (value: string | undefined, what: string): number => {
  const number = value?.trim() ? Number(value) : Number.NaN
  if (number >= 0) return number
  throw badRequest(`Usage Plan ${what} must be a non-negative numeric`)
}

const readInteger = (value: string | undefined, what: string): number => {
  const number = readNumber(value, what)
  if (Number.isInteger(number)) return number
  throw badRequest(`Usage Plan ${what} must be a non-negative numeric`)
}

/** `add` and `replace` of one member. */
const set = (
  path: string,
  change: (plan: UsagePlanRecord, value: string | undefined, names: readonly string[]) => UsagePlanRecord,
): PatchRule<UsagePlanRecord> => ({ path, add: change, replace: change })

const NO_THROTTLE: Throttle = { rateLimit: 0, burstLimit: 0 }

const rate = (value: string | undefined) => ({ rateLimit: readNumber(value, 'throttle rate limit') })
const burst = (value: string | undefined) => ({ burstLimit: readInteger(value, 'throttle burst limit') })

const planThrottle = (path: string, read: (value: string | undefined) => Partial<Throttle>) =>
  set(path, (plan, value) => ({ ...plan, throttle: { ...(plan.throttle ?? NO_THROTTLE), ...read(value) } }))

/** A plan may get its quota member by member: it is checked as a whole when all are in. */
const quota = (path: string, read: (value: string | undefined) => Partial<Quota>) =>
  set(path, (plan, value) => ({
    ...plan,
    quota: { ...(plan.quota ?? ({ limit: Number.NaN, offset: 0 } as Quota)), ...read(value) },
  }))

const stageKey = ({ apiId, stage }: ApiStageRecord): string => `${apiId}:${stage}`

const changeStage = (
  plan: UsagePlanRecord,
  name: string,
  change: (stage: ApiStageRecord) => ApiStageRecord,
): UsagePlanRecord => {
  if (!plan.apiStages.some(each => stageKey(each) === name)) throw notFound(`API Stage not found: ${name}`)
  return { ...plan, apiStages: plan.apiStages.map(each => (stageKey(each) === name ? change(each) : each)) }
}

const METHOD_THROTTLE = '/apiStages/{stage}/throttle/{resourcePath}/{httpMethod}'

/** The path in a patch is written with or without its leading slash. */
const methodKey = (resourcePath: string, verb: string): string =>
  throttleKey(resourcePath.startsWith('/') ? resourcePath : `/${resourcePath}`, verb)

const methodThrottle = (member: string, read: (value: string | undefined) => Partial<Throttle>) =>
  set(`${METHOD_THROTTLE}/${member}`, (plan, value, [name = '', resourcePath = '', verb = '']) =>
    changeStage(plan, name, stage => {
      const key = methodKey(resourcePath, verb)
      const settings = { ...(stage.throttle?.[key] ?? NO_THROTTLE), ...read(value) }
      return { ...stage, throttle: { ...stage.throttle, [key]: settings } }
    }),
  )

/** `apiId:stage` */
const readStage = (value: string | undefined): ApiStageRecord => {
  const [apiId, stage, ...more] = (value ?? '').split(':')
  if (!apiId || !stage || more.length > 0) throw badRequest('Invalid API Stage specified')
  return { apiId, stage }
}

export const PLAN_PATCH_RULES: ReadonlyArray<PatchRule<UsagePlanRecord>> = [
  {
    path: '/name',
    replace: (plan, value) => {
      if (!value) throw badRequest('Usage plan name must be specified')
      return { ...plan, name: value }
    },
  },
  { path: '/description', replace: (plan, value) => withMember(plan, 'description', value || undefined) },
  {
    ...set('/productCode', (plan, value) => withMember(plan, 'productCode', value || undefined)),
    remove: plan => withMember(plan, 'productCode', undefined),
  },
  {
    path: '/apiStages',
    add: (plan, value) => {
      const stage = readStage(value)
      const others = plan.apiStages.filter(each => stageKey(each) !== stageKey(stage))
      return others.length < plan.apiStages.length ? plan : { ...plan, apiStages: [...others, stage] }
    },
    remove: (plan, value) => {
      const name = stageKey(readStage(value))
      const apiStages = plan.apiStages.filter(each => stageKey(each) !== name)
      if (apiStages.length === plan.apiStages.length) throw notFound(`API Stage not found: ${name}`)
      return { ...plan, apiStages }
    },
  },
  planThrottle('/throttle/rateLimit', rate),
  planThrottle('/throttle/burstLimit', burst),
  { path: '/throttle', remove: plan => withMember(plan, 'throttle', undefined) },
  quota('/quota/limit', value => ({ limit: readInteger(value, 'quota limit') })),
  quota('/quota/offset', value => ({ offset: readInteger(value, 'quota offset') })),
  quota('/quota/period', value => ({ period: value as QuotaPeriod })),
  { path: '/quota', remove: plan => withMember(plan, 'quota', undefined) },
  methodThrottle('rateLimit', rate),
  methodThrottle('burstLimit', burst),
  {
    path: METHOD_THROTTLE,
    remove: (plan, _value, [name = '', resourcePath = '', verb = '']) =>
      changeStage(plan, name, stage => {
        const rest = withEntry(stage.throttle, methodKey(resourcePath, verb), undefined)
        return withMember(stage, 'throttle', Object.keys(rest).length > 0 ? rest : undefined)
      }),
  },
  {
    path: '/apiStages/{stage}/throttle',
    remove: (plan, _value, [name = '']) =>
      changeStage(plan, name, stage => withMember(stage, 'throttle', undefined)),
  },
]

/** @throws ServiceError `BadRequestException` where a patch leaves a quota that cannot be */
export const requirePatchedQuota = (plan: UsagePlanRecord): void => {
  if (plan.quota) requireQuota(plan.quota)
}
