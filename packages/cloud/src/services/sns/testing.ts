/** For SNS's tests: an HTTP subscriber. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly path: string
}

/** A local HTTP server that keeps what it is sent and answers with `status`. */
export const startSubscriber = async () => {
  const requests: ReceivedRequest[] = []
  const waiting: Array<() => void> = []
  const state = { status: 200, headers: {} as Record<string, string> }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    requests.push({ headers: request.headers, body, path: request.url ?? '' })
    response.writeHead(state.status, state.headers).end('thanks')
    for (const wake of waiting.splice(0)) wake()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    state,
    requests,
    /** The request of that number, counted from 0, once it has come. */
    request: async (index: number): Promise<ReceivedRequest> => {
      for (;;) {
        const found = requests[index]
        if (found) return found
        await new Promise<void>(resolve => waiting.push(resolve))
      }
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
