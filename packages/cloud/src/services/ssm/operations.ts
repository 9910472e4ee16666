import type * as Sdk from '@aws-sdk/client-ssm'
import { notImplemented, type Operations } from '@sonde/wire'
import type { RequestContext } from '../../kernel/context.ts'
import type { Scope } from '../../kernel/scope.ts'
import { invalidResourceId, parameterNotFound, validationException } from './errors.ts'
import { below, filterOf } from './filters.ts'
import { page } from './paging.ts'
import {
  current,
  type ParameterRecord,
  type Parameters,
  type ParameterVersion,
  parameterArn,
} from './parameters.ts'

/** Of one request. */
const MAX_NAMES = 10
const BY_PATH_PAGE = 10
const DESCRIBE_PAGE = 50

const parameterShape = (
  scope: Scope,
  record: ParameterRecord,
  version: ParameterVersion,
  selector?: string,
): Sdk.Parameter => ({
  Name: record.name,
  Type: version.type,
  Value: version.value,
  Version: version.version,
  LastModifiedDate: new Date(version.lastModified),
  ARN: parameterArn(scope, record.name),
  DataType: 'text',
  ...(selector !== undefined && { Selector: selector }),
})

const metadataShape = (scope: Scope, record: ParameterRecord, version: ParameterVersion) => ({
  Name: record.name,
  ARN: parameterArn(scope, record.name),
  Type: version.type,
  LastModifiedDate: new Date(version.lastModified),
  LastModifiedUser: version.lastModifiedUser,
  Description: version.description,
  AllowedPattern: version.allowedPattern,
  Version: version.version,
  Tier: version.tier,
  Policies: [],
  DataType: 'text',
})

const checkNames = (names: readonly string[]): void => {
  if (names.length >= 1 && names.length <= MAX_NAMES) return
  const bound = names.length > MAX_NAMES ? `less than or equal to ${MAX_NAMES}` : 'greater than or equal to 1'
  throw validationException(
    `1 validation error detected: Value '[${names.join(', ')}]' at 'names' failed to satisfy constraint: Member must have ` +
      `length ${bound}`,
  )
}

export const ssmOperations = (parameters: Parameters) => {
  const taggable = (operation: string, scope: Scope, type?: string, name?: string): ParameterRecord => {
    if (type !== 'Parameter') throw notImplemented(`${operation} for the resource type ${type}`)
    const record = parameters.find(scope, name ?? '')
    if (!record) throw invalidResourceId()
    return record
  }

  return {
    PutParameter: (input, { scope, identity }) => {
      if (input.KeyId) throw notImplemented('PutParameter with KeyId')
      if (input.Policies) throw notImplemented('PutParameter with Policies')
      const { Name = '', Value = '' } = input
      const { version, tier } = parameters.put(scope, { ...input, Name, Value }, identity.arn)
      return { Version: version, Tier: tier }
    },

    GetParameter: ({ Name = '' }, { scope }) => {
      const { record, version, selector } = parameters.read(scope, Name)
      return { Parameter: parameterShape(scope, record, version, selector) }
    },

    GetParameters: ({ Names = [] }, { scope }) => {
      checkNames(Names)
      const found: Sdk.Parameter[] = []
      const invalid: string[] = []
      for (const name of Names) {
        const base = name.startsWith('arn:') ? name : (name.split(':')[0] ?? '')
        if (!name.startsWith('arn:') && !parameters.find(scope, base)) invalid.push(name)
        else {
          const { record, version, selector } = parameters.read(scope, name)
          found.push(parameterShape(scope, record, version, selector))
        }
      }
      return { Parameters: found, InvalidParameters: invalid }
    },

    GetParametersByPath: (input, { scope }) => {
      const { Path = '', Recursive = false, ParameterFilters = [] } = input
      if (ParameterFilters.length > 0) throw notImplemented('GetParametersByPath with ParameterFilters')
      if (!Path.startsWith('/')) {
        throw validationException(
          "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash " +
            '"/".',
        )
      }
      const records = parameters.list(scope).filter(({ name }) => below(name, Path, Recursive))
      const { items, nextToken } = page(records, input, BY_PATH_PAGE)
      return {
        Parameters: items.map(record => parameterShape(scope, record, current(record))),
        NextToken: nextToken,
      }
    },

    GetParameterHistory: ({ Name = '', NextToken, MaxResults }, { scope }) => {
      if (NextToken || MaxResults) throw notImplemented('GetParameterHistory in pages')
      const record = parameters.get(scope, Name)
      return {
        Parameters: record.versions.map(version => ({
          ...metadataShape(scope, record, version),
          Value: version.value,
          Labels: [],
        })),
      }
    },

    DeleteParameter: ({ Name = '' }, { scope }) => {
      if (!parameters.delete(scope, Name)) throw parameterNotFound(Name)
      return {}
    },

    DeleteParameters: ({ Names = [] }, { scope }) => {
      checkNames(Names)
      const deleted = Names.filter(name => parameters.delete(scope, name))
      return {
        DeletedParameters: deleted,
        InvalidParameters: Names.filter(name => !deleted.includes(name)),
      }
    },

    AddTagsToResource: ({ ResourceType, ResourceId, Tags = [] }, { scope }) => {
      const { name, tags } = taggable('AddTagsToResource', scope, ResourceType, ResourceId)
      const byKey = new Map([...tags, ...Tags].map(tag => [tag.Key, tag]))
      parameters.setTags(scope, name, [...byKey.values()])
      return {}
    },

    RemoveTagsFromResource: ({ ResourceType, ResourceId, TagKeys = [] }, { scope }) => {
      const { name, tags } = taggable('RemoveTagsFromResource', scope, ResourceType, ResourceId)
      parameters.setTags(
        scope,
        name,
        tags.filter(({ Key }) => !TagKeys.includes(Key ?? '')),
      )
      return {}
    },

    ListTagsForResource: ({ ResourceType, ResourceId }, { scope }) => ({
      TagList: [...taggable('ListTagsForResource', scope, ResourceType, ResourceId).tags],
    }),

    DescribeParameters: (input, { scope }) => {
      if (input.Filters?.length) throw notImplemented('DescribeParameters with Filters: use ParameterFilters')
      if (input.Shared) throw notImplemented('DescribeParameters with Shared')
      const records = parameters.list(scope).filter(filterOf(input.ParameterFilters ?? []))
      const { items, nextToken } = page(records, input, DESCRIBE_PAGE)
      return {
        Parameters: items.map(record => metadataShape(scope, record, current(record))),
        NextToken: nextToken,
      }
    },
  } satisfies Operations<typeof Sdk, RequestContext>
}
