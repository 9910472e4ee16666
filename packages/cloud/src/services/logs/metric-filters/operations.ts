import type * as Sdk from '@aws-sdk/client-cloudwatch-logs'
import type { Clock } from '../../../kernel/clock.ts'
import type { LogsOperations } from '../context.ts'
import { constraint, invalidParameter } from '../errors.ts'
import type { Groups } from '../groups.ts'
import { parseFilterPattern } from '../patterns/filter-pattern.ts'
import { LogMessage } from '../patterns/log-message.ts'
import { pageOf } from '../tokens.ts'
import { checkLimit, refuse } from '../validation.ts'
import { type MetricFilterRecord, metricFilter } from './metric-filter.ts'
import type { MetricFilters } from './metric-filters.ts'

const PAGE = 50
const MAX_TEST_MESSAGES = 50

const text = (value: string | undefined): string => value ?? ''

const describeFilter = ({ name, pattern, transformation, created, group }: MetricFilterRecord) => {
  const { unit, dimensions, ...rest } = transformation
  return {
    filterName: name,
    filterPattern: pattern,
    metricTransformations: [
      {
        ...rest,
        ...(dimensions && { dimensions: { ...dimensions } }),
        ...(unit !== undefined && { unit: unit as Sdk.StandardUnit }),
      },
    ],
    creationTime: created,
    logGroupName: group,
  }
}

type FilterOperation = 'PutMetricFilter' | 'DescribeMetricFilters' | 'DeleteMetricFilter' | 'TestMetricFilter'

/** The operations on metric filters. */
export const createMetricFilterOperations = (
  groups: Groups,
  filters: MetricFilters,
  clock: Clock,
): Pick<LogsOperations, FilterOperation> => ({
  PutMetricFilter: (input, { scope }) => {
    const { applyOnTransformedLogs, fieldSelectionCriteria, emitSystemFieldDimensions } = input
    refuse('PutMetricFilter', { applyOnTransformedLogs, fieldSelectionCriteria })
    if (emitSystemFieldDimensions && emitSystemFieldDimensions.length > 0) {
      refuse('PutMetricFilter', { emitSystemFieldDimensions })
    }
    const group = groups.require(scope, text(input.logGroupName))
    const { filterName, filterPattern, metricTransformations = [] } = input
    filters.put(
      scope,
      metricFilter(group.name, text(filterName), text(filterPattern), metricTransformations, clock.now()),
    )
    return {}
  },

  DescribeMetricFilters: (input, { scope }) => {
    const { logGroupName, filterNamePrefix = '', metricName, metricNamespace } = input
    if ((metricName === undefined) !== (metricNamespace === undefined)) {
      throw invalidParameter('metricName and metricNamespace must be specified together.')
    }
    if (logGroupName !== undefined) groups.require(scope, logGroupName)
    const wanted = filters
      .list(scope)
      .filter(
        ({ group, name, transformation }) =>
          (logGroupName === undefined || group === logGroupName) &&
          name.startsWith(filterNamePrefix) &&
          (metricName === undefined ||
            (transformation.metricName === metricName && transformation.metricNamespace === metricNamespace)),
      )
    const { page, ...next } = pageOf(
      wanted,
      ({ group, name }) => `${group}:${name}`,
      input.nextToken,
      checkLimit(input.limit, PAGE, PAGE),
    )
    return { metricFilters: page.map(describeFilter), ...next }
  },

  DeleteMetricFilter: (input, { scope }) => {
    const group = groups.require(scope, text(input.logGroupName))
    filters.remove(scope, group.name, text(input.filterName))
    return {}
  },

  TestMetricFilter: ({ filterPattern, logEventMessages = [] }) => {
    if (logEventMessages.length < 1 || logEventMessages.length > MAX_TEST_MESSAGES) {
      throw constraint(
        `[${logEventMessages.length} messages]`,
        'logEventMessages',
        `have length between 1 and ${MAX_TEST_MESSAGES}`,
      )
    }
    const pattern = parseFilterPattern(text(filterPattern))
    return {
      matches: logEventMessages.flatMap((eventMessage, index) => {
        const match = pattern.match(new LogMessage(eventMessage))
        return match ? [{ eventNumber: index + 1, eventMessage, extractedValues: match.extracted() }] : []
      }),
    }
  },
})
