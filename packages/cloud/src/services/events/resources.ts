import type { Tag, Target } from '@aws-sdk/client-eventbridge'
import { notImplemented } from '@sonde/wire'
import type { ResourceState, ResourceType, ResourceTypes } from '../../kernel/resource-type.ts'
import type { Scope } from '../../kernel/scope.ts'
import { checkTargets } from './check-target.ts'
import { busExists, validation } from './errors.ts'
import { type BusAt, busArn, busAt, DEFAULT_BUS, ruleArn } from './names.ts'
import { checkTags } from './operations/tags.ts'
import { isObject } from './pattern/invalid-pattern.ts'
import type { RuleRecord } from './records.ts'
import type { EventsParts } from './service.ts'

type Properties = Readonly<Record<string, unknown>>

const NAME_LENGTH = 64

const text = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  if (value === undefined || typeof value === 'string') return value
  throw validation(`Property ${name} must be a string.`)
}

/** JSON that a template gives as an object, or as text. */
const json = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value)
}

const tagsOf = ({ Tags = [] }: Properties): readonly Tag[] => {
  if (!Array.isArray(Tags)) throw validation('Property Tags must be a list.')
  return checkTags(Tags.map(tag => ({ Key: String(tag?.Key ?? ''), Value: String(tag?.Value ?? '') })))
}

/** Templates may give numbers as text. */
const numeric = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, Number(member)]))
    : value

const targetsOf = ({ Targets = [] }: Properties): Target[] => {
  if (!Array.isArray(Targets) || !Targets.every(isObject)) {
    throw validation('Property Targets must be a list of objects.')
  }
  return Targets.map((target: Properties) => ({
    ...target,
    ...(target.RetryPolicy !== undefined && { RetryPolicy: numeric(target.RetryPolicy) }),
  })) as unknown as Target[]
}

const ruleInput = (name: string, bus: string, properties: Properties) => ({
  name,
  bus,
  pattern: json(properties, 'EventPattern'),
  schedule: text(properties, 'ScheduleExpression'),
  state: text(properties, 'State'),
  description: text(properties, 'Description'),
  roleArn: text(properties, 'RoleArn'),
  tags: tagsOf(properties),
})

const ruleState = (scope: Scope, { bus, name }: RuleRecord): ResourceState => ({
  physicalId: bus === DEFAULT_BUS ? name : `${bus}|${name}`,
  attributes: { Arn: ruleArn(scope, bus, name) },
})

/** The bus and name in a rule's physical id. */
const splitId = (physicalId: string): { bus: string; name: string } => {
  const [first = '', second] = physicalId.split('|')
  return second === undefined ? { bus: DEFAULT_BUS, name: first } : { bus: first, name: second }
}

const ruleResource = ({ rules }: EventsParts): ResourceType => ({
  properties: [
    'Name',
    'EventBusName',
    'EventPattern',
    'ScheduleExpression',
    'State',
    'Description',
    'RoleArn',
    'Targets',
    'Tags',
  ],
  create: ({ scope: stackScope, properties, generateName }) => {
    const { scope, name: bus } = busAt(stackScope, text(properties, 'EventBusName'))
    const name = text(properties, 'Name') ?? generateName(NAME_LENGTH)
    if (rules.find(scope, bus, name)) throw validation(`Rule ${name} already exists on EventBus ${bus}.`)
    const targets = checkTargets(targetsOf(properties))
    const rule = rules.put(scope, ruleInput(name, bus, properties))
    rules.putTargets(scope, rule, targets)
    return ruleState(scope, rule)
  },
  update: ({ scope: stackScope, properties }, previous) => {
    const { bus, name } = splitId(previous.physicalId)
    const { scope, name: wantedBus } = busAt(stackScope, text(properties, 'EventBusName'))
    if (properties.Name !== previous.properties.Name || wantedBus !== bus) return 'replace'
    const targets = checkTargets(targetsOf(properties))
    const input = ruleInput(name, bus, properties)
    const rule = rules.put(scope, input)
    const bare = rules.removeTargets(scope, rule, new Set(rule.targets.map(({ Id }) => Id)))
    const changed = rules.putTargets(scope, bare, targets)
    rules.setTags(scope, changed, input.tags)
    return ruleState(scope, changed)
  },
  delete: (stackScope, { physicalId }, properties) => {
    const { bus, name } = splitId(physicalId)
    const { scope } = busAt(stackScope, text(properties, 'EventBusName'))
    const rule = rules.find(scope, bus, name)
    if (!rule) return
    rules.delete(scope, rules.removeTargets(scope, rule, new Set(rule.targets.map(({ Id }) => Id))))
  },
})

