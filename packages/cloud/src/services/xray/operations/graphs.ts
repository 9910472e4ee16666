import { notImplemented } from '@sonde/wire'
import type { Scope } from '../../../kernel/scope.ts'
import { invalidRequest } from '../errors.ts'
import type { Expression } from '../filter/ast.ts'
import { parse } from '../filter/parse.ts'
import type { TimeSeriesQuery } from '../store/queries.ts'
import type { TraceOperationsDependencies, XRayOperations } from './context.ts'
import { pageOf } from './page-token.ts'
import { readTimeRange } from './time-range.ts'
import { readTraceIds } from './traces.ts'

/** Ours: AWS's page sizes are not published. */
const SERVICES_PAGE = 1_000
const INTERVALS_PAGE = 1_440
/** Seconds: what is asked for where no period is given, by the length of the range. */
const SHORT_RANGE = 3 * 3_600
const SHORT_PERIOD = 60
const LONG_PERIOD = 300
/** https://docs.aws.amazon.com/xray/latest/api/API_GetTimeSeriesServiceStatistics.html */
const MAX_SELECTOR = 500

/** @throws ServiceError `InvalidRequestException` for what is no expression, 501 for one of several parts */
const readSelector = (text: string | undefined): TimeSeriesQuery['selector'] => {
  if (text === undefined) return undefined
  if (text.length < 1 || text.length > MAX_SELECTOR) {
    throw invalidRequest(`EntitySelectorExpression must have 1 to ${MAX_SELECTOR} characters`)
  }
  const expression = parse(/^\s*id\s*\(/i.test(text) ? `service(${text})` : text)
  if (expression.kind === 'service' || expression.kind === 'edge') return expression
  throw notImplemented('An EntitySelectorExpression other than one service(), edge() or id()')
}

export const createGraphOperations = ({
  traces,
  groups,
}: TraceOperationsDependencies): Pick<
  XRayOperations,
  'GetServiceGraph' | 'GetTraceGraph' | 'GetTimeSeriesServiceStatistics'
> => {
  const filterOf = (
    scope: Scope,
    input: { GroupName?: string | undefined; GroupARN?: string | undefined },
  ): { filter?: Expression } => {
    const filter = groups.filterOf(scope, input)
    return filter ? { filter } : {}
  }

  return {
    GetServiceGraph: async (input, { scope }) => {
      const range = readTimeRange(input)
      const services = await traces().services(scope, { range, ...filterOf(scope, input) })
      const { items, NextToken } = pageOf(input, services, SERVICES_PAGE)
      return {
        StartTime: input.StartTime,
        EndTime: input.EndTime,
        Services: items,
        // A group's expression is applied when it is asked for, to all traces alike.
        ContainsOldGroupVersions: false,
        ...(NextToken !== undefined && { NextToken }),
      }
    },

    GetTraceGraph: async (input, { scope }) => {
      const services = await traces().traceGraph(scope, readTraceIds(input.TraceIds))
      const { items, NextToken } = pageOf(input, services, SERVICES_PAGE)
      return { Services: items, ...(NextToken !== undefined && { NextToken }) }
    },

    GetTimeSeriesServiceStatistics: async (input, { scope }) => {
      const range = readTimeRange(input)
      if (input.ForecastStatistics)
        throw notImplemented('ForecastStatistics of GetTimeSeriesServiceStatistics')
      const period = input.Period ?? (range.end - range.start <= SHORT_RANGE ? SHORT_PERIOD : LONG_PERIOD)
      if (period < 1) throw invalidRequest('Period must be greater than 0')
      const selector = readSelector(input.EntitySelectorExpression)
      const series = await traces().timeSeries(scope, {
        range,
        period,
        ...filterOf(scope, input),
        ...(selector && { selector }),
      })
      const { items, NextToken } = pageOf(input, series, INTERVALS_PAGE)
      return {
        TimeSeriesServiceStatistics: items,
        ContainsOldGroupVersions: false,
        ...(NextToken !== undefined && { NextToken }),
      }
    },
  }
}
