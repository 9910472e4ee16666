import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import type { MetricSample } from '../../kernel/ports.ts'
import type { ResourceRequest } from '../../kernel/resource-type.ts'
import { createStore } from '../../kernel/store.ts'
import type { LogsOperations } from './context.ts'
import { createLogs, type LogsDependencies } from './index.ts'

export const SCOPE = { account: '123456789012', region: 'us-east-1' }
export const CONTEXT: RequestContext = {
  scope: SCOPE,
  identity: { account: SCOPE.account, arn: '', userId: '' },
  requestId: 'r',
  endpoint: '',
}
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

type Called = { [K in keyof LogsOperations]-?: (input: object) => Promise<Record<string, unknown>> }

type StartOptions = Pick<LogsDependencies, 'functions' | 'maxTotalBytes'> & {
  readonly directory?: string
  /** Where the clock stands, in ms since the epoch. Default: now. */
  readonly time?: number
}

export const startLogs = async ({ directory, time, ...dependencies }: StartOptions = {}) => {
  const store = createStore(directory)
  const clock = createClock()
  clock.step(time)
  const samples: MetricSample[] = []
  const service = createLogs({
    store,
    clock,
    metrics: { record: (_, recorded) => samples.push(...recorded) },
    ...dependencies,
  })
  await service.start?.()
  const operations = service.apis[0]?.operations as Record<
    string,
    (input: object, context: RequestContext) => unknown
  >
  const call = new Proxy({} as Called, {
    get: (_, name: string) => async (input: object) => operations[name]?.(input, CONTEXT),
  })
  let stopped = false
  const stop = async () => {
    if (stopped) return
    stopped = true
    await service.stop?.()
    clock.close()
    store.close()
  }
  onTestFinished(stop)
  return { service, call, clock, now: clock.now(), samples, stop }
}

/** With the group `g`. */
export const withGroup = async (options: StartOptions = {}) => {
  const running = await startLogs(options)
  await running.call.CreateLogGroup({ logGroupName: 'g' })
  const { service, clock } = running
  const log = (stream: string, ...messages: string[]) =>
    service.write(
      SCOPE,
      'g',
      stream,
      messages.map(message => ({ timestamp: clock.now(), message })),
    )
  return { ...running, log }
}

/** CloudFormation's request for a resource that is called `name` where its properties do not say. */
export const resourceRequest = (
  properties: ResourceRequest['properties'],
  name: string,
): ResourceRequest => ({
  scope: SCOPE,
  stackName: 'app',
  stackId: 'arn',
  logicalId: 'Logical',
  properties,
  metadata: {},
  generateName: () => name,
  progress: () => {},
})

export const folder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-logs-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const withStream = async (options: StartOptions = {}) => {
  const running = await withGroup(options)
  await running.call.CreateLogStream({ logGroupName: 'g', logStreamName: 's' })
  const put = (...events: Array<readonly [timestamp: number, message: string]>) =>
    running.call.PutLogEvents({
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: events.map(([timestamp, message]) => ({ timestamp, message })),
    })
  const get = async (more = {}) => {
    const page = await running.call.GetLogEvents({ logGroupName: 'g', logStreamName: 's', ...more })
    return {
      messages: (page.events as Array<{ message: string }>).map(({ message }) => message),
      forward: page.nextForwardToken as string,
      backward: page.nextBackwardToken as string,
    }
  }
  const filter = async (more = {}) => {
    const page = await running.call.FilterLogEvents({ logGroupName: 'g', ...more })
    const events = page.events as Array<{ message: string; logStreamName: string }>
    return { ...page, messages: events.map(({ message }) => message), events, nextToken: page.nextToken }
  }
  return { ...running, put, get, filter }
}
