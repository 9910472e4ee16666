import { ServiceError } from '@sonde/wire'
import { partitionOf, type Scope } from '../../../kernel/scope.ts'
import type { Collection, Store } from '../../../kernel/store.ts'
import { constraint, invalidValue } from '../errors.ts'
import type { Tags } from '../tags.ts'
import { checkBody } from './body.ts'
import { type Issue, issuesText, validationMessages } from './issue.ts'

/** A dashboard as it is kept. */
export interface Dashboard {
  readonly name: string
  /** As it was given, to the byte. */
  readonly body: string
  /** ms since the epoch. */
  readonly modified: number
  /** Absent where there are none. */
  readonly tags?: Tags
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html */
const MAX_NAME = 255
const MAX_BODY = 1024 * 1024

const notFound = (name: string): ServiceError =>
  new ServiceError('DashboardNotFoundError', `Dashboard ${name} does not exist`)

const invalidBody = (message: string, issues: readonly Issue[]): ServiceError =>
  new ServiceError('DashboardInvalidInputError', message, {
    fields: {
      dashboardValidationMessages: validationMessages(issues),
    },
  })

const checkName = (name: string): void => {
  if (name.length > MAX_NAME) {
    throw constraint(name, 'dashboardName', `have length less than or equal to ${MAX_NAME}`)
  }
  if (!/^[A-Za-z0-9_-]+$/.test(name)) {
    throw invalidValue(
      'The value for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n',
    )
  }
}

const parse = (body: string): unknown => {
  if (Buffer.byteLength(body) > MAX_BODY) {
    throw invalidBody(`The field DashboardBody must not be larger than ${MAX_BODY} bytes`, [])
  }
  try {
    return JSON.parse(body)
  } catch {
    throw invalidBody('The field DashboardBody must be a valid JSON object', [])
  }
}

/** @returns the warnings */
const checkText = (body: string): readonly Issue[] => {
  const issues = checkBody(parse(body))
  const errors = issues.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return issues
  throw invalidBody(issuesText('The dashboard body', errors), errors)
}

/** The dashboards of an account, which are the same in all regions of a partition. */
export interface Dashboards {
  /**
   * Makes a dashboard, or replaces the body of one and leaves its tags.
   *
   * @param tags of a new dashboard
   * @returns what of it will have no effect
   * @throws ServiceError `InvalidParameterValueException` (name), `DashboardInvalidInputError` (body)
   */
  put(scope: Scope, name: string, body: string, tags?: Tags): readonly Issue[]
  /** @throws ServiceError `DashboardNotFoundError` */
  setTags(scope: Scope, name: string, tags: Tags): void
  /** @throws ServiceError `DashboardNotFoundError` */
  require(scope: Scope, name: string): Dashboard
  list(scope: Scope): Dashboard[]
  /** All or, where one does not exist, none. @throws ServiceError `DashboardNotFoundError` */
  remove(scope: Scope, names: readonly string[]): void
  has(scope: Scope, name: string): boolean
}

export const createDashboards = (store: Store, now: () => number): Dashboards => {
  const dashboards: Collection<Dashboard> = store.collection('cloudwatch.dashboards')
  const everywhere = ({ account, region }: Scope): Scope => ({
    account,
    region: `${partitionOf(region)}-global`,
  })
  const require = (scope: Scope, name: string): Dashboard => {
    const dashboard = dashboards.get(everywhere(scope), name)
    if (!dashboard) throw notFound(name)
    return dashboard
  }
  return {
    put: (scope, name, body, given = {}) => {
      checkName(name)
      const warnings = checkText(body)
      const tags = dashboards.get(everywhere(scope), name)?.tags ?? given
      dashboards.put(everywhere(scope), name, { name, body, modified: now(), tags })
      return warnings
    },
    setTags: (scope, name, tags) =>
      dashboards.put(everywhere(scope), name, { ...require(scope, name), tags }),
    require,
    has: (scope, name) => dashboards.get(everywhere(scope), name) !== undefined,
    list: scope => dashboards.list(everywhere(scope)),
    remove: (scope, names) => {
      for (const name of names) require(scope, name)
      for (const name of names) dashboards.delete(everywhere(scope), name)
    },
  }
}
