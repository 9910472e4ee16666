import type { ApiStage, QuotaPeriodType, QuotaSettings, ThrottleSettings } from '@aws-sdk/client-api-gateway'
import { arn } from '../../../kernel/arn.ts'
import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import type { ControlPlaneOperations } from '../operations.ts'
import { deleteIfThere, type Patch, pointerSegment, replace } from './lifecycle.ts'
import { numberOf, objectOf, objectsOf, requiredText, tagsOf, textOf } from './properties.ts'

type Properties = ResourceRequest['properties']

const throttleOf = (properties: Properties, name: string): ThrottleSettings | undefined => {
  const throttle = objectOf(properties, name, ['RateLimit', 'BurstLimit'])
  if (!throttle) return undefined
  return { rateLimit: numberOf(throttle, 'RateLimit'), burstLimit: numberOf(throttle, 'BurstLimit') }
}

const quotaOf = (properties: Properties): QuotaSettings | undefined => {
  const quota = objectOf(properties, 'Quota', ['Limit', 'Offset', 'Period'])
  if (!quota) return undefined
  return {
    limit: numberOf(quota, 'Limit'),
    offset: numberOf(quota, 'Offset'),
    period: textOf(quota, 'Period') as QuotaPeriodType | undefined,
  }
}

/** Of each method by `/path/VERB`. */
const methodThrottlesOf = (stage: Properties): Record<string, ThrottleSettings> | undefined => {
  const { Throttle: throttle } = stage
  if (throttle === undefined || throttle === null) return undefined
  const methods = objectOf(stage, 'Throttle', Object.keys(throttle)) ?? {}
  return Object.fromEntries(
    Object.keys(methods).map(method => [method, throttleOf(methods, method) ?? {}] as const),
  )
}

const apiStagesOf = (properties: Properties): ApiStage[] =>
  objectsOf(properties, 'ApiStages', ['ApiId', 'Stage', 'Throttle']).map(stage => ({
    apiId: requiredText(stage, 'ApiId'),
    stage: requiredText(stage, 'Stage'),
    throttle: methodThrottlesOf(stage),
  }))

const stageName = ({ apiId, stage }: ApiStage): string => `${apiId}:${stage}`

const stagePatches = (before: Properties, after: Properties): Patch[] => {
  const wanted = apiStagesOf(after)
  const kept = new Set(wanted.map(stageName))
  const gone = apiStagesOf(before).filter(stage => !kept.has(stageName(stage)))
  return [
    ...gone.map(stage => ({ op: 'remove' as const, path: '/apiStages', value: stageName(stage) })),
    ...wanted.flatMap(stage => {
      const throttle = `/apiStages/${pointerSegment(stageName(stage))}/throttle`
      return [
        { op: 'add' as const, path: '/apiStages', value: stageName(stage) },
        { op: 'remove' as const, path: throttle },
        ...Object.entries(stage.throttle ?? {}).flatMap(([method, limits]) => {
          const verb = method.slice(method.lastIndexOf('/') + 1)
          const path = pointerSegment(method.slice(0, -verb.length - 1))
          return [
            replace(`${throttle}/${path}/${verb}/rateLimit`, limits.rateLimit ?? 0),
            replace(`${throttle}/${path}/${verb}/burstLimit`, limits.burstLimit ?? 0),
          ]
        }),
      ]
    }),
  ]
}

const patchesOf = (before: Properties, after: Properties): Patch[] => {
  const throttle = throttleOf(after, 'Throttle')
  const quota = quotaOf(after)
  return [
    replace('/name', textOf(after, 'UsagePlanName') ?? textOf(before, 'UsagePlanName')),
    replace('/description', textOf(after, 'Description')),
    { op: 'remove', path: '/throttle' },
    ...(throttle
      ? [
          replace('/throttle/rateLimit', throttle.rateLimit ?? 0),
          replace('/throttle/burstLimit', throttle.burstLimit ?? 0),
        ]
      : []),
    { op: 'remove', path: '/quota' },
    ...(quota
      ? [
          replace('/quota/limit', quota.limit),
          replace('/quota/offset', quota.offset ?? 0),
          replace('/quota/period', quota.period),
        ]
      : []),
    ...stagePatches(before, after),
  ]
}

const stateOf = (id: string): ResourceState => ({ physicalId: id, attributes: { Id: id } })

/** `AWS::ApiGateway::UsagePlan`. All of it changes in place. */
export const usagePlanResource = (operations: ControlPlaneOperations): ResourceType => ({
  properties: ['ApiStages', 'Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName'],

  create: ({ scope, properties, generateName }) => {
    const { id = '' } = operations.CreateUsagePlan(
      {
        name: textOf(properties, 'UsagePlanName') ?? generateName(128),
        description: textOf(properties, 'Description'),
        apiStages: apiStagesOf(properties),
        throttle: throttleOf(properties, 'Throttle'),
        quota: quotaOf(properties),
        tags: tagsOf(properties),
      },
      { scope },
    )
    return stateOf(id)
  },

  update: ({ scope, properties }, previous) => {
    const usagePlanId = previous.physicalId
    const { name } = operations.GetUsagePlan({ usagePlanId }, { scope })
    const patchOperations = patchesOf({ ...previous.properties, UsagePlanName: name }, properties)
    operations.UpdateUsagePlan({ usagePlanId, patchOperations }, { scope })
    const resourceArn = arn({ ...scope, account: '' }, 'apigateway', `/usageplans/${usagePlanId}`)
    operations.UntagResource({ resourceArn, tagKeys: Object.keys(tagsOf(previous.properties)) }, { scope })
    operations.TagResource({ resourceArn, tags: tagsOf(properties) }, { scope })
    return stateOf(usagePlanId)
  },

  delete: (scope, { physicalId: usagePlanId }) =>
    deleteIfThere(() => {
      // A plan that has stages cannot be deleted.
      const { apiStages = [] } = operations.GetUsagePlan({ usagePlanId }, { scope })
      const patchOperations = apiStages.map(stage => ({
        op: 'remove' as const,
        path: '/apiStages',
        value: stageName(stage),
      }))
      operations.UpdateUsagePlan({ usagePlanId, patchOperations }, { scope })
      operations.DeleteUsagePlan({ usagePlanId }, { scope })
    }),
})
