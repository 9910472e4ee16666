import { arn } from '../../../kernel/arn.ts'
import type { ResourceRequest, ResourceType } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { changesAny, deleteIfThere, mapPatches, type Patch, pointerSegment, replace } from './lifecycle.ts'
import {
  flagOf,
  numberOf,
  objectOf,
  objectsOf,
  requiredText,
  tagsOf,
  textMapOf,
  textOf,
} from './properties.ts'

type Properties = ResourceRequest['properties']

/** Members of a method setting, and the end of the patch path that each sets. */
const METHOD_SETTINGS = {
  LoggingLevel: { path: 'logging/loglevel', read: textOf },
  MetricsEnabled: { path: 'metrics/enabled', read: flagOf },
  DataTraceEnabled: { path: 'logging/dataTrace', read: flagOf },
  ThrottlingRateLimit: { path: 'throttling/rateLimit', read: numberOf },
  ThrottlingBurstLimit: { path: 'throttling/burstLimit', read: numberOf },
  CachingEnabled: { path: 'caching/enabled', read: flagOf },
  CacheDataEncrypted: { path: 'caching/dataEncrypted', read: flagOf },
} as const

const settingsOf = (properties: Properties): Properties[] =>
  objectsOf(properties, 'MethodSettings', ['HttpMethod', 'ResourcePath', ...Object.keys(METHOD_SETTINGS)])

/** `/{path}/{verb}` of a method setting; templates write the path with or without `~1` for its slashes. */
const settingPath = (setting: Properties): string => {
  const path = requiredText(setting, 'ResourcePath').replaceAll('~1', '/').replace(/^\/+/, '')
  return `/${pointerSegment(path)}/${requiredText(setting, 'HttpMethod')}`
}

const settingPatches = (properties: Properties): Patch[] =>
  settingsOf(properties).flatMap(setting =>
    Object.entries(METHOD_SETTINGS).flatMap(([name, { path, read }]) => {
      const value = read(setting, name)
      return value === undefined ? [] : [replace(`${settingPath(setting)}/${path}`, value)]
    }),
  )

/** What a stage shows of a setting that a template makes. */
const SHOWN = [
  'LoggingLevel',
  'MetricsEnabled',
  'DataTraceEnabled',
  'ThrottlingRateLimit',
  'ThrottlingBurstLimit',
]

/** Settings that a stage shows: those of which a member was set. */
const shownSettings = (properties: Properties): string[] =>
  settingsOf(properties)
    .filter(setting => SHOWN.some(name => setting[name] !== undefined))
    .map(settingPath)

const accessLogPatches = (properties: Properties): Patch[] => {
  const setting = objectOf(properties, 'AccessLogSetting', ['DestinationArn', 'Format'])
  if (!setting) return []
  const destinationArn = textOf(setting, 'DestinationArn')?.replace(/:\*$/, '')
  const format = textOf(setting, 'Format')
  return [
    ...(destinationArn === undefined ? [] : [replace('/accessLogSettings/destinationArn', destinationArn)]),
    ...(format === undefined ? [] : [replace('/accessLogSettings/format', format)]),
  ]
}

/** What turns a stage of the old properties into one of the new ones; creation starts from none. */
const patchesOf = (before: Properties, after: Properties): Patch[] => [
  ...shownSettings(before).map(path => ({ op: 'remove' as const, path })),
  ...(before.AccessLogSetting ? [{ op: 'remove' as const, path: '/accessLogSettings' }] : []),
  ...settingPatches(after),
  ...accessLogPatches(after),
  ...mapPatches('/variables', textMapOf(before, 'Variables') ?? {}, textMapOf(after, 'Variables') ?? {}),
  replace('/description', textOf(after, 'Description')),
  replace('/tracingEnabled', flagOf(after, 'TracingEnabled') ?? false),
  replace('/cacheClusterEnabled', flagOf(after, 'CacheClusterEnabled') ?? false),
]

const tagArn = (scope: Scope, apiId: string, stageName: string): string =>
  arn({ ...scope, account: '' }, 'apigateway', `/restapis/${apiId}/stages/${stageName}`)

/** `AWS::ApiGateway::Stage`. Its API and name require replacement. */
export const stageResource = (operations: ControlPlaneOperations): ResourceType => ({
  required: ['RestApiId', 'StageName', 'DeploymentId'],
  properties: [
    'RestApiId',
    'StageName',
    'DeploymentId',
    'Description',
    'Variables',
    'TracingEnabled',
    'MethodSettings',
    'AccessLogSetting',
    'CacheClusterEnabled',
    'Tags',
  ],

  create: ({ scope, properties }) => {
    const restApiId = requiredText(properties, 'RestApiId')
    const stageName = requiredText(properties, 'StageName')
    const patchOperations = patchesOf({}, properties)
    operations.CreateStage(
      {
        restApiId,
        stageName,
        deploymentId: requiredText(properties, 'DeploymentId'),
        tags: tagsOf(properties),
      },
      { scope },
    )
    try {
      operations.UpdateStage({ restApiId, stageName, patchOperations }, { scope })
    } catch (error) {
      operations.DeleteStage({ restApiId, stageName }, { scope })
      throw error
    }
    return { physicalId: stageName, attributes: {} }
  },

  update: ({ scope, properties }, previous) => {
    if (changesAny(previous.properties, properties, ['RestApiId', 'StageName'])) return 'replace'
    const restApiId = requiredText(properties, 'RestApiId')
    const stageName = previous.physicalId
    const patchOperations = [
      replace('/deploymentId', requiredText(properties, 'DeploymentId')),
      ...patchesOf(previous.properties, properties),
    ]
    operations.UpdateStage({ restApiId, stageName, patchOperations }, { scope })
    const resourceArn = tagArn(scope, restApiId, stageName)
    operations.UntagResource({ resourceArn, tagKeys: Object.keys(tagsOf(previous.properties)) }, { scope })
    operations.TagResource({ resourceArn, tags: tagsOf(properties) }, { scope })
    return { physicalId: stageName, attributes: {} }
  },

  delete: (scope, { physicalId }, properties) => {
    const restApiId = textOf(properties, 'RestApiId')
    deleteIfThere(() => operations.DeleteStage({ restApiId, stageName: physicalId }, { scope }))
  },
})