const busState = (at: BusAt, policy: string | undefined): ResourceState => ({
  physicalId: at.name,
  attributes: { Arn: busArn(at), Name: at.name, ...(policy !== undefined && { Policy: policy }) },
})

const busResource = ({ buses, rules }: EventsParts): ResourceType => ({
  required: ['Name'],
  properties: ['Name', 'Description', 'Policy', 'Tags'],
  create: ({ scope, properties }) => {
    const name = text(properties, 'Name') ?? ''
    const policy = json(properties, 'Policy')
    if (buses.find({ scope, name })) throw busExists(name)
    const at = buses.create(scope, {
      name: busAt(scope, name).name,
      description: text(properties, 'Description'),
      tags: tagsOf(properties),
    })
    try {
      if (policy !== undefined) buses.setPolicy(at, policy)
    } catch (error) {
      buses.delete(at)
      throw error
    }
    return busState(at, policy)
  },
  update: ({ scope, properties }, previous) => {
    if (properties.Name !== previous.properties.Name) return 'replace'
    const at = { scope, name: previous.physicalId }
    const description = text(properties, 'Description')
    if (description === undefined && previous.properties.Description !== undefined) {
      throw notImplemented('Taking away the Description of an AWS::Events::EventBus')
    }
    const policy = json(properties, 'Policy')
    buses.setPolicy(at, policy)
    buses.change(at, { tags: tagsOf(properties), ...(description !== undefined && { description }) })
    return busState(at, policy)
  },
  delete: (scope, { physicalId }) => {
    if (rules.list(scope, physicalId).length > 0) {
      throw validation(`Event bus ${physicalId} can't be deleted since it has rules.`)
    }
    buses.delete({ scope, name: physicalId })
  },
})

/** `AWS::Events::EventBusPolicy` with its `Statement`; the older `Action` and `Principal` beside it are refused. */
const busPolicyResource = ({ buses }: EventsParts): ResourceType => {
  const put = (scope: Scope, id: string, properties: Properties): ResourceState => {
    const at = busAt(scope, text(properties, 'EventBusName'))
    const { Statement } = properties
    if (!isObject(Statement)) throw validation('Property Statement must be an object.')
    const { Effect, ...rest } = Statement
    if (Effect !== 'Allow' && Effect !== 'Deny')
      throw validation('Effect of Statement must be Allow or Deny.')
    buses.putStatement(at, { ...rest, Sid: id, Effect })
    return { physicalId: id, attributes: {} }
  }
  return {
    required: ['StatementId', 'Statement'],
    properties: ['EventBusName', 'StatementId', 'Statement'],
    create: ({ scope, properties }) => put(scope, text(properties, 'StatementId') ?? '', properties),
    update: ({ scope, properties }, previous) => {
      const isSame = ['StatementId', 'EventBusName'].every(
        name => properties[name] === previous.properties[name],
      )
      return isSame ? put(scope, previous.physicalId, properties) : 'replace'
    },
    delete: (scope, { physicalId }, properties) => {
      const at = busAt(scope, text(properties, 'EventBusName'))
      if (buses.find(at)) buses.removeStatement(at, physicalId)
    },
  }
}

/** The CloudFormation resource types of EventBridge. */
export const eventsResources = (parts: EventsParts): ResourceTypes => ({
  'AWS::Events::Rule': ruleResource(parts),
  'AWS::Events::EventBus': busResource(parts),
  'AWS::Events::EventBusPolicy': busPolicyResource(parts),
})
