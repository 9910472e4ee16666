import type { Clock } from '../../../kernel/clock.ts'
import type { HttpServer } from '../../../kernel/http-server.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { AccessRules } from '../../../kernel/security.ts'
import { createOtlpDoor, type OtlpCounters, type OtlpDoor } from '../otlp/door.ts'
import { startOtlpServer } from '../otlp/server.ts'
import type { TranslateOptions } from '../otlp/translate/segment.ts'
import { createDaemon, type DaemonCounters } from './daemon.ts'
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
  ({ endpoint, defaultScope, clock }: XRayDoorsDependencies) =>
  async (path: string, body: Buffer): Promise<Forwarded> => {
    const response = await fetch(`${endpoint()}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: authorizationOf(defaultScope, clock.now()),
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
  const daemon = createDaemon({
    ...udpAddress,
    ...(flag !== undefined && { flag }),
    ...(rules && { rules }),
    ...(translation && { translation }),
    ...(onDefect && { onFailure: onDefect }),
    now: () => clock.now(),
    deliver: async documents => (await take(defaultScope, documents)).length,
    // While the disk keeps one batch, the next ones are read.
    concurrency: 4,
    forward: forwardTo(dependencies),
  })
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
      await Promise.all([server?.close(), daemon.stop()])
      server = undefined
    },
    reset: daemon.discard,
    otlpUrl: () => server?.url,
    counters: () => ({ daemon: daemon.counters(), otlp: otlp.counters() }),
    address: daemon.address,
    otlp: { handle: otlp.handle },
  }
}
