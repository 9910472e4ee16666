import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import { ServiceError } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { ResourceRequest, ResourceType } from '../../../kernel/resource-type.ts'
import { invalidParameter } from '../errors.ts'
import type { Groups } from '../groups.ts'
import { metricFilter } from './metric-filter.ts'
import type { MetricFilters } from './metric-filters.ts'

const MAX_NAME = 512
const KNOWN = new Set(['MetricName', 'MetricNamespace', 'MetricValue', 'DefaultValue', 'Dimensions', 'Unit'])

const text = (value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  throw new ServiceError('ValidationError', `${JSON.stringify(value)} must be a string`)
}

/** A list of `{Key, Value}` in the template, a map in the API. */
const readDimensions = (value: unknown): Record<string, string> => {
  if (!Array.isArray(value)) throw new ServiceError('ValidationError', 'Dimensions must be a list')
  const pairs = value as ReadonlyArray<{ readonly Key?: unknown; readonly Value?: unknown }>
  return Object.fromEntries(pairs.map(({ Key, Value }) => [text(Key), text(Value)]))
}

const readTransformation = (given: Readonly<Record<string, unknown>>): Sdk.MetricTransformation => {
  const unknown = Object.keys(given).find(key => !KNOWN.has(key))
  if (unknown !== undefined) {
    throw new ServiceError(
      'ValidationError',
      `Properties validation failed: extraneous key [${unknown}] in MetricTransformations is not permitted`,
    )
  }
  const { MetricName, MetricNamespace, MetricValue, DefaultValue, Dimensions, Unit } = given
  const defaultValue = DefaultValue === undefined ? undefined : Number(DefaultValue)
  if (defaultValue !== undefined && !Number.isFinite(defaultValue)) {
    throw invalidParameter(`DefaultValue ${String(DefaultValue)} is no number`)
  }
  return {
    metricName: text(MetricName),
    metricNamespace: text(MetricNamespace),
    metricValue: text(MetricValue),
    ...(defaultValue !== undefined && { defaultValue }),
    ...(Dimensions !== undefined && { dimensions: readDimensions(Dimensions) }),
    ...(Unit !== undefined && { unit: text(Unit) as Sdk.StandardUnit }),
  }
}

/** `AWS::Logs::MetricFilter`. `Ref` is the filter's name. */
export const metricFilterResource = (groups: Groups, filters: MetricFilters, clock: Clock): ResourceType => {
  const put = ({ scope, properties }: ResourceRequest, name: string) => {
    const group = groups.require(scope, text(properties.LogGroupName))
    const transformations = properties.MetricTransformations
    if (!Array.isArray(transformations)) {
      throw new ServiceError('ValidationError', 'MetricTransformations must be a list')
    }
    const given = transformations as ReadonlyArray<Readonly<Record<string, unknown>>>
    filters.put(
      scope,
      metricFilter(
        group.name,
        name,
        text(properties.FilterPattern),
        given.map(readTransformation),
        clock.now(),
      ),
    )
    return { physicalId: name, attributes: {} }
  }
  return {
    required: ['FilterPattern', 'LogGroupName', 'MetricTransformations'],
    properties: ['FilterName', 'FilterPattern', 'LogGroupName', 'MetricTransformations'],
    create: request => {
      const { FilterName } = request.properties
      return put(request, FilterName === undefined ? request.generateName(MAX_NAME) : text(FilterName))
    },
    update: (request, previous) => {
      const { properties } = request
      if (
        properties.FilterName !== previous.properties.FilterName ||
        properties.LogGroupName !== previous.properties.LogGroupName
      ) {
        return 'replace'
      }
      return put(request, previous.physicalId)
    },
    delete: (scope, { physicalId }, { LogGroupName }) => {
      const group = text(LogGroupName)
      if (filters.find(scope, group, physicalId)) filters.remove(scope, group, physicalId)
    },
  }
}
