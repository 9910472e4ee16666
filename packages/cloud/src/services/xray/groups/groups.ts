import type { InsightsConfiguration } from '@aws-sdk/client-xray'
import { notImplemented } from '@sonde/wire'
import { arn } from '../../../kernel/arn.ts'
import { upperAlphanumeric } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Collection, Store } from '../../../kernel/store.ts'
import { invalidRequest } from '../errors.ts'
import type { Expression } from '../filter/ast.ts'
import { resolveGroups } from '../filter/groups.ts'
import { parse } from '../filter/parse.ts'
import { DEFAULT_GROUP_NAME, defaultGroup, type Group } from './group.ts'

/** https://docs.aws.amazon.com/general/latest/gr/xray.html */
const MAX_GROUPS = 25
/** https://docs.aws.amazon.com/xray/latest/devguide/xray-console-groups.html */
const NAME = /^[A-Za-z0-9-]{1,32}$/
const UNIQUE_ID_LENGTH = 20

export interface GroupSelector {
  readonly GroupName?: string | undefined
  readonly GroupARN?: string | undefined
}

export interface GroupSettings {
  readonly FilterExpression?: string | undefined
  readonly InsightsConfiguration?: InsightsConfiguration | undefined
}

/** Insights would be made up: how AWS finds them is not published. */
const checkInsights = ({ InsightsConfiguration: insights }: GroupSettings): void => {
  if (insights?.InsightsEnabled) throw notImplemented('InsightsConfiguration.InsightsEnabled')
  if (insights?.NotificationsEnabled) {
    throw invalidRequest('NotificationsEnabled can only be set to true if InsightsEnabled is true')
  }
}

const notFound = ({ GroupName, GroupARN }: GroupSelector) =>
  invalidRequest(`Group not found: ${GroupName ?? GroupARN}`)

/** The groups of all scopes: named filter expressions. */
export class Groups {
  readonly #groups: Collection<Group>

  constructor(store: Store) {
    this.#groups = store.collection('xray.groups')
  }

  /** The default group first, then in order of creation. */
  list(scope: Scope): Group[] {
    return [defaultGroup(scope), ...this.#groups.list(scope)]
  }

  find(scope: Scope, { GroupName, GroupARN }: GroupSelector): Group | undefined {
    return this.list(scope).find(({ name, arn: own }) =>
      GroupName === undefined ? own === GroupARN : name === GroupName,
    )
  }

  /** @throws ServiceError `InvalidRequestException` for none, or for both of name and ARN, or neither */
  get(scope: Scope, selector: GroupSelector): Group {
    if ((selector.GroupName === undefined) === (selector.GroupARN === undefined)) {
      throw invalidRequest('Either GroupName or GroupARN must be specified, and not both')
    }
    const group = this.find(scope, selector)
    if (!group) throw notFound(selector)
    return group
  }

  /** @throws ServiceError `InvalidRequestException`; 501 where insights are asked for */
  create(scope: Scope, name: string | undefined, settings: GroupSettings): Group {
    if (name === undefined || !NAME.test(name)) {
      throw invalidRequest('GroupName must have 1 to 32 letters, digits and dashes')
    }
    checkInsights(settings)
    if (this.find(scope, { GroupName: name })) throw invalidRequest(`Group already exists: ${name}`)
    if (this.#groups.list(scope).length >= MAX_GROUPS) {
      throw invalidRequest(`The number of groups has reached the maximum limit of ${MAX_GROUPS}`)
    }
    const { FilterExpression: filterExpression } = settings
    const group: Group = {
      name,
      arn: arn(scope, 'xray', `group/${name}/${upperAlphanumeric(UNIQUE_ID_LENGTH)}`),
      ...(filterExpression !== undefined && { filterExpression }),
    }
    this.#check(scope, group)
    this.#groups.put(scope, name, group)
    return group
  }

  /** @throws ServiceError `InvalidRequestException`; 501 where insights are asked for */
  update(scope: Scope, selector: GroupSelector, settings: GroupSettings): Group {
    const group = this.#own(scope, selector)
    checkInsights(settings)
    const { FilterExpression: filterExpression } = settings
    if (filterExpression === undefined) return group
    const updated: Group = { ...group, filterExpression }
    this.#check(scope, updated)
    this.#groups.put(scope, group.name, updated)
    return updated
  }

  delete(scope: Scope, selector: GroupSelector): Group {
    const group = this.#own(scope, selector)
    this.#groups.delete(scope, group.name)
    return group
  }

  /** Puts the expressions of groups in the place of their names. */
  resolve(scope: Scope, expression: Expression): Expression {
    return this.#resolveAmong(this.list(scope), expression)
  }

  /** The expression of a request's group, or `undefined` for all traces. */
  filterOf(scope: Scope, selector: GroupSelector): Expression | undefined {
    if (selector.GroupName === undefined && selector.GroupARN === undefined) return undefined
    const { filterExpression } = this.get(scope, selector)
    return filterExpression === undefined ? undefined : this.resolve(scope, parse(filterExpression))
  }

  #own(scope: Scope, selector: GroupSelector): Group {
    const group = this.get(scope, selector)
    if (group.name === DEFAULT_GROUP_NAME)
      throw invalidRequest('The default group cannot be changed or deleted')
    return group
  }

  #resolveAmong(groups: readonly Group[], expression: Expression): Expression {
    return resolveGroups(expression, (by, value) => {
      const group = groups.find(one => value === (by === 'name' ? one.name : one.arn))
      return group && { filterExpression: group.filterExpression }
    })
  }

  /** Of a group as it is going to be, for it may name itself by way of others. */
  #check(scope: Scope, group: Group): void {
    if (group.filterExpression === undefined) return
    const others = this.list(scope).filter(({ name }) => name !== group.name)
    this.#resolveAmong([...others, group], parse(group.filterExpression))
  }
}
