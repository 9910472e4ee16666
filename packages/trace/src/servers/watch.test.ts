import { once } from 'node:events'
import { get } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { capture } from '../core/capture.ts'
import { startDaemon } from '../testing/daemon.ts'
import { startServer } from '../testing/http-server.ts'
import { traced, traceServers } from './http.ts'

const all = { sampler: { sample: () => ({ sampled: true }) } }
traceServers({ name: 'watched', ...all })

let daemon: Awaited<ReturnType<typeof startDaemon>>
let server: Awaited<ReturnType<typeof startServer>>

beforeEach(async () => {
  daemon = await startDaemon()
})
afterEach(async () => {
  await server.stop()
  await daemon.stop()
})

describe('traceServers', () => {
  it('gives every request of a server that knows nothing of it a segment, on one connection too', async () => {
    server = await startServer((request, response) => {
      capture(`## ${request.url}`, () => {})
      request.resume()
      request.on('end', () => {
        capture('after the body', () => {})
        response.end('done')
      })
    })
    for (const path of ['/a', '/b'])
      await (await fetch(server.url + path, { method: 'POST', body: 'x' })).text()
    const documents = await daemon.documents()
    expect(
      documents.map(({ name, subsegments }) => [name, ...(subsegments ?? []).map(each => each.name)]),
    ).toEqual([
      ['watched', '## /a', 'after the body'],
      ['watched', '## /b', 'after the body'],
    ])
  })

  it('gives a request one segment, where an adapter sees it too', async () => {
    server = await startServer(traced((_request, response) => response.end(), { name: 'adapter', ...all }))
    await (await fetch(server.url)).text()
    expect((await daemon.documents()).map(({ name }) => name)).toEqual(['watched'])
  })

  it('ends the segment of a request whose client goes away, without a status', async () => {
    server = await startServer(() => {})
    const request = get(server.url)
    const gone = new Promise(resolve => request.once('close', resolve))
    request.on('error', () => {})
    await expect.poll(() => server.requests.length).toBe(1)
    const response = server.requests[0]
    request.destroy()
    await gone
    if (response && !response.closed) await once(response, 'close').catch(() => {})
    await expect
      .poll(async () => (await daemon.documents()).map(({ name, http }) => [name, http?.response]))
      .toEqual([['watched', undefined]])
  })
})
