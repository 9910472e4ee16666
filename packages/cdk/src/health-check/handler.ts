/** The health check's function: one meaningful request, counted here and in the API's account. */
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { AssumeRoleCommand, type Credentials, STSClient } from '@aws-sdk/client-sts'
import { readConfiguration } from './check.ts'
import { HEALTH_CHECK_NAMESPACE, outcomeMetrics } from './outcome-metrics.ts'
import { runCheck } from './run-check.ts'

/** What EventBridge sends: the rule's scheduled minute. */
interface ScheduledEvent {
  readonly time: string
}

/** Parameters are read again after this time, so that a new key or address needs no deployment. */
const REMEMBERED = 5 * 60_000
/** Credentials are renewed this long before they end. */
const RENEWED_BEFORE = 60_000

const configuration = readConfiguration(process.env)

const remembered = <T>(
  read: () => Promise<{ readonly value: T; readonly until: number }>,
): (() => Promise<T>) => {
  let last: { readonly value: T; readonly until: number } | undefined
  return async () => {
    if (!last || Date.now() >= last.until) last = await read()
    return last.value
  }
}

const sts = new STSClient({})

/** Of the role in the API's account. */
const credentials = remembered(async () => {
  const { Credentials: issued } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: configuration.roleArn,
      RoleSessionName: 'health-check',
      DurationSeconds: 3_600,
    }),
  )
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken, Expiration } = issued as Credentials
  return {
    value: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken ?? '' },
    until: (Expiration?.getTime() ?? 0) - RENEWED_BEFORE,
  }
})

const inApiAccount = configuration.roleArn === undefined ? {} : { credentials }

const parameter = (client: SSMClient, name: string, secret: boolean): (() => Promise<string>) =>
  remembered(async () => {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: secret }))
    return { value: Parameter?.Value ?? '', until: Date.now() + REMEMBERED }
  })

const { url: fixedUrl, urlParameter, apiKeyParameter, roleArn } = configuration
const url =
  urlParameter === undefined
    ? async () => fixedUrl ?? ''
    : parameter(new SSMClient(inApiAccount), urlParameter, false)
const apiKey =
  apiKeyParameter === undefined ? async () => undefined : parameter(new SSMClient({}), apiKeyParameter, true)

const own = new CloudWatchClient({})
const api = roleArn === undefined ? undefined : new CloudWatchClient(inApiAccount)

export const handler = async (event: ScheduledEvent): Promise<object> => {
  const outcome = await runCheck(configuration, await url(), await apiKey())
  const MetricData = outcomeMetrics(configuration.service, new Date(event.time), outcome)
  const put = () => new PutMetricDataCommand({ Namespace: HEALTH_CHECK_NAMESPACE, MetricData })
  // One account out of reach must not keep the other from knowing.
  const results = await Promise.allSettled([own, ...(api ? [api] : [])].map(client => client.send(put())))
  const lost = results.find(result => result.status === 'rejected')
  if (lost) throw lost.reason
  return outcome
}
