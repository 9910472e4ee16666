import { createHash } from 'node:crypto'
import type * as Sdk from '@aws-sdk/client-cloudwatch'
import { notImplemented } from '@sonde/wire'
import type { Clock } from '../../../../kernel/clock.ts'
import { constraint, invalidValue } from '../../errors.ts'
import { checkLength, checkNamespace, MAX_NAME } from '../metric-datum.ts'
import type { Metric, MetricReader } from '../metric-reader.ts'
import type { CloudWatchOperations } from '../operations.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
const LIST_PAGE = 500
const LISTED = 14 * 86_400_000
const RECENTLY_ACTIVE = 3 * 3_600_000
const MAX_FILTERS = 10

const matchesFilters = (metric: Metric, filters: readonly Sdk.DimensionFilter[]): boolean =>
  filters.every(({ Name, Value }) =>
    metric.dimensions.some(([name, value]) => name === Name && (Value === undefined || value === Value)),
  )

/** What a token was given for: it leads on in the same list alone. */
const fingerprintOf = ({ NextToken: _, ...filters }: Sdk.ListMetricsCommandInput, account: string): string =>
  createHash('sha256')
    .update(JSON.stringify([account, filters]))
    .digest('base64url')
    .slice(0, 16)

const writeToken = (fingerprint: string, position: number): string =>
  Buffer.from(`${fingerprint}${position}`).toString('base64url')

const readToken = (token: string | undefined, fingerprint: string): number => {
  if (token === undefined) return 0
  const text = Buffer.from(token, 'base64url').toString()
  const position = text.slice(fingerprint.length)
  if (!text.startsWith(fingerprint) || !/^\d{1,9}$/.test(position)) throw invalidValue('Invalid nextToken')
  return Number(position)
}

const check = (input: Sdk.ListMetricsCommandInput): void => {
  if (input.IncludeLinkedAccounts) throw notImplemented('cloudwatch:ListMetrics with IncludeLinkedAccounts')
  if (input.OwningAccount !== undefined) throw notImplemented('cloudwatch:ListMetrics with OwningAccount')
  if (input.Namespace !== undefined) checkNamespace(input.Namespace)
  if (input.MetricName !== undefined) checkLength(input.MetricName, 'metricName', MAX_NAME)
  if ((input.Dimensions?.length ?? 0) > MAX_FILTERS) {
    throw constraint('[...]', 'dimensions', `have length less than or equal to ${MAX_FILTERS}`)
  }
  if (input.RecentlyActive !== undefined && input.RecentlyActive !== 'PT3H') {
    throw constraint(input.RecentlyActive, 'recentlyActive', 'satisfy enum value set: [PT3H]')
  }
}

/**
 * Metrics with data in the last two weeks, or three hours if asked, in the order of first appearance. A token counts all metrics
 * of the account and region, which are never taken away, so that a page neither repeats nor leaves out one.
 */
export const listMetrics =
  (reader: MetricReader, clock: Clock): NonNullable<CloudWatchOperations['ListMetrics']> =>
  (input, { scope }) => {
    check(input)
    const { Namespace: namespace, MetricName: name, Dimensions: filters = [] } = input
    const fingerprint = fingerprintOf(input, `${scope.account}/${scope.region}`)
    const start = readToken(input.NextToken, fingerprint)
    const since = clock.now() - (input.RecentlyActive ? RECENTLY_ACTIVE : LISTED)
    const Metrics: Sdk.Metric[] = []
    let position = 0
    for (const metric of reader.metrics(scope)) {
      const here = position++
      if (here < start || metric.lastTimestamp < since) continue
      if (namespace !== undefined && metric.namespace !== namespace) continue
      if ((name !== undefined && metric.name !== name) || !matchesFilters(metric, filters)) continue
      if (Metrics.length === LIST_PAGE) return { Metrics, NextToken: writeToken(fingerprint, here) }
      Metrics.push({
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: metric.dimensions.map(([Name, Value]) => ({ Name, Value })),
      })
    }
    return { Metrics }
  }
