import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { HTTP_TIMEOUT } from '../limits.ts'

/** What became of a request: subscribers that are down or overloaded are tried again. */
export type PostOutcome = 'delivered' | 'failed' | 'retryable'

/** Connections to one subscriber at a time. */
const MAX_SOCKETS = 50

const outcomeOf = (status: number): PostOutcome => {
  if (status >= 200 && status < 300) return 'delivered'
  // Redirects are not followed: notifications go where somebody subscribed, and nowhere else.
  return status >= 500 || status === 429 ? 'retryable' : 'failed'
}

/** Posts to subscribers; takes real time, 15 s at most. */
export class HttpPoster {
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS })
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS })

  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<PostOutcome> {
    return new Promise(resolve => {
      const target = new URL(url)
      const isHttps = target.protocol === 'https:'
      const send = isHttps ? httpsRequest : httpRequest
      const authorization = target.username
        ? { auth: `${decodeURIComponent(target.username)}:${decodeURIComponent(target.password)}` }
        : {}
      const request = send(
        target,
        {
          method: 'POST',
          agent: isHttps ? this.#https : this.#http,
          headers: { ...headers, 'content-length': Buffer.byteLength(body) },
          ...authorization,
        },
        response => {
          // The status decides; what the answer says is of no interest.
          response.resume()
          response.on('error', () => {})
          resolve(outcomeOf(response.statusCode ?? 0))
        },
      )
      request.once('socket', () => {
        const timer = setTimeout(() => request.destroy(new Error('timeout')), HTTP_TIMEOUT)
        request.once('close', () => clearTimeout(timer))
      })
      // More than one may come, and an answer may have come before.
      request.on('error', () => resolve('retryable'))
      request.end(body)
    })
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }
}
