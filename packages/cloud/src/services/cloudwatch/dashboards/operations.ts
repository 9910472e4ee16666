import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Operations } from '@sonde/wire'
import { globalArn } from '../../../kernel/arn.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import { listPage } from '../../../kernel/list-page.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { constraint, invalidValue, missing } from '../errors.ts'
import { type FindTaggable, readTags } from '../tags.ts'
import type { Dashboards } from './dashboards.ts'
import { validationMessages } from './issue.ts'

export type DashboardOperations = Required<
  Pick<
    Operations<typeof Sdk, RequestContext>,
    'PutDashboard' | 'GetDashboard' | 'ListDashboards' | 'DeleteDashboards'
  >
>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListDashboards.html */
const PAGE = 1_000
const MAX_PREFIX = 255

const dashboardArn = (scope: Scope, name: string): string =>
  globalArn(scope, 'cloudwatch', `dashboard/${name}`)

/** Finds dashboards by their ARNs, which have no region. */
export const findDashboard =
  (dashboards: Dashboards): FindTaggable =>
  (scope, { account, region, resource }) => {
    const [, name = ''] = /^dashboard\/(.+)$/.exec(resource) ?? []
    if (account !== scope.account || region !== '' || !dashboards.has(scope, name)) return undefined
    const { tags = {} } = dashboards.require(scope, name)
    return { tags, setTags: changed => dashboards.setTags(scope, name, changed) }
  }

export const createDashboardOperations = (dashboards: Dashboards): DashboardOperations => ({
  PutDashboard: ({ DashboardName = '', DashboardBody = '', Tags }, { scope }) => {
    const warnings = dashboards.put(scope, DashboardName, DashboardBody, readTags(Tags))
    return { DashboardValidationMessages: validationMessages(warnings) }
  },

  GetDashboard: ({ DashboardName = '' }, { scope }) => {
    const { name, body } = dashboards.require(scope, DashboardName)
    return { DashboardArn: dashboardArn(scope, name), DashboardBody: body, DashboardName: name }
  },

  ListDashboards: ({ DashboardNamePrefix: prefix = '', NextToken }, { scope }) => {
    if (prefix.length > MAX_PREFIX) {
      throw constraint(prefix, 'dashboardNamePrefix', `have length less than or equal to ${MAX_PREFIX}`)
    }
    const { items, nextToken } = listPage(
      dashboards.list(scope).filter(({ name }) => name.startsWith(prefix)),
      ({ name }) => name,
      { size: PAGE, token: NextToken, invalidToken: () => invalidValue('Invalid nextToken') },
    )
    return {
      DashboardEntries: items.map(({ name, body, modified }) => ({
        DashboardName: name,
        DashboardArn: dashboardArn(scope, name),
        LastModified: new Date(modified),
        Size: Buffer.byteLength(body),
      })),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    }
  },

  DeleteDashboards: ({ DashboardNames = [] }, { scope }) => {
    if (DashboardNames.length === 0) throw missing('DashboardNames')
    dashboards.remove(scope, DashboardNames)
    return {}
  },
})
