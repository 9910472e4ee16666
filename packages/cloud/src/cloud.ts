import { join } from 'node:path'
import { createWireServer, type Handlers } from '@sonde/wire'
import { APIS } from './apis.ts'
import { authorized } from './authorization.ts'
import { createFrontDoor, scopeOf } from './front-door.ts'
import { createClock, type DrivenClock } from './kernel/clock.ts'
import type { RequestContext } from './kernel/context.ts'
import { createFaults, type FaultRegistry } from './kernel/faults.ts'
import { startHttpServer } from './kernel/http-server.ts'
import type { LogEvent } from './kernel/ports.ts'
import { createProcesses } from './kernel/processes.ts'
import { createRequestLog } from './kernel/request-log.ts'
import type { Scope } from './kernel/scope.ts'
import { takeStateDirectory } from './kernel/state-directory.ts'
import { createStore } from './kernel/store.ts'
import { createServices } from './services.ts'
import { VERSION } from './version.ts'

/** How long processes get to end by themselves at shutdown, in real milliseconds. */
const SHUTDOWN_GRACE = 2_000

export interface CloudOptions {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 4566; 0 for any free port. */
  readonly port?: number
  /** Where state is kept (`.sonde`); in memory where absent. */
  readonly directory?: string
  /** The app's folder, to which local commands of models are relative. */
  readonly appDirectory?: string
  /** The account of requests whose credentials name none. Default 000000000000. */
  readonly account?: string
  /** The region of unsigned requests. Default us-east-1. */
  readonly region?: string
  /** Host names and origins beyond loopback that may call. */
  readonly allowedHosts?: readonly string[]
  readonly allowedOrigins?: readonly string[]
  /** Of the X-Ray daemon, UDP and TCP. Default 2000; 0 for any free port. */
  readonly daemonPort?: number
  /** Receives defects of ours: what failed without being an AWS error. */
  readonly onDefect?: (error: unknown, where: string) => void
}

/** A running local cloud. */
export interface Cloud {
  /** `http://127.0.0.1:4566`, to be used as `AWS_ENDPOINT_URL`. */
  readonly endpoint: string
  readonly version: string
  readonly clock: DrivenClock
  readonly faults: FaultRegistry
  /** `127.0.0.1:2000`: where the X-Ray daemon listens, UDP and TCP. */
  readonly daemonAddress: string
  /** How many processes of a former run that was killed were ended at start. */
  readonly endedLeftovers: number
  /** Calls `listener` with what is written to log groups from now on. Returns what ends that. */
  onLogs(
    listener: (scope: Scope, group: string, stream: string, events: readonly LogEvent[]) => void,
  ): () => void
  /** Forgets all state and ends all processes. */
  reset(): Promise<void>
  /** Ends all that it started, flushes and releases the directory. Idempotent. */
  stop(): Promise<void>
}

/**
 * Starts the local cloud.
 *
 * @throws PortUnavailableError, StateDirectoryError in words for the terminal, with nothing left running
 * @example
 * const cloud = await startCloud({ port: 0 })
 * const lambda = new LambdaClient({ endpoint: cloud.endpoint })
 */
export const startCloud = async (options: CloudOptions = {}): Promise<Cloud> => {
  const onDefect = options.onDefect ?? (() => {})
  const directory = options.directory === undefined ? undefined : takeStateDirectory(options.directory)
  const closers: Array<() => Promise<void> | void> = []
  const stopAll = async (): Promise<void> => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) {
      try {
        await closer()
      } catch (error) {
        onDefect(error, 'shutdown')
      }
    }
  }
  try {
    closers.push(() => directory?.release())
    const processes = createProcesses(directory && join(directory.path, 'processes'))
    const endedLeftovers = processes.killLeftovers()
    const clock = createClock(error => onDefect(error, 'timer'))
    closers.push(() => clock.close())
    const store = createStore(directory?.path)
    closers.push(() => store.close())
    const faults = createFaults()
    const requests = createRequestLog()
    const defaultRegion = options.region ?? 'us-east-1'
    const rules = { hosts: new Set(options.allowedHosts), origins: new Set(options.allowedOrigins) }
    let endpoint = ''
    let ready = false

    const services = createServices({
      store,
      clock,
      processes,
      faults,
      defaultAccount: options.account ?? '000000000000',
      appDirectory: options.appDirectory,
      endpoint: () => endpoint,
      daemon: { host: options.host ?? '127.0.0.1', port: options.daemonPort ?? 2000 },
      defaultRegion,
      rules,
      onDefect: error => onDefect(error, 'service'),
    })

    const reset = async (): Promise<void> => {
      faults.clear()
      requests.clear()
      services.doors.reset()
      for (const service of services.all) await service.reset?.()
      store.reset()
    }

    const handlers: Record<string, Handlers<RequestContext>> = {}
    for (const service of services.all) {
      for (const { api, operations } of service.apis) {
        handlers[api] = authorized(api, operations as Handlers<RequestContext>, services.identities)
      }
    }
    const wire = createWireServer<RequestContext>({
      apis: APIS,
      handlers,
      contextOf: ({ credentials, requestId, request }) => {
        const identity = services.identities.resolve(credentials?.accessKeyId)
        return {
          scope: scopeOf(identity, credentials, defaultRegion),
          identity,
          anonymous: credentials === undefined,
          requestId,
          endpoint: request.headers.host ? `http://${request.headers.host}` : endpoint,
          traceHeader: request.headers['x-amzn-trace-id'],
        }
      },
      onDefect,
    })

    closers.push(() => processes.stopAll(SHUTDOWN_GRACE))
    const http = await startHttpServer({
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 4566,
      purpose: 'the AWS endpoint',
      flag: '--port',
      rules,
      handler: createFrontDoor({
        wire,
        identities: services.identities,
        defaultRegion,
        apigateway: services.apigateway,
        dynamodb: services.dynamodb.handle,
        otlp: services.doors.otlp,
        certificate: services.topics.certificate,
        sonde: {
          version: VERSION,
          services: services.all.map(service => service.id),
          ready: () => ready,
          clock,
          faults,
          requests,
          tracing: services.doors.counters,
          mails: services.topics.mails,
          reset,
        },
        requests,
      }),
    })
    endpoint = http.url
    closers.push(() => services.doors.stop())
    await services.doors.start()
    for (const service of services.all) {
      closers.push(() => service.stop?.())
      await service.start?.()
    }
    closers.push(() => http.close())
    // First at shutdown: no timer fires between one service's end and another's.
    closers.push(() => clock.close())
    ready = true

    let stopping: Promise<void> | undefined
    return {
      endpoint,
      daemonAddress: services.doors.address(),
      version: VERSION,
      clock,
      faults,
      endedLeftovers,
      onLogs: listener => services.logs.subscribe(listener),
      reset,
      stop: () => {
        stopping ??= stopAll()
        return stopping
      },
    }
  } catch (error) {
    await stopAll()
    throw error
  }
}
