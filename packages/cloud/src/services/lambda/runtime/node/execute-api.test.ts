import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const { routeExecuteApi } = createRequire(import.meta.url)('./execute-api.cjs') as {
  routeExecuteApi(endpoint: string): void
}

const original = globalThis.fetch
const server = createServer((request, response) => void response.end(`${request.method} ${request.url}`))
let endpoint = ''

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  routeExecuteApi(endpoint)
})
afterAll(() => {
  globalThis.fetch = original
  server.closeAllConnections()
  server.close()
})

const URL_OF_API = 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/predictions?x=1'
const REACHED = '/_aws/execute-api/abc123/prod/predictions?x=1'

describe('fetch in a function', () => {
  it.each([
    ['a text', () => fetch(URL_OF_API, { method: 'POST' })],
    ['a URL', () => fetch(new URL(URL_OF_API), { method: 'POST' })],
    ['a Request', () => fetch(new Request(URL_OF_API, { method: 'POST', body: 'x' }))],
  ])('finds a deployed API by %s', async (_, call) => {
    expect(await (await call()).text()).toBe(`POST ${REACHED}`)
  })

  it('leaves all else alone', async () => {
    expect(await (await fetch(`${endpoint}/execute-api`)).text()).toBe('GET /execute-api')
  })
})
