import type { IncomingMessage } from 'node:http'
import { answerJson, type HttpServer, startHttpServer } from '../../../kernel/http-server.ts'
import type { AccessRules } from '../../../kernel/security.ts'

/** An answer to be passed on as it is. */
export interface Forwarded {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export interface SamplingProxyOptions {
  readonly host: string
  readonly port: number
  readonly flag: string
  readonly rules: AccessRules
  /** Sends a sampling call on to X-Ray, signed where it must be. */
  readonly forward: (path: string, body: Buffer) => Promise<Forwarded>
}

/**
 * All that SDKs ask a daemon for. The daemon of AWS passes on whatever comes, signed with its credentials; what reads or
 * changes traces has no business here.
 */
const PATHS = new Set(['/GetSamplingRules', '/SamplingTargets'])
/** 25 statistics are the most that one call has. */
const MAX_BODY = 256 * 1024

/** Of the answer, what tells clients something. */
export const PASSED_HEADERS = ['content-type', 'x-amzn-requestid', 'x-amzn-errortype', 'retry-after']

const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_BODY) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts, length)
}

/**
 * The daemon's TCP side: passes the SDKs' polls for sampling rules and targets on to X-Ray, so that they need neither
 * credentials nor region.
 *
 * @throws PortUnavailableError
 */
export const startSamplingProxy = (options: SamplingProxyOptions): Promise<HttpServer> =>
  startHttpServer({
    host: options.host,
    port: options.port,
    rules: options.rules,
    purpose: 'the X-Ray daemon, TCP',
    flag: options.flag,
    handler: async (request, response) => {
      const [path = ''] = (request.url ?? '').split('?')
      if (request.method !== 'POST' || !PATHS.has(path)) {
        request.resume()
        response.setHeader('x-amzn-errortype', 'AccessDeniedException')
        answerJson(response, 403, {
          message: `${request.method} ${path} is not passed on: the daemon serves POST ${[...PATHS].join(' and ')}.`,
        })
        return
      }
      const body = await readBody(request)
      if (!body) {
        request.resume()
        answerJson(response, 413, { message: `The request body exceeds ${MAX_BODY} bytes.` })
        return
      }
      try {
        const answer = await options.forward(path, body)
        response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length })
        response.end(answer.body)
      } catch (error) {
        answerJson(response, 502, { message: `X-Ray could not be asked: ${(error as Error).message}` })
      }
    },
  })
