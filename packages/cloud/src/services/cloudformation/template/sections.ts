import { formatError, templateError, validationError } from '../errors.ts'
import { isList, isMap, type Value, type ValueMap } from './value.ts'

/** `RetainExceptOnCreate` keeps a resource except when the operation that made it is rolled back. */
export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate'

export interface ResourceDeclaration {
  readonly type: string
  readonly properties: ValueMap
  readonly metadata: ValueMap
  readonly dependsOn: readonly string[]
  readonly condition: string | undefined
  readonly deletionPolicy: DeletionPolicy
  readonly updateReplacePolicy: 'Delete' | 'Retain'
  readonly description: string | undefined
}

export interface OutputDeclaration {
  readonly value: Value
  readonly description: string | undefined
  readonly condition: string | undefined
  readonly exportName: Value | undefined
}

const RESOURCE_ATTRIBUTES = new Set([
  'Type',
  'Properties',
  'Metadata',
  'DependsOn',
  'Condition',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Description',
  // Refused below: waiting for signals and moving aliases step by step is not written yet.
  'CreationPolicy',
  'UpdatePolicy',
])
const OUTPUT_ATTRIBUTES = new Set(['Value', 'Description', 'Condition', 'Export'])

const optionalText = (map: ValueMap, name: string, what: string): string | undefined => {
  const value = map[name]
  if (value === undefined || typeof value === 'string') return value
  throw formatError(`Every ${what} ${name} member must be a string.`)
}

const policy = <P extends string>(
  logicalId: string,
  type: string,
  map: ValueMap,
  name: string,
  allowed: readonly P[],
  fallback: P,
): P => {
  const value = optionalText(map, name, 'Resources')
  if (value === undefined) return fallback
  const known = allowed.find(item => item === value)
  if (known) return known
  if (value === 'Snapshot') {
    const spelt = name === 'DeletionPolicy' ? 'deletion policy' : 'update replace policy'
    throw templateError(`resource type ${type} does not support ${spelt} Snapshot`)
  }
  throw formatError(`Unrecognized ${name} ${value} for resource ${logicalId}`)
}

/** One member of `Resources`. Attributes that CloudFormation knows and Sonde does not are refused by name. */
export const readResource = (logicalId: string, value: Value): ResourceDeclaration => {
  const path = `[/Resources/${logicalId}]`
  if (!isMap(value)) throw formatError(`${path} Every Resources member must be an object.`)
  const {
    Type: type,
    Properties: properties = {},
    Metadata: metadata = {},
    DependsOn: dependsOn = [],
  } = value
  if (typeof type !== 'string' || type === '') {
    throw formatError(`${path} Every Resources object must contain a Type member.`)
  }
  for (const name of Object.keys(value)) {
    if (!RESOURCE_ATTRIBUTES.has(name)) throw validationError(`Invalid template resource property '${name}'`)
  }
  for (const name of ['CreationPolicy', 'UpdatePolicy']) {
    if (value[name] !== undefined) {
      throw validationError(`Resource attribute ${name} of ${logicalId} is not supported by Sonde.`)
    }
  }
  if (!isMap(properties)) throw formatError(`${path} Properties must be an object.`)
  if (!isMap(metadata)) throw formatError(`${path} Metadata must be an object.`)
  const dependencies = isList(dependsOn) ? dependsOn : [dependsOn]
  if (!dependencies.every(item => typeof item === 'string')) {
    throw formatError('Every DependsOn value must be a string or a list of strings.')
  }
  return {
    type,
    properties,
    metadata,
    dependsOn: dependencies,
    condition: optionalText(value, 'Condition', 'Resources'),
    deletionPolicy: policy(
      logicalId,
      type,
      value,
      'DeletionPolicy',
      ['Delete', 'Retain', 'RetainExceptOnCreate'],
      'Delete',
    ),
    updateReplacePolicy: policy(
      logicalId,
      type,
      value,
      'UpdateReplacePolicy',
      ['Delete', 'Retain'],
      'Delete',
    ),
    description: optionalText(value, 'Description', 'Resources'),
  }
}

/** One member of `Outputs`. */
export const readOutput = (name: string, value: Value): OutputDeclaration => {
  if (!isMap(value) || value.Value === undefined) {
    throw formatError('Every Outputs member must contain a Value object')
  }
  for (const attribute of Object.keys(value)) {
    if (!OUTPUT_ATTRIBUTES.has(attribute)) {
      throw validationError(`Invalid template output property '${attribute}' of ${name}`)
    }
  }
  const exported = value.Export
  if (exported !== undefined && !(isMap(exported) && exported.Name !== undefined)) {
    throw formatError(`Output ${name}: Export must contain a Name member.`)
  }
  return {
    value: value.Value,
    description: optionalText(value, 'Description', 'Outputs'),
    condition: optionalText(value, 'Condition', 'Outputs'),
    exportName: isMap(exported) ? exported.Name : undefined,
  }
}
