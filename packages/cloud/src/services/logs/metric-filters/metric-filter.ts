import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import { constraint, invalidParameter } from '../errors.ts'
import { numberIn } from '../patterns/comparison.ts'
import { type FilterPattern, parseFilterPattern } from '../patterns/filter-pattern.ts'
import { UNITS } from '../units.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html */
const MAX_NAME = 255
const MAX_VALUE = 100
const MAX_FILTER_NAME = 512
const MAX_DIMENSIONS = 3
const FILTER_NAME = /^[^:*]*$/
const METRIC_NAME = /^[^:*$]*$/

/** What a filter publishes for each match. */
export interface Transformation {
  readonly metricName: string
  readonly metricNamespace: string
  /** A number, or the `$.selector` or `$field` that holds it. */
  readonly metricValue: string
  readonly defaultValue?: number
  /** Name to selector. */
  readonly dimensions?: Readonly<Record<string, string>>
  readonly unit?: string
}

export interface MetricFilterRecord {
  readonly group: string
  readonly name: string
  readonly pattern: string
  readonly transformation: Transformation
  /** ms since the epoch. */
  readonly created: number
}

const checkText = (text: string, path: string, longest: number, pattern: RegExp): string => {
  if (text.length > longest) throw constraint(text, path, `have length less than or equal to ${longest}`)
  if (!pattern.test(text)) {
    throw constraint(text, path, `satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`)
  }
  return text
}

/** @throws ServiceError `InvalidParameterException` */
export const checkFilterName = (name: string): string => {
  if (name === '') throw constraint(name, 'filterName', 'have length greater than or equal to 1')
  return checkText(name, 'filterName', MAX_FILTER_NAME, FILTER_NAME)
}

const checkDimensions = (
  dimensions: Readonly<Record<string, string>>,
  pattern: FilterPattern,
): Readonly<Record<string, string>> => {
  const entries = Object.entries(dimensions)
  if (entries.length > MAX_DIMENSIONS) {
    throw invalidParameter(`A metric filter can have at most ${MAX_DIMENSIONS} dimensions.`)
  }
  if (pattern.kind === 'text')
    throw invalidParameter('The specified filter pattern does not support dimensions')
  for (const [name, selector] of entries) {
    if (name === '' || name.length > MAX_NAME) {
      throw constraint(name, 'dimensions', `have length between 1 and ${MAX_NAME}`)
    }
    if (!pattern.reads(selector)) {
      throw invalidParameter(`Invalid metric transformation: dimension ${name} has no field ${selector}`)
    }
  }
  return dimensions
}

/**
 * Checks the one transformation of a filter.
 *
 * @throws ServiceError `InvalidParameterException`
 */
export const checkTransformation = (
  given: readonly Sdk.MetricTransformation[],
  pattern: FilterPattern,
): Transformation => {
  const [input] = given
  if (!input || given.length > 1) {
    throw constraint(
      `[${given.length} transformations]`,
      'metricTransformations',
      `have length ${input ? 'less' : 'greater'} than or equal to 1`,
    )
  }
  const path = 'metricTransformations.1.member'
  const { metricName = '', metricNamespace = '', metricValue = '', defaultValue, dimensions, unit } = input
  checkText(metricName, `${path}.metricName`, MAX_NAME, METRIC_NAME)
  checkText(metricNamespace, `${path}.metricNamespace`, MAX_NAME, METRIC_NAME)
  if (metricName === '' || metricNamespace === '') {
    throw invalidParameter('Invalid metric transformation: metric name and namespace must not be empty')
  }
  if (metricValue.length > MAX_VALUE) {
    throw constraint(metricValue, `${path}.metricValue`, `have length less than or equal to ${MAX_VALUE}`)
  }
  if (numberIn(metricValue) === undefined && !pattern.reads(metricValue)) {
    throw invalidParameter(
      `Invalid metric transformation: metric value ${metricValue} is neither a number nor a field of the pattern`,
    )
  }
  if (unit !== undefined && !UNITS.has(unit)) {
    throw constraint(unit, `${path}.unit`, `satisfy enum value set: [${[...UNITS].join(', ')}]`)
  }
  const hasDimensions = dimensions !== undefined && Object.keys(dimensions).length > 0
  if (hasDimensions && defaultValue !== undefined) {
    throw invalidParameter(
      'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
    )
  }
  return {
    metricName,
    metricNamespace,
    metricValue,
    ...(defaultValue !== undefined && { defaultValue }),
    ...(hasDimensions && { dimensions: checkDimensions(dimensions, pattern) }),
    ...(unit !== undefined && { unit }),
  }
}

/**
 * The record of a filter, checked as a whole.
 *
 * @throws ServiceError `InvalidParameterException`
 */
export const metricFilter = (
  group: string,
  name: string,
  pattern: string,
  transformations: readonly Sdk.MetricTransformation[],
  created: number,
): MetricFilterRecord => ({
  group,
  name: checkFilterName(name),
  pattern,
  transformation: checkTransformation(transformations, parseFilterPattern(pattern)),
  created,
})
