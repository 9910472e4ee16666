import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckConfiguration } from './check.ts'
import { outcomeMetrics } from './outcome-metrics.ts'
import { runCheck } from './run-check.ts'

const check: CheckConfiguration = {
  service: 'shop',
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"flight":1}',
  expect: { json: { echoed: { equals: '{"flight":1}' }, key: { equals: 'secret' } } },
  timeout: 500,
}

const server = createServer(async (request, response) => {
  if (request.url === '/moved') return void response.writeHead(302, { location: '/' }).end()
  if (request.url === '/never') return
  let body = ''
  for await (const part of request) body += part
  response.end(JSON.stringify({ echoed: body, key: request.headers['x-api-key'] }))
})
let origin = ''

beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe('a check', () => {
  it('sends the request with its key and judges the answer', async () => {
    const outcome = await runCheck(check, `${origin}/`, 'secret')
    expect(outcome).toEqual({ succeeded: true, latency: expect.any(Number) })
  })

  it.each([
    ['/moved', 'status is 302, not 200: '],
    ['/never', 'no answer in time'],
  ])('of %s fails and says why', async (path, why) => {
    expect(await runCheck(check, origin + path, 'secret')).toMatchObject({ succeeded: false, why })
  })

  it('of what is not there fails and says why', async () => {
    const { succeeded, why } = await runCheck(check, 'http://127.0.0.1:2/', undefined)
    expect({ succeeded, why }).toEqual({ succeeded: false, why: expect.stringContaining('ECONNREFUSED') })
  })
})

describe('what is recorded', () => {
  const minute = new Date('2030-01-01T00:01:00Z')
  const valuesOf = (outcome: Parameters<typeof outcomeMetrics>[2]) =>
    Object.fromEntries(
      outcomeMetrics('shop', minute, outcome).map(({ MetricName, Value }) => [MetricName, Value]),
    )

  it('of a success counts it, at the minute it was scheduled for', () => {
    expect(valuesOf({ succeeded: true, latency: 12 })).toEqual({
      Runs: 1,
      Failures: 0,
      Availability: 1,
      Latency: 12,
    })
    expect(outcomeMetrics('shop', minute, { succeeded: true })[0]?.Timestamp).toEqual(minute)
  })

  it('of a failure does not count as available, nor as zero', () => {
    expect(valuesOf({ succeeded: false })).toEqual({ Runs: 1, Failures: 1 })
  })
})
