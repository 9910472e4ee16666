/** The usage report's function: what every key used of every usage plan yesterday, as metrics. */
import { APIGatewayClient } from '@aws-sdk/client-api-gateway'
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { readPlans, readUsage } from './read-usage.ts'
import { type PlanReport, reportMetrics, USAGE_NAMESPACE } from './report-metrics.ts'
import { dayBefore, type Quota, usageFigures } from './usage-figures.ts'

/** What EventBridge Scheduler sends. */
interface ScheduledEvent {
  readonly time: string
}

/** CloudWatch takes a thousand at once. */
const MOST_DATA = 1_000

const apigateway = new APIGatewayClient({})
const cloudwatch = new CloudWatchClient({})

export const handler = async (event: ScheduledEvent): Promise<object> => {
  const time = new Date(event.time)
  const day = dayBefore(time)
  const reports: PlanReport[] = []
  for (const { id = '', name = id, quota } of await readPlans(apigateway)) {
    const limited = quota?.limit === undefined ? undefined : (quota as Quota)
    reports.push({ plan: name, ...usageFigures(limited, await readUsage(apigateway, id, day)) })
  }
  const data = reportMetrics(reports, time)
  for (let first = 0; first < data.length; first += MOST_DATA) {
    await cloudwatch.send(
      new PutMetricDataCommand({
        Namespace: USAGE_NAMESPACE,
        MetricData: data.slice(first, first + MOST_DATA),
      }),
    )
  }
  return { day, plans: reports }
}
