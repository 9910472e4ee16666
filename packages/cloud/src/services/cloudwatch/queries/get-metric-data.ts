import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Operations } from '@sonde/wire'
import type { RequestContext } from '../../../kernel/context.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { checkInteger } from '../check-integer.ts'
import { constraint } from '../errors.ts'
import { validationError } from './errors.ts'
import type { Evaluation } from './evaluation.ts'
import { cutPage, readToken, type Slice, writeToken } from './page.ts'
import { planQueries, type QueryPlan } from './plan.ts'
import type { QueryRange } from './query-evaluator.ts'
import type { Series } from './series.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MAX_DATAPOINTS = 100_800
const SCAN_ORDERS: readonly string[] = ['TimestampDescending', 'TimestampAscending']
const TIMEZONE = /^[+-](?:0\d|1[0-4])[0-5]\d$/
const UTC = '+0000'

/** Evaluates a plan over a range for an account and region. */
export type Evaluate = (plan: QueryPlan, scope: Scope, range: QueryRange, timezone: string) => Evaluation

const readRange = ({ StartTime, EndTime }: Sdk.GetMetricDataCommandInput): QueryRange => {
  const range = { start: StartTime?.getTime() ?? 0, end: EndTime?.getTime() ?? 0 }
  if (range.start >= range.end) {
    throw validationError('The parameter StartTime must be less than the parameter EndTime.')
  }
  return range
}

const readMost = (most: number | undefined): number => {
  if (most === undefined) return MAX_DATAPOINTS
  checkInteger(most, 'maxDatapoints')
  if (most < 1) throw constraint(most, 'maxDatapoints', 'have value greater than or equal to 1')
  if (most > MAX_DATAPOINTS) {
    throw constraint(most, 'maxDatapoints', `have value less than or equal to ${MAX_DATAPOINTS}`)
  }
  return most
}

const readDescending = (scanBy: string | undefined): boolean => {
  if (scanBy !== undefined && !SCAN_ORDERS.includes(scanBy)) {
    throw constraint(scanBy, 'scanBy', `satisfy enum value set: [${SCAN_ORDERS.join(', ')}]`)
  }
  return scanBy !== 'TimestampAscending'
}

const readTimezone = (timezone: string | undefined): string => {
  if (timezone === undefined) return UTC
  if (!TIMEZONE.test(timezone)) {
    throw validationError(
      `The value ${timezone} for parameter LabelOptions.Timezone must be + or - with hours and minutes, such as +0130.`,
    )
  }
  return timezone
}

const sliceOf = <T>(list: readonly T[], { from, to }: Slice, descending: boolean): T[] => {
  const taken = list.slice(from, to)
  return descending ? taken.reverse() : taken
}

/** The series of the queries whose data are returned. */
interface Returned {
  readonly id: string
  readonly series: Series
  readonly messages: Evaluation['results'][number]['messages']
}

const returnedOf = (plan: QueryPlan, { results }: Evaluation): Returned[] =>
  results.flatMap(({ id, series, messages, error }) => {
    if (error !== undefined) throw validationError(error)
    if (!plan.byId.get(id)?.returned) return []
    return series.map(each => ({ id, series: each, messages }))
  })

/**
 * GetMetricData. Pages go by time over all series together, so that each has every series' values of some time; each
 * page lists every series. Where there is no data at all the result is complete and empty.
 */
export const createGetMetricData = (
  evaluate: Evaluate,
): Pick<Operations<typeof Sdk, RequestContext>, 'GetMetricData'> => ({
  GetMetricData: (input, { scope }) => {
    const range = readRange(input)
    const most = readMost(input.MaxDatapoints)
    const descending = readDescending(input.ScanBy)
    const timezone = readTimezone(input.LabelOptions?.Timezone)
    const position = readToken(input, scope)
    const plan = planQueries(input.MetricDataQueries ?? [])
    const evaluation = evaluate(plan, scope, range, timezone)
    const returned = returnedOf(plan, evaluation)
    const page = cutPage(
      returned.map(({ series }) => series),
      descending,
      most,
      position,
    )
    return {
      MetricDataResults: returned.map(({ id, series, messages }, index) => {
        const slice = page.slices[index] ?? { from: 0, to: 0, more: false }
        return {
          Id: id,
          Label: series.label,
          Timestamps: sliceOf(series.timestamps, slice, descending).map(time => new Date(time)),
          Values: sliceOf(series.values, slice, descending),
          StatusCode: slice.more ? ('PartialData' as const) : ('Complete' as const),
          ...(messages.length > 0 && { Messages: [...messages] }),
        }
      }),
      Messages: [...evaluation.messages],
      ...(page.next && { NextToken: writeToken(page.next, input, scope) }),
    }
  },
})
