import type { IncomingMessage, ServerResponse } from 'node:http'
import type { DrivenClock } from './clock.ts'
import { FAULT_POINTS, type Fault, type FaultRegistry } from './faults.ts'
import { answerJson } from './http-server.ts'
import type { RequestLog } from './request-log.ts'

/** What `/_sonde/` serves: that for which AWS has no API. For local tools alone. */
export interface SondeApiDependencies {
  readonly version: string
  readonly services: readonly string[]
  /** Whether every service has resumed what it was running. */
  readonly ready: () => boolean
  readonly clock: DrivenClock
  readonly faults: FaultRegistry
  readonly requests: RequestLog
  /** What the X-Ray daemon and OTLP took and dropped. */
  readonly tracing: () => object
  /** The mails that SNS would have sent, the newest first. */
  readonly mails: () => readonly object[]
  readonly reset: () => Promise<void>
}

const MAX_BODY = 64 * 1024
const FAULT_KEYS = new Set(['point', 'target', 'probability', 'latency', 'error', 'drop'])
const CLOCK_KEYS = new Set(['mode', 'speed', 'at', 'advance'])

class BadRequest extends Error {}

const readJson = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  // A character may be torn between two parts.
  request.setEncoding('utf8')
  let text = ''
  for await (const part of request) {
    text += part
    if (text.length > MAX_BODY) throw new BadRequest(`The body exceeds ${MAX_BODY} bytes.`)
  }
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch {
    // Told below.
  }
  throw new BadRequest('The body must be a JSON object.')
}

const refuseUnknown = (value: Record<string, unknown>, known: ReadonlySet<string>): void => {
  const unknown = Object.keys(value).filter(key => !known.has(key))
  if (unknown.length > 0) {
    throw new BadRequest(`Unknown ${unknown.join(', ')}. Known: ${[...known].join(', ')}.`)
  }
}

const describeClock = (clock: DrivenClock) => ({
  mode: clock.mode,
  now: clock.now(),
  time: new Date(clock.now()).toISOString(),
  speed: clock.speed,
})

/** A time as ms since the epoch or in ISO 8601. */
const timeOf = (value: unknown): number | undefined => {
  if (value === undefined) return undefined
  const time = typeof value === 'number' ? value : Date.parse(String(value))
  if (Number.isNaN(time)) throw new BadRequest('at must be milliseconds since the epoch, or ISO 8601.')
  return time
}

const driveClock = async (clock: DrivenClock, body: Record<string, unknown>): Promise<void> => {
  refuseUnknown(body, CLOCK_KEYS)
  const { mode, speed, at, advance } = body
  if (speed !== undefined && mode !== 'scaled') throw new BadRequest('speed belongs to mode scaled.')
  if (at !== undefined && mode !== 'stepped') throw new BadRequest('at belongs to mode stepped.')
  if (mode === 'real') clock.follow()
  else if (mode === 'scaled') clock.scale(Number(speed))
  else if (mode === 'stepped') clock.step(timeOf(at))
  else if (mode !== undefined) throw new BadRequest('mode must be real, scaled or stepped.')
  if (advance !== undefined) await clock.advance(Number(advance))
}

const isFaultError = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false
  const { code, message, status } = value as Record<string, unknown>
  const texts = typeof code === 'string' && typeof message === 'string'
  return texts && Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599
}

const parseFault = (body: Record<string, unknown>): Fault => {
  refuseUnknown(body, FAULT_KEYS)
  const { point, target, probability = 1, latency = 0, error, drop = false } = body
  if (!FAULT_POINTS.some(known => known === point)) {
    throw new BadRequest(`point must be one of ${FAULT_POINTS.join(', ')}.`)
  }
  if (target !== undefined && typeof target !== 'string') throw new BadRequest('target must be a name.')
  if (typeof drop !== 'boolean') throw new BadRequest('drop must be true or false.')
  if (error !== undefined && !isFaultError(error)) {
    throw new BadRequest('error must be {"code": text, "message": text, "status": 400 to 599}.')
  }
  if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1)) {
    throw new BadRequest('probability must be from 0 to 1.')
  }
  if (typeof latency !== 'number' || !(latency >= 0)) throw new BadRequest('latency must be milliseconds.')
  return body as unknown as Fault
}

type Handler = (request: IncomingMessage, dependencies: SondeApiDependencies) => unknown

/** By method and path below `/_sonde`; `undefined` answers 204. */
const ROUTES: Readonly<Record<string, Handler>> = {
  'GET /health': (_request, { version, services, ready }) => ({
    status: ready() ? 'ready' : 'starting',
    version,
    services,
  }),
  'GET /clock': (_request, { clock }) => describeClock(clock),
  'POST /clock': async (request, { clock }) => {
    await driveClock(clock, await readJson(request))
    return describeClock(clock)
  },
  'GET /faults': (_request, { faults }) => ({ faults: faults.list() }),
  'POST /faults': async (request, { faults }) => ({ id: faults.add(parseFault(await readJson(request))) }),
  'DELETE /faults': (_request, { faults }) => faults.clear(),
  'GET /requests': (_request, { requests }) => ({ requests: requests.latest() }),
  'GET /tracing': (_request, { tracing }) => tracing(),
  'GET /mailbox': (_request, { mails }) => ({ mails: mails() }),
  'POST /reset': (_request, { reset }) => reset(),
}

/** Serves `/_sonde/…`. */
export const serveSondeApi = async (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  dependencies: SondeApiDependencies,
): Promise<void> => {
  const handler = ROUTES[`${request.method} ${path}`]
  if (!handler) {
    const known = Object.keys(ROUTES).filter(route => route.endsWith(` ${path}`))
    answerJson(response, known.length > 0 ? 405 : 404, {
      message: `No ${request.method} /_sonde${path}. There is: ${Object.keys(ROUTES)
        .map(route => route.replace(' ', ' /_sonde'))
        .join(', ')}.`,
    })
    return
  }
  try {
    const value = await handler(request, dependencies)
    if (value === undefined) response.writeHead(204).end()
    else answerJson(response, 200, value)
  } catch (error) {
    if (!(error instanceof BadRequest || error instanceof RangeError)) throw error
    answerJson(response, 400, { message: error.message })
  }
}
