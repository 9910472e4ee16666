import type * as Sdk from '@aws-sdk/client-cloudwatch'
import type { Operations } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { MetricStore } from './metric-store.ts'
import { getMetricStatistics } from './operations/get-metric-statistics.ts'
import { listMetrics } from './operations/list-metrics.ts'
import { putMetricData } from './operations/put-metric-data.ts'

export type CloudWatchOperations = Operations<typeof Sdk, RequestContext>

export const createOperations = (store: MetricStore, clock: Clock): CloudWatchOperations => ({
  PutMetricData: putMetricData(store, clock),
  GetMetricStatistics: getMetricStatistics(store, clock),
  ListMetrics: listMetrics(store, clock),
})
