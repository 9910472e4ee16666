import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { type RunningApp, startApp } from './running-app.ts'

/** Of the service, and of its health check. */
export const SERVICE = '000000000000'
export const CHECKS = '111111111111'

const MINUTE = 60_000

export type Dimensions = Readonly<Record<string, string>>

export interface Mail {
  readonly subject: string
  readonly body: string
}

/** The running app on a clock that tests move, while functions and model really run. */
export interface SteppedApp {
  readonly app: RunningApp
  /** Outputs of the service's stack. */
  readonly names: Readonly<Record<string, string>>
  /** Of an SDK client in an account. */
  options(account: string): {
    readonly endpoint: string
    readonly region: string
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
  /** The clock's time, in ms since the epoch. */
  now(): Promise<number>
  advance(milliseconds: number): Promise<void>
  /** Minute by minute. */
  minutes(count: number): Promise<void>
  /** A statistic over all that has happened, in one value; 0 where there is no datapoint. */
  over(
    namespace: string,
    name: string,
    dimensions: Dimensions,
    statistic?: string,
    account?: string,
  ): Promise<number>
  /** Strikes every request with a fault, or none. */
  fault(fault: object | undefined): Promise<void>
  /** What SNS would have sent, oldest first. */
  mails(): Promise<Mail[]>
  end(): Promise<void>
}

const request = async <T>(endpoint: string, path: string, method: string, body?: object): Promise<T> => {
  const response = await fetch(`${endpoint}/_sonde/${path}`, {
    method,
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
  return (response.status === 204 ? undefined : await response.json()) as T
}

export const startSteppedApp = async (): Promise<SteppedApp> => {
  const state = mkdtempSync(join(tmpdir(), 'sonde-stepped-'))
  const app = await startApp(state)
  const { endpoint } = app
  const now = async (): Promise<number> => (await request<{ now: number }>(endpoint, 'clock', 'GET')).now
  const start = Math.ceil((await now()) / MINUTE) * MINUTE
  await request(endpoint, 'clock', 'POST', { mode: 'stepped', at: new Date(start).toISOString() })
  const options = (account: string) => ({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: account, secretAccessKey: 'local' },
  })
  const { Stacks } = await new CloudFormationClient(options(SERVICE)).send(
    new DescribeStacksCommand({ StackName: 'FlightDelay' }),
  )
  const names = Object.fromEntries(
    (Stacks?.[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  )
  const advance = (milliseconds: number): Promise<void> =>
    request(endpoint, 'clock', 'POST', { advance: milliseconds })

  return {
    app,
    names,
    options,
    now,
    advance,
    minutes: async count => {
      for (let minute = 0; minute < count; minute++) await advance(MINUTE)
    },
    over: async (namespace, name, dimensions, statistic = 'Sum', account = SERVICE) => {
      const end = Math.ceil(((await now()) + 1) / MINUTE) * MINUTE
      const Metric = {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      }
      const { MetricDataResults = [] } = await new CloudWatchClient(options(account)).send(
        new GetMetricDataCommand({
          StartTime: new Date(start - 60 * MINUTE),
          EndTime: new Date(end),
          MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat: statistic } }],
        }),
      )
      const values = MetricDataResults[0]?.Values ?? []
      return statistic === 'Maximum' || statistic.startsWith('p')
        ? Math.max(0, ...values)
        : values.reduce((sum, value) => sum + value, 0)
    },
    fault: fault => request(endpoint, 'faults', fault ? 'POST' : 'DELETE', fault),
    mails: async () => (await request<{ mails: Mail[] }>(endpoint, 'mailbox', 'GET')).mails.reverse(),
    end: async () => {
      await app.end('SIGTERM')
      rmSync(state, { recursive: true, force: true })
    },
  }
}
