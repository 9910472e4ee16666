import type { Tag } from '@aws-sdk/client-xray'
import type { ResourceState, ResourceType, ResourceTypes } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { invalidRequest } from '../errors.ts'
import type { Tags } from '../tags/tags.ts'
import { readTags } from '../tags/template-tags.ts'
import type { Group } from './group.ts'
import type { GroupSettings, Groups } from './groups.ts'

type Properties = Readonly<Record<string, unknown>>

const INSIGHTS: readonly string[] = ['InsightsEnabled', 'NotificationsEnabled']

const readText = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object') throw invalidRequest(`Property ${name} must be a string`)
  return String(value)
}

/** Templates may give booleans as text. */
const readFlag = (value: unknown, path: string): boolean => {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw invalidRequest(`Property ${path} must be a boolean`)
}

const readInsights = ({ InsightsConfiguration: given = {} }: Properties): Record<string, boolean> => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalidRequest('Property InsightsConfiguration must be an object')
  }
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const path = `InsightsConfiguration.${name}`
      if (!INSIGHTS.includes(name)) throw invalidRequest(`Encountered unsupported property ${path}`)
      return [name, readFlag(value, path)]
    }),
  )
}

/** An absent expression is an empty one: a group of all traces, which an update can go back to. */
const readSettings = (properties: Properties): GroupSettings => ({
  FilterExpression: readText(properties, 'FilterExpression') ?? '',
  InsightsConfiguration: readInsights(properties),
})

const nameOf = (properties: Properties): string => readText(properties, 'GroupName') ?? ''

const stateOf = (group: Group): ResourceState => ({
  physicalId: group.arn,
  attributes: { GroupARN: group.arn },
})

/** `AWS::XRay::Group`. Its name requires replacement. */
const groupType = (groups: Groups, tags: Tags): ResourceType => {
  const retag = (scope: Scope, arn: string, list: Tag[]): void => {
    tags.delete(scope, arn)
    tags.put(scope, arn, list)
  }
  return {
    required: ['GroupName'],
    properties: ['GroupName', 'FilterExpression', 'InsightsConfiguration', 'Tags'],
    create: ({ scope, properties }) => {
      const list = tags.check(readTags(properties))
      const group = groups.create(scope, nameOf(properties), readSettings(properties))
      tags.put(scope, group.arn, list)
      return stateOf(group)
    },
    update: ({ scope, properties }, previous) => {
      if (nameOf(properties) !== nameOf(previous.properties)) return 'replace'
      const GroupARN = previous.physicalId
      const list = tags.check(readTags(properties), GroupARN)
      const group = groups.update(scope, { GroupARN }, readSettings(properties))
      retag(scope, GroupARN, list)
      return stateOf(group)
    },
    delete: (scope, { physicalId: GroupARN }) => {
      if (!groups.find(scope, { GroupARN })) return
      groups.delete(scope, { GroupARN })
      tags.delete(scope, GroupARN)
    },
  }
}

/** The CloudFormation resource types of groups. */
export const groupResources = (groups: Groups, tags: Tags): ResourceTypes => ({
  'AWS::XRay::Group': groupType(groups, tags),
})
