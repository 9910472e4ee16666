import {
  type APIGatewayClient,
  GetUsageCommand,
  paginateGetUsagePlans,
  type UsagePlan,
} from '@aws-sdk/client-api-gateway'
import type { KeyUsage } from './usage-figures.ts'

/** Every usage plan of the account and region. */
export const readPlans = async (client: APIGatewayClient): Promise<UsagePlan[]> => {
  const plans: UsagePlan[] = []
  for await (const { items = [] } of paginateGetUsagePlans({ client, pageSize: 500 }, {}))
    plans.push(...items)
  return plans
}

/** What every key used of a plan on one day. GetUsage has a position but no paginator of the SDK's. */
export const readUsage = async (
  client: APIGatewayClient,
  usagePlanId: string,
  day: string,
): Promise<KeyUsage[]> => {
  const usage: KeyUsage[] = []
  let position: string | undefined
  do {
    const page = await client.send(
      new GetUsageCommand({
        usagePlanId,
        startDate: day,
        endDate: day,
        limit: 500,
        ...(position && { position }),
      }),
    )
    for (const [keyId, days] of Object.entries(page.items ?? {})) {
      // Without a pair nothing is known of the day: zeros would read as a quota used up.
      const [used, remaining] = days[0] ?? []
      if (used === undefined || remaining === undefined) continue
      usage.push({ keyId, used, remaining })
    }
    position = page.position
  } while (position)
  return usage
}
