import type * as Sdk from '@aws-sdk/client-api-gateway'
import type { Operations } from '@sonde/wire'
import { parseArn } from '../../../kernel/arn.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { ControlPlane, ScopeContext } from '../context.ts'
import { badRequest, notFound } from '../errors.ts'
import { MAX_TAGS } from '../limits.ts'
import { withMember } from '../patch.ts'
import { unsupported } from '../support.ts'

type Tags = Readonly<Record<string, string>>

/** @throws ServiceError `BadRequestException` beyond 50 tags */
export const requireTags = (tags: Tags | undefined): void => {
  if (tags && Object.keys(tags).length > MAX_TAGS) {
    throw badRequest(`The number of tags must not exceed ${MAX_TAGS}`)
  }
}

/** A taggable resource: its tags, and how to replace them. */
interface Taggable {
  readonly tags: Tags
  put(tags: Tags): void
}

/** Keys and plans, by the collection that their ARN names. */
const SUBSCRIPTION_TYPES = {
  apikeys: ({ subscriptions }: ControlPlane, scope: Scope, id: string): Taggable => {
    const key = subscriptions.key(scope, id)
    return { tags: key.tags ?? {}, put: tags => subscriptions.putKey(scope, { ...key, tags }) }
  },
  usageplans: ({ subscriptions }: ControlPlane, scope: Scope, id: string): Taggable => {
    const plan = subscriptions.plan(scope, id)
    return { tags: plan.tags ?? {}, put: tags => subscriptions.putPlan(scope, { ...plan, tags }) }
  },
} as const

const taggableOf = (control: ControlPlane, scope: Scope, arn: string | undefined): Taggable => {
  const { repository } = control
  const parsed = parseArn(arn ?? '')
  const subscription = /^\/(apikeys|usageplans)\/([^/]+)$/.exec(parsed?.resource ?? '')
  const match = /^\/restapis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(parsed?.resource ?? '')
  if (parsed?.service !== 'apigateway' || parsed.region !== scope.region) {
    throw notFound(`Invalid ARN: ${arn}`)
  }
  if (subscription) {
    const [, type, id = ''] = subscription
    return SUBSCRIPTION_TYPES[type as keyof typeof SUBSCRIPTION_TYPES](control, scope, id)
  }
  if (!match) throw unsupported('tagging', arn ?? 'no ARN')
  const [, apiId, stageName] = match
  if (stageName !== undefined) {
    const stage = repository.stage(scope, apiId, stageName)
    return {
      tags: stage.tags ?? {},
      put: tags => repository.stages.put(scope, stageName, withMember(stage, 'tags', tags)),
    }
  }
  const api = repository.api(scope, apiId)
  return { tags: api.tags ?? {}, put: tags => repository.putApi(scope, withMember(api, 'tags', tags)) }
}

export const createTagOperations = (control: ControlPlane) =>
  ({
    GetTags: ({ resourceArn }, { scope }) => ({ tags: { ...taggableOf(control, scope, resourceArn).tags } }),

    TagResource: ({ resourceArn, tags = {} }, { scope }) => {
      const taggable = taggableOf(control, scope, resourceArn)
      const merged = { ...taggable.tags, ...tags }
      requireTags(merged)
      taggable.put(merged)
      return {}
    },

    UntagResource: ({ resourceArn, tagKeys = [] }, { scope }) => {
      const taggable = taggableOf(control, scope, resourceArn)
      taggable.put(
        Object.fromEntries(Object.entries(taggable.tags).filter(([key]) => !tagKeys.includes(key))),
      )
      return {}
    },
  }) satisfies Operations<typeof Sdk, ScopeContext>
