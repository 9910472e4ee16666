import type { Tag } from '@aws-sdk/client-ssm'
import type { ResourceState, ResourceType } from '../../kernel/resource-type.ts'
import { validationException } from './errors.ts'
import type { Parameters, PutInput } from './parameters.ts'

type Properties = Readonly<Record<string, unknown>>
const NAME_LENGTH = 1011
const CLOUDFORMATION = 'arn:aws:iam::aws:role/cloudformation'

const text = (properties: Properties, name: string): string | undefined => {
  const value = properties[name]
  if (value === undefined || typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw validationException(`Property ${name} must be a string.`)
}

/** CloudFormation has the tags of this type as a map. */
const tagsOf = (properties: Properties): Tag[] => {
  const { Tags = {} } = properties
  if (typeof Tags !== 'object' || Tags === null || Array.isArray(Tags)) {
    throw validationException('Property Tags must be a map.')
  }
  return Object.entries(Tags).map(([Key, Value]) => ({ Key, Value: String(Value) }))
}

const inputOf = (name: string, properties: Properties): PutInput => ({
  Name: name,
  Value: text(properties, 'Value') ?? '',
  Type: text(properties, 'Type'),
  Description: text(properties, 'Description') ?? '',
  AllowedPattern: text(properties, 'AllowedPattern') ?? '',
  Tier: text(properties, 'Tier') ?? 'Standard',
  DataType: text(properties, 'DataType'),
})

const stateOf = (name: string, properties: Properties): ResourceState => ({
  physicalId: name,
  attributes: { Type: text(properties, 'Type'), Value: text(properties, 'Value') },
})

/** `AWS::SSM::Parameter`. A change of its name replaces it. */
export const parameterResource = (parameters: Parameters): ResourceType => ({
  required: ['Type', 'Value'],
  properties: ['Name', 'Type', 'Value', 'Description', 'AllowedPattern', 'Tier', 'DataType', 'Tags'],
  create: ({ scope, properties, generateName }) => {
    const name = text(properties, 'Name') ?? generateName(NAME_LENGTH)
    parameters.put(scope, { ...inputOf(name, properties), Tags: tagsOf(properties) }, CLOUDFORMATION)
    return stateOf(name, properties)
  },
  update: ({ scope, properties }, previous) => {
    if (properties.Name !== previous.properties.Name) return 'replace'
    const name = previous.physicalId
    const tags = tagsOf(properties)
    parameters.put(scope, { ...inputOf(name, properties), Overwrite: true }, CLOUDFORMATION)
    parameters.setTags(scope, name, tags)
    return stateOf(name, properties)
  },
  delete: (scope, { physicalId }) => {
    parameters.delete(scope, physicalId)
  },
})
