import type { Tag } from '@aws-sdk/client-cloudwatch'
import type { ResourceRequest, ResourceState, ResourceType } from '../../../kernel/resource-type.ts'
import { invalidValue } from '../errors.ts'
import { readTags } from '../tags.ts'
import { readProperty, TAGS } from '../template-input.ts'
import type { Dashboards } from './dashboards.ts'

const MAX_NAME = 255

const text = (properties: Readonly<Record<string, unknown>>, name: string): string | undefined => {
  const value = properties[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalidValue(`Property ${name} must be text.`)
}

/** `AWS::CloudWatch::Dashboard`. `Ref` is its name, a change of which replaces it. */
export const createDashboardResource = (dashboards: Dashboards): ResourceType => {
  const put = ({ scope, properties }: ResourceRequest, name: string): ResourceState => {
    const tags = readTags(readProperty(properties.Tags, TAGS, '#/Tags') as Tag[] | undefined)
    dashboards.put(scope, name, text(properties, 'DashboardBody') ?? '')
    // PutDashboard leaves the tags of a dashboard that there is alone; a template's are its tags.
    dashboards.setTags(scope, name, tags)
    return { physicalId: name, attributes: {} }
  }
  return {
    required: ['DashboardBody'],
    properties: ['DashboardBody', 'DashboardName', 'Tags'],
    create: request =>
      put(request, text(request.properties, 'DashboardName') ?? request.generateName(MAX_NAME)),
    update: (request, previous) =>
      request.properties.DashboardName === previous.properties.DashboardName
        ? put(request, previous.physicalId)
        : 'replace',
    delete: (scope, { physicalId }) => {
      if (dashboards.has(scope, physicalId)) dashboards.remove(scope, [physicalId])
    },
  }
}
