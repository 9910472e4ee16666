import { notImplemented, ServiceError } from '@sonde/wire'
import { globalArn } from '../../../kernel/arn.ts'
import { listPage } from '../../../kernel/list-page.ts'
import type { PolicyStatement } from '../../../kernel/policy/statement.ts'
import { RequestCheck } from '../../../kernel/request-check.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { invalidToken, validation } from '../errors.ts'
import { NAME_PATTERN, PAGE } from '../limits.ts'
import { type BusAt, busArn, busAt, DEFAULT_BUS } from '../names.ts'
import type { BusRecord } from '../records.ts'
import type { EventsOperations, EventsParts } from '../service.ts'
import { checkTags } from './tags.ts'

/** Members of an event bus that would change what happens to its events. */
const UNSUPPORTED = ['EventSourceName', 'KmsKeyIdentifier', 'DeadLetterConfig', 'LogConfig'] as const

/** @throws ServiceError 501 naming a member */
const refuseUnsupported = (input: object): void => {
  for (const member of UNSUPPORTED) {
    if ((input as Record<string, unknown>)[member] !== undefined) {
      throw notImplemented(`${member} of an event bus`)
    }
  }
}

const describe = (scope: Scope, bus: BusRecord) => ({
  Name: bus.name,
  Arn: busArn({ scope, name: bus.name }),
  ...(bus.description !== undefined && { Description: bus.description }),
  ...(bus.policy !== undefined && { Policy: bus.policy }),
  ...(bus.created > 0 && {
    CreationTime: new Date(bus.created),
    LastModifiedTime: new Date(bus.modified),
  }),
})

interface StatementInput {
  readonly Action?: string | undefined
  readonly Principal?: string | undefined
  readonly StatementId?: string | undefined
}

const checkStatement = (input: StatementInput): void => {
  const check = new RequestCheck()
  check.text('action', input.Action, { min: 1, max: 64, pattern: 'events:[a-zA-Z]+' })
  check.text('principal', input.Principal, { min: 1, max: 12, pattern: '(\\d{12}|\\*)' })
  check.text('statementId', input.StatementId, { min: 1, max: 64, pattern: '[a-zA-Z0-9-_]+' })
  check.report()
}

const statementOf = (at: BusAt, { Action, Principal, StatementId }: StatementInput): PolicyStatement => {
  for (const [name, value] of Object.entries({ Action, Principal, StatementId })) {
    if (value === undefined) throw validation(`Parameter ${name} must be specified.`)
  }
  return {
    Sid: StatementId ?? '',
    Effect: 'Allow',
    Principal:
      Principal === '*'
        ? '*'
        : { AWS: globalArn({ account: Principal ?? '', region: at.scope.region }, 'iam', 'root') },
    Action,
    Resource: busArn(at),
  }
}

type BusOperations = Pick<
  Required<EventsOperations>,
  | 'CreateEventBus'
  | 'DescribeEventBus'
  | 'UpdateEventBus'
  | 'ListEventBuses'
  | 'DeleteEventBus'
  | 'PutPermission'
  | 'RemovePermission'
>

/** Event buses and their policies. */
export const busOperations = ({ buses, rules }: EventsParts): BusOperations => ({
  CreateEventBus: (input, { scope }) => {
    refuseUnsupported(input)
    const { Name = '', Description, Tags } = input
    const check = new RequestCheck()
    check.text('name', Name, { min: 1, max: 256, pattern: NAME_PATTERN })
    check.text('description', Description, { max: 512 })
    check.report()
    const at = buses.create(scope, { name: Name, description: Description, tags: checkTags(Tags) })
    return { EventBusArn: busArn(at), ...(Description !== undefined && { Description }) }
  },

  DescribeEventBus: ({ Name }, { scope }) => {
    const at = busAt(scope, Name)
    return describe(at.scope, buses.get(at))
  },

  UpdateEventBus: (input, { scope }) => {
    refuseUnsupported(input)
    const check = new RequestCheck()
    check.text('description', input.Description, { max: 512 })
    check.report()
    const at = busAt(scope, input.Name)
    const { description } = buses.change(
      at,
      input.Description === undefined ? {} : { description: input.Description },
    )
    return {
      Arn: busArn(at),
      Name: at.name,
      ...(description !== undefined && { Description: description }),
    }
  },

  ListEventBuses: ({ NamePrefix = '', Limit, NextToken }, { scope }) => {
    const check = new RequestCheck()
    check.number('limit', Limit, 1, PAGE)
    check.report()
    const found = buses.list(scope).filter(({ name }) => name.startsWith(NamePrefix))
    const { items, nextToken } = listPage(found, ({ name }) => name, {
      size: Limit ?? PAGE,
      token: NextToken,
      invalidToken,
    })
    return {
      EventBuses: items.map(bus => describe(scope, bus)),
      ...(nextToken !== undefined && { NextToken: nextToken }),
    }
  },

  DeleteEventBus: ({ Name }, { scope }) => {
    const at = busAt(scope, Name)
    if (at.name === DEFAULT_BUS) throw validation('Cannot delete event bus default.')
    buses.get(at)
    if (rules.list(at.scope, at.name).length > 0) {
      throw validation(`Event bus ${at.name} can't be deleted since it has rules.`)
    }
    buses.delete(at)
    return {}
  },

  PutPermission: (input, { scope }) => {
    const at = busAt(scope, input.EventBusName)
    buses.get(at)
    if (input.Policy !== undefined) {
      const { Action, Principal, StatementId, Condition } = input
      if ([Action, Principal, StatementId, Condition].some(value => value !== undefined)) {
        throw validation(
          'Policy cannot be specified together with Action, Principal, StatementId or Condition.',
        )
      }
      buses.setPolicy(at, input.Policy)
      return {}
    }
    // Conditions name an organization, and there is none here.
    if (input.Condition) throw notImplemented('Condition of PutPermission')
    checkStatement(input)
    buses.putStatement(at, statementOf(at, input))
    return {}
  },

  RemovePermission: ({ EventBusName, StatementId, RemoveAllPermissions }, { scope }) => {
    const at = busAt(scope, EventBusName)
    buses.get(at)
    if (RemoveAllPermissions) {
      buses.setPolicy(at, undefined)
    } else if (StatementId === undefined) {
      throw validation('Parameter StatementId must be specified.')
    } else if (!buses.removeStatement(at, StatementId)) {
      throw new ServiceError('ResourceNotFoundException', 'Statement with the provided id does not exist.')
    }
    return {}
  },
})
