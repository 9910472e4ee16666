import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { constraint } from '../errors.ts'
import { ExpressionError, validationError } from './errors.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html */
const MAX_QUERIES = 500
const MAX_ID = 255
const MAX_EXPRESSION = 2_048
const ID = /^[a-z][a-zA-Z0-9_]*$/
/** In seconds; besides them, multiples of 60. */
const SHORT_PERIODS: readonly number[] = [1, 5, 10, 20, 30]

/** @throws ServiceError `ValidationException` where there are no queries, too many, or two of the same id */
export const checkQueryList = (queries: readonly MetricDataQuery[], parameter: string): void => {
  if (queries.length === 0) throw validationError(`The parameter ${parameter} is required.`)
  if (queries.length > MAX_QUERIES) {
    throw validationError(`The collection ${parameter} must not have a size greater than ${MAX_QUERIES}.`)
  }
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    throw validationError(`The values for parameter id in ${parameter} are not unique.`)
  }
}

const isPeriod = (period: number): boolean =>
  SHORT_PERIODS.includes(period) || (Number.isSafeInteger(period) && period > 0 && period % 60 === 0)

/** @throws ExpressionError */
export const checkSearchPeriod = (period: number): void => {
  if (!isPeriod(period)) {
    throw new ExpressionError(`The period ${period} is not 1, 5, 10, 20, 30 or a multiple of 60`)
  }
}

/** @throws ServiceError `ValidationException` for a period that is not 1, 5, 10, 20, 30 or a multiple of 60 s */
export const checkPeriod = (period: number, path: string): void => {
  if (period < 1) throw constraint(period, path, 'have value greater than or equal to 1')
  if (!isPeriod(period)) {
    throw validationError(`The parameter ${path} must be 1, 5, 10, 20, 30 or a multiple of 60.`)
  }
}

const checkId = (id: string, path: string): void => {
  if (!ID.test(id)) {
    throw validationError(
      `The value ${id} for parameter ${path} is not matching the expected pattern ${ID.source}.`,
    )
  }
  if (id.length > MAX_ID) throw constraint(id, path, `have length less than or equal to ${MAX_ID}`)
}

/**
 * Checks a query by itself: its id, its period, and that it is either a metric or an expression.
 *
 * @param path such as `MetricDataQueries.member.1`
 */
export const checkQuery = (query: MetricDataQuery, path: string): void => {
  const { Id: id, MetricStat: stat, Expression: expression, Period: period } = query
  if (id === undefined) throw validationError(`The parameter ${path}.Id is required.`)
  checkId(id, `${path}.Id`)
  if (stat !== undefined && expression !== undefined) {
    throw validationError(
      `The parameters ${path}.Expression and ${path}.MetricStat are mutually exclusive and you have specified both.`,
    )
  }
  // The line break is CloudWatch's.
  if (stat === undefined && expression === undefined) {
    throw validationError(`The parameter ${path}.MetricStat is required.\n`)
  }
  if (expression === '' || (expression?.length ?? 0) > MAX_EXPRESSION) {
    throw constraint(expression, `${path}.Expression`, `have length between 1 and ${MAX_EXPRESSION}`)
  }
  if (period !== undefined) checkPeriod(period, `${path}.Period`)
  if (period !== undefined && stat !== undefined && period !== stat.Period) {
    throw validationError(
      `The parameters ${path}.Period and ${path}.MetricStat.Period must not differ from each other.`,
    )
  }
}
