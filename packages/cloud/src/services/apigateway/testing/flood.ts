import { connect } from 'node:net'

/** What a flood of requests got: answers by status, and the bodies of those refused. */
export interface FloodResult {
  readonly statuses: Readonly<Record<number, number>>
  readonly refusals: ReadonlySet<string>
}

/** Requests on their way through one connection at a time. */
const PIPELINED = 50

/**
 * Sends requests all at once: connections that each carry up to 50, pipelined, so that the server has all of them before
 * the first is answered.
 *
 * @throws Error where a connection breaks before all of its requests are answered
 */
export const flood = async (
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  requests: number,
  onAnswer: (status: number) => void = () => {},
): Promise<FloodResult> => {
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const request = `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
  const statuses: Record<number, number> = {}
  const refusals = new Set<string>()
  const send = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request.repeat(count)))
      let text = ''
      let answered = 0
      socket.on('error', reject)
      socket.on('close', () => (answered < count ? reject(new Error('closed early')) : resolve()))
      socket.on('data', chunk => {
        text += chunk.toString('latin1')
        for (;;) {
          const end = text.indexOf('\r\n\r\n')
          const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0)
          if (end === -1 || text.length < end + 4 + length) break
          const status = Number(text.slice(9, 12))
          statuses[status] = (statuses[status] ?? 0) + 1
          if (status !== 200) refusals.add(text.slice(end + 4, end + 4 + length))
          text = text.slice(end + 4 + length)
          onAnswer(status)
          if (++answered === count) socket.end()
        }
      })
    })
  const batches = Array.from({ length: Math.ceil(requests / PIPELINED) }, (_, index) =>
    Math.min(PIPELINED, requests - index * PIPELINED),
  )
  await Promise.all(batches.map(send))
  return { statuses, refusals }
}
