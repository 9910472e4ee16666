import type {
  ResourceRequest,
  ResourceState,
  ResourceType,
  ResourceTypes,
} from '../../kernel/resource-type.ts'
import type { Scope } from '../../kernel/scope.ts'
import { invalidParameterValue } from './errors.ts'
import { queueUrl } from './operations/queues.ts'
import type { SqsParts } from './parts.ts'
import { checkTags } from './queues.ts'
import type { QueueAt, QueueRecord } from './records.ts'

type Properties = Readonly<Record<string, unknown>>

const NAME_LENGTH = 80

/** Properties that are attributes of the same name. */
const ATTRIBUTES = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const attributesOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(
    ATTRIBUTES.flatMap(name => {
      const value = properties[name]
      if (value === undefined) return []
      return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]]
    }),
  )

const textOf = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  if (value !== undefined && typeof value !== 'string') {
    throw invalidParameterValue(`Property ${name} must be a string.`)
  }
  return value
}

const tagsOf = ({ Tags = [] }: Properties): Record<string, string> => {
  if (!Array.isArray(Tags) || !Tags.every(isObject))
    throw invalidParameterValue('Property Tags must be a list of tags.')
  return Object.fromEntries(Tags.map(({ Key, Value }) => [String(Key), String(Value)]))
}

/** `AWS::SQS::Queue` and `AWS::SQS::QueuePolicy`. */
export const sqsResources = (
  { queues, exchange }: Pick<SqsParts, 'queues' | 'exchange'>,
  endpoint: () => string,
): ResourceTypes => {
  const stateOf = (scope: Scope, queue: QueueRecord): ResourceState => {
    const url = queueUrl(endpoint(), scope.account, queue.name)
    return { physicalId: url, attributes: { Arn: queue.arn, QueueName: queue.name, QueueUrl: url } }
  }

  const queueResource: ResourceType = {
    properties: ['QueueName', 'Tags', ...ATTRIBUTES],
    create: ({ scope, properties, generateName }) => {
      const name = textOf(properties, 'QueueName') ?? generateName(NAME_LENGTH)
      if (queues.find(scope, name))
        throw invalidParameterValue(
          `Resource of type 'AWS::SQS::Queue' with identifier '${name}' already exists.`,
        )
      return stateOf(scope, queues.create(scope, name, attributesOf(properties), tagsOf(properties)))
    },
    update: ({ scope, properties }, previous) => {
      if (properties.QueueName !== previous.properties.QueueName) return 'replace'
      const tags = checkTags(tagsOf(properties))
      const at = queues.byUrl(previous.physicalId, scope)
      const attributes = attributesOf(properties)
      const changed = queues.setAttributes(at, attributes)
      const gone = Object.keys(attributesOf(previous.properties)).filter(name => !(name in attributes))
      const kept = Object.entries(changed.attributes).filter(([name]) => !gone.includes(name))
      return stateOf(
        scope,
        queues.change({ scope, queue: changed }, { attributes: Object.fromEntries(kept), tags }),
      )
    },
    delete: (scope, { attributes }) => {
      const queue = queues.find(scope, String(attributes.QueueName))
      if (!queue) return
      exchange.drop({ scope, queue })
      queues.delete({ scope, queue })
    },
  }

  const named = (scope: Scope, { Queues: urls }: Properties): QueueAt[] => {
    if (!Array.isArray(urls)) throw invalidParameterValue('Property Queues must be a list of queue URLs.')
    return urls.map(url => queues.byUrl(String(url), scope))
  }

  const setPolicy = ({ scope, properties }: ResourceRequest): void => {
    const { PolicyDocument } = properties
    const Policy = typeof PolicyDocument === 'string' ? PolicyDocument : JSON.stringify(PolicyDocument)
    for (const at of named(scope, properties)) queues.setAttributes(at, { Policy })
  }

  const clearPolicy = (scope: Scope, urls: readonly unknown[]): void => {
    for (const url of urls) {
      const at = queues.findByUrl(String(url), scope)
      if (at) queues.setAttributes(at, { Policy: '' })
    }
  }

  const policyResource: ResourceType = {
    required: ['PolicyDocument', 'Queues'],
    properties: ['PolicyDocument', 'Queues'],
    create: request => {
      setPolicy(request)
      const physicalId = request.generateName(NAME_LENGTH)
      return { physicalId, attributes: { Id: physicalId } }
    },
    update: (request, { physicalId, attributes, properties }) => {
      setPolicy(request)
      const now: readonly unknown[] = Array.isArray(request.properties.Queues)
        ? request.properties.Queues
        : []
      const before: readonly unknown[] = Array.isArray(properties.Queues) ? properties.Queues : []
      clearPolicy(
        request.scope,
        before.filter(url => !now.includes(url)),
      )
      return { physicalId, attributes }
    },
    delete: (scope, _state, { Queues: urls }) => clearPolicy(scope, Array.isArray(urls) ? urls : []),
  }

  return { 'AWS::SQS::Queue': queueResource, 'AWS::SQS::QueuePolicy': policyResource }
}
