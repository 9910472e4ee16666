import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createClock } from '../../kernel/clock.ts'
import type { RequestContext } from '../../kernel/context.ts'
import { createStore } from '../../kernel/store.ts'
import type { LogsOperations } from './context.ts'
import { createLogs } from './index.ts'

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

export const startLogs = async (options: { directory?: string; maxTotalBytes?: number } = {}) => {
  const store = createStore(options.directory)
  const clock = createClock()
  clock.step()
  const { maxTotalBytes } = options
  const service = createLogs({
    store,
    clock,
    metrics: { record: () => {} },
    ...(maxTotalBytes !== undefined && { maxTotalBytes }),
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
  return { service, call, clock, now: clock.now(), stop }
}

export const folder = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-logs-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const withStream = async (options: Parameters<typeof startLogs>[0] = {}) => {
  const running = await startLogs(options)
  await running.call.CreateLogGroup({ logGroupName: 'g' })
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
