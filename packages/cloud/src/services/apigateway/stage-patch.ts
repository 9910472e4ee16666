import { compileAccessLogFormat, logGroupOf } from './access-log-format.ts'
import { badRequest } from './errors.ts'
import { isTrue, type PatchErrors, type PatchRule, withEntry, withMember } from './patch.ts'
import type { MethodSettingRecord, StageRecord } from './records.ts'
import { requireStageVariables } from './stage-variables.ts'
import { unsupported } from './support.ts'

/** The patch operations of UpdateStage (API reference, "Patch Operations", table for stages). */

const KNOWN_PATHS =
  '/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled'

const noSuchSetting = (path: string) =>
  badRequest(`Cannot remove method setting ${path} because there is no method setting for this method `)

export const stagePatchErrors: PatchErrors = {
  unknownPath: (path, op) => {
    if (path?.startsWith('/accessLogSettings')) {
      return op === 'remove'
        ? noSuchSetting(path.slice(1))
        : badRequest(
            'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
          )
    }
    return badRequest(`Invalid method setting path: ${path}. Must be one of: [${KNOWN_PATHS}]`)
  },
  unsupportedOp: (path, op) => stagePatchErrors.unknownPath(path, op, []),
}

type Change = (stage: StageRecord, value: string | undefined, names: readonly string[]) => StageRecord

/** A change that both `add` and `replace` make. */
const set = (path: string, change: Change, remove?: Change): PatchRule<StageRecord> => ({
  path,
  add: change,
  replace: change,
  ...(remove && { remove }),
})

/** A setting that we do not serve: only the value that AWS starts from is taken. */
const only = (path: string, isDefault: (value: string | undefined) => boolean): PatchRule<StageRecord> =>
  set(path, (stage, value) => {
    if (!isDefault(value)) throw unsupported('UpdateStage', `${path} ${value}`)
    return stage
  })

/** `path/VERB` without the path's leading slash, as AWS keys a stage's settings; `* / *` is for all methods. */
export const methodSettingKey = (resourcePath: string, verb: string): string =>
  `${resourcePath.startsWith('/') ? resourcePath.slice(1) : resourcePath}/${verb}`

const setting = (
  path: string,
  change: (value: string | undefined) => MethodSettingRecord,
): PatchRule<StageRecord> =>
  set(`/{resourcePath}/{httpMethod}${path}`, (stage, value, [resourcePath = '', verb = '']) => {
    const key = methodSettingKey(resourcePath, verb)
    const settings = { ...stage.methodSettings[key], ...change(value) }
    return { ...stage, methodSettings: { ...stage.methodSettings, [key]: settings } }
  })

const isFalse = (value: string | undefined): boolean => !isTrue(value)

export const requireLogLevel = (value: string | undefined): 'OFF' | 'ERROR' | 'INFO' => {
  if (value === 'OFF' || value === 'ERROR' || value === 'INFO') return value
  throw badRequest('Invalid logging level specified. Must be one of: [OFF, ERROR, INFO]')
}

const requireNumber = (value: string | undefined, limit: string): number => {
  const number = value?.trim() ? Number(value) : Number.NaN
  if (Number.isFinite(number)) return number
  throw badRequest(`Invalid throttling ${limit} limit specified. Must be a number`)
}

const requireInteger = (value: string | undefined, limit: string): number => {
  const number = requireNumber(value, limit)
  if (Number.isInteger(number)) return number
  throw badRequest(`Invalid throttling ${limit} limit specified. Must be an integer`)
}

const accessLog = (member: 'destinationArn' | 'format', check: (value: string) => unknown) =>
  set(
    `/accessLogSettings/${member}`,
    (stage, value) => {
      if (!value) throw badRequest('Access Log value must not be empty')
      check(value)
      return { ...stage, accessLogSettings: { ...stage.accessLogSettings, [member]: value } }
    },
    stage => {
      if (!stage.accessLogSettings?.[member]) throw noSuchSetting(`accessLogSettings/${member}`)
      return withMember(stage, 'accessLogSettings', withMember(stage.accessLogSettings, member, undefined))
    },
  )

const METHOD = '/{resourcePath}/{httpMethod}'

/** Paths with fixed words come first: `{resourcePath}/{httpMethod}` would match them too. */
export const STAGE_PATCH_RULES: ReadonlyArray<PatchRule<StageRecord>> = [
  set('/deploymentId', (stage, value) => ({ ...stage, deploymentId: value ?? '' })),
  set('/description', (stage, value) => withMember(stage, 'description', value || undefined)),
  set('/tracingEnabled', (stage, value) => ({ ...stage, tracingEnabled: isTrue(value) })),
  set(
    '/variables/{name}',
    (stage, value, [name = '']) => {
      const variables = withEntry(stage.variables, name, value ?? '')
      requireStageVariables(variables)
      return { ...stage, variables }
    },
    (stage, _value, [name = '']) =>
      withMember(stage, 'variables', withEntry(stage.variables, name, undefined)),
  ),
  accessLog('destinationArn', logGroupOf),
  accessLog('format', compileAccessLogFormat),
  {
    path: '/accessLogSettings',
    remove: stage => {
      if (!stage.accessLogSettings) throw noSuchSetting('accessLogSettings')
      return withMember(stage, 'accessLogSettings', undefined)
    },
  },
  only('/cacheClusterEnabled', isFalse),
  only('/cacheClusterSize', value => !value),
  only('/clientCertificateId', value => !value),
  setting('/metrics/enabled', value => ({ metricsEnabled: isTrue(value) })),
  setting('/logging/loglevel', value => ({ loggingLevel: requireLogLevel(value) })),
  setting('/logging/dataTrace', value => ({ dataTraceEnabled: isTrue(value) })),
  setting('/throttling/rateLimit', value => ({ throttlingRateLimit: requireNumber(value, 'rate') })),
  setting('/throttling/burstLimit', value => ({ throttlingBurstLimit: requireInteger(value, 'burst') })),
  only(`${METHOD}/caching/enabled`, isFalse),
  only(`${METHOD}/caching/dataEncrypted`, isFalse),
  {
    path: METHOD,
    remove: (stage, _value, [resourcePath = '', verb = '']) => {
      const key = methodSettingKey(resourcePath, verb)
      if (!stage.methodSettings[key]) throw noSuchSetting(key)
      return { ...stage, methodSettings: withEntry(stage.methodSettings, key, undefined) }
    },
  },
]
