import type { Clock } from '../../../kernel/clock.ts'
import type { HttpServer } from '../../../kernel/http-server.ts'
import { type Scope, scopeKey } from '../../../kernel/scope.ts'
import type { AccessRules } from '../../../kernel/security.ts'
import { createOtlpDoor, type OtlpCounters, type OtlpDoor } from '../otlp/door.ts'
import { startOtlpServer } from '../otlp/server.ts'
import type { TranslateOptions } from '../otlp/translate/segment.ts'
import { addCounters, createDaemon, type Daemon, type DaemonCounters } from './daemon.ts'
import { type Forwarded, PASSED_HEADERS } from './sampling-proxy.ts'
import type { Take } from './take.ts'

export interface XRayDoorsDependencies {
  readonly take: Take
  /** A port for OTLP alone, 4318 by custom; none where absent. Whose spans come there are of the default scope. */
  readonly otlpAddress?: { readonly host: string; readonly port: number }
  /** Whose datagrams are: they name neither account nor region. */
  readonly defaultScope: Scope
  /** Default 127.0.0.1:2000; port 0 for any that is free for both protocols. */
  readonly udpAddress?: { readonly host: string; readonly port: number }
  /** The cloud's own AWS endpoint, to which sampling calls go. Read at each call. */
  readonly endpoint: () => string
  readonly clock: Pick<Clock, 'now'>
  /** Which flag changes the port: printed when it is taken. Default `--daemon-port`. */
  readonly flag?: string
  readonly rules?: AccessRules
  readonly translation?: TranslateOptions
  /** Receives what the store refused whole, and defects of ours. */
  readonly onDefect?: (error: unknown) => void
}

/** Everything through which documents come besides PutTraceSegments. */
export interface XRayDoors {
  /** @throws PortUnavailableError */
  start(): Promise<void>
  /** Stops listening and hands over what waits. Idempotent. */
  stop(): Promise<void>
  /** Forgets documents that wait, so that none of before a reset arrives after it. */
  reset(): void
  counters(): { readonly daemon: DaemonCounters; readonly otlp: Readonly<OtlpCounters> }
  /** `127.0.0.1:2000`, for AWS_XRAY_DAEMON_ADDRESS. Known once it is started. */
  address(): string
  /**
   * The daemon's address for what runs in a scope. Datagrams name neither account nor region, so that each scope beside
   * the default one has a daemon of its own, on a port that is free, which is opened when it is first asked for.
   *
   * @throws PortUnavailableError where the machine gives no port
   */
  addressOf(scope: Scope): Promise<string>
  /** `http://127.0.0.1:4318` where OTLP has a port of its own and is started. */
  otlpUrl(): string | undefined
  readonly otlp: Pick<OtlpDoor, 'handle'>
}

/** Within the machine; only a cloud that hangs takes longer. */
const FORWARD_TIMEOUT = 10_000

/** Names the scope as a signature would; the cloud takes any credentials. */
const authorizationOf = ({ account, region }: Scope, now: number): string => {
  const date = new Date(now).toISOString().slice(0, 10).replaceAll('-', '')
  const scope = `${account}/${date}/${region}/xray/aws4_request`
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=local`
}

const forwardTo =
  ({ endpoint, clock }: XRayDoorsDependencies, scope: Scope) =>
  async (path: string, body: Buffer): Promise<Forwarded> => {
    const response = await fetch(`${endpoint()}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: authorizationOf(scope, clock.now()),
      },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(FORWARD_TIMEOUT),
    })
    const headers = PASSED_HEADERS.flatMap(name => {
      const value = response.headers.get(name)
      return value === null ? [] : [[name, value] as const]
    })
    return {
      status: response.status,
      headers: Object.fromEntries(headers),
      body: Buffer.from(await response.arrayBuffer()),
    }
  }

/**
 * The doors of the local X-Ray: the daemon's UDP and TCP, and OTLP over HTTP.
 *
 * @example
 * const doors = createXRayDoors({ take, defaultScope, endpoint: () => cloud.endpoint, clock })
 * await doors.start()
 */
export const createXRayDoors = (dependencies: XRayDoorsDependencies): XRayDoors => {
  const { take, defaultScope, udpAddress, otlpAddress, clock, translation, flag, rules, onDefect } =
    dependencies
  const daemonOf = (scope: Scope, address: { readonly host?: string; readonly port?: number }): Daemon =>
    createDaemon({
      ...address,
      ...(flag !== undefined && { flag }),
      ...(rules && { rules }),
      ...(translation && { translation }),
      ...(onDefect && { onFailure: onDefect }),
      now: () => clock.now(),
      deliver: async documents => (await take(scope, documents)).length,
      // While the disk keeps one batch, the next ones are read.
      concurrency: 4,
      forward: forwardTo(dependencies, scope),
    })
  const daemon = daemonOf(defaultScope, udpAddress ?? {})
  const host = udpAddress?.host
  /** Of other scopes, by scope, each with its start. */
  const others = new Map<string, { readonly daemon: Daemon; readonly started: Promise<void> }>()
  let stopped = false

  const addressOf = async (scope: Scope): Promise<string> => {
    const key = scopeKey(scope)
    if (key === scopeKey(defaultScope)) return daemon.address()
    let other = others.get(key)
    if (!other) {
      if (stopped) throw new Error('The doors of X-Ray are closed')
      const added = daemonOf(scope, { ...(host !== undefined && { host }), port: 0 })
      other = { daemon: added, started: added.start() }
      others.set(key, other)
      // Asked again, another port is tried.
      other.started.catch(() => others.delete(key))
    }
    await other.started
    return other.daemon.address()
  }

  const stopOthers = async (): Promise<void> => {
    stopped = true
    await Promise.all(
      [...others.values()].map(({ daemon: other, started }) =>
        started.then(
          () => other.stop(),
          () => undefined,
        ),
      ),
    )
  }

  const otlp = createOtlpDoor({ take, clock, ...(translation && { translation }) })
  let server: HttpServer | undefined
  return {
    start: async () => {
      await daemon.start()
      if (!otlpAddress) return
      try {
        server = await startOtlpServer({
          ...otlpAddress,
          door: otlp,
          scope: defaultScope,
          ...(rules && { rules }),
        })
      } catch (error) {
        await daemon.stop()
        throw error
      }
    },
    stop: async () => {
      await Promise.all([server?.close(), daemon.stop(), stopOthers()])
      server = undefined
    },
    reset: () => {
      for (const each of [daemon, ...[...others.values()].map(other => other.daemon)]) each.discard()
    },
    otlpUrl: () => server?.url,
    counters: () => ({
      daemon: [...others.values()].reduce(
        (sum, other) => addCounters(sum, other.daemon.counters()),
        daemon.counters(),
      ),
      otlp: otlp.counters(),
    }),
    address: daemon.address,
    addressOf,
    otlp: { handle: otlp.handle },
  }
}
