import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestCloud } from './testing.ts'

let cloud: Awaited<ReturnType<typeof startTestCloud>>
beforeAll(async () => {
  cloud = await startTestCloud()
})
afterAll(() => cloud.stop())

/** `fetch` cannot send a foreign Host. */
const send = (
  path: string,
  options: {
    readonly method?: string
    readonly headers?: Record<string, string>
    readonly body?: string
  } = {},
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> =>
  new Promise((resolve, reject) => {
    const sent = request(`${cloud.endpoint}${path}`, options, async response => {
      resolve({ status: response.statusCode ?? 0, body: await text(response), headers: response.headers })
    })
    sent.once('error', reject)
    sent.end(options.body)
  })

const sonde = async (path: string, body?: unknown) => {
  const answer = await send(`/_sonde${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.status, ...(answer.body && JSON.parse(answer.body)) }
}

describe('the health of the cloud', () => {
  it('is ready once everything runs', async () => {
    const health = await sonde('/health')
    expect(health).toMatchObject({ status: 'ready', version: expect.stringMatching(/^\d/) })
    expect(health.services).toContain('lambda')
  })
})

describe('a request from outside', () => {
  it.each([
    ['of a foreign page', { origin: 'https://evil.example' }],
    ['to a rebound name', { host: 'evil.example' }],
  ])('%s is refused before any work, on every path', async (_case, headers) => {
    for (const path of ['/_sonde/reset', '/_sonde/mailbox', '/', '/_aws/execute-api/abc/prod/x']) {
      expect((await send(path, { method: 'POST', headers })).status).toBe(403)
    }
  })
})

describe('a request that no service takes', () => {
  it('for a service we do not have is 501 and names it', async () => {
    const answer = await send('/', {
      method: 'POST',
      headers: { 'x-amz-target': 'Kinesis_20131202.PutRecord', 'content-type': 'application/x-amz-json-1.1' },
      body: '{}',
    })
    expect(answer.status).toBe(501)
    expect(JSON.parse(answer.body)).toEqual({
      __type: 'NotImplemented',
      message: 'Kinesis_20131202: PutRecord is not implemented by Sonde.',
    })
  })

  it('for an API that does not exist is Forbidden, as on AWS', async () => {
    const answer = await send('/_aws/execute-api/nosuchapi0/prod/x')
    expect(answer.status).toBe(403)
    expect(JSON.parse(answer.body)).toEqual({ message: 'Forbidden' })
  })
})

describe('credentials', () => {
  const whoAmI = async (accessKeyId: string) => {
    const client = new STSClient({ ...cloud.client, credentials: { accessKeyId, secretAccessKey: 'x' } })
    return (await client.send(new GetCallerIdentityCommand({}))).Account
  }

  it.each([
    ['of 12 digits name their account', '999988887777', '999988887777'],
    ['of any other form are the default account', 'test', '123456789012'],
  ])('%s', async (_case, accessKeyId, account) => {
    expect(await whoAmI(accessKeyId)).toBe(account)
  })
})

describe('the clock', () => {
  it('can be stepped and advanced over HTTP', async () => {
    const at = '2030-01-01T00:00:00.000Z'
    expect(await sonde('/clock', { mode: 'stepped', at })).toMatchObject({ mode: 'stepped', time: at })
    expect(await sonde('/clock', { advance: 60_000 })).toMatchObject({ time: '2030-01-01T00:01:00.000Z' })
    expect(await sonde('/clock', { mode: 'real' })).toMatchObject({ mode: 'real' })
  })

  it.each([
    [{ mode: 'sideways' }, 'mode must be real, scaled or stepped.'],
    [{ speed: 60 }, 'speed belongs to mode scaled.'],
    [{ mode: 'real', at: 0 }, 'at belongs to mode stepped.'],
    [{ sped: 2 }, 'Unknown sped. Known: mode, speed, at, advance.'],
    [{ advance: 5 }, 'only a stepped clock can be advanced'],
    ['{', 'The body must be a JSON object.'],
  ])('refuses %j in one line', async (body, message) => {
    expect(await sonde('/clock', body)).toEqual({ status: 400, message })
  })
})

describe('a fault', () => {
  it.each([
    [
      { point: 'lamda.invoke' },
      'point must be one of apigateway.integration, dynamodb.request, lambda.invoke, sagemaker.invoke.',
    ],
    [
      { point: 'lambda.invoke', error: 'out' },
      'error must be {"code": text, "message": text, "status": 400 to 599}.',
    ],
    [{ point: 'lambda.invoke', drop: 'yes' }, 'drop must be true or false.'],
  ])('%j is refused instead of never striking', async (fault, message) => {
    expect(await sonde('/faults', fault)).toEqual({ status: 400, message })
  })
})

describe('the counters of the doors to X-Ray', () => {
  it('tell what arrived and what was dropped', async () => {
    expect(await sonde('/tracing')).toMatchObject({ daemon: { datagrams: 0 }, otlp: { requests: 0 } })
  })
})

describe('the request log', () => {
  it('tells service, operation and outcome', async () => {
    await new STSClient(cloud.client).send(new GetCallerIdentityCommand({}))
    const { requests } = await sonde('/requests')
    expect(requests.at(-1)).toMatchObject({ service: 'sts', operation: 'GetCallerIdentity', status: 200 })
  })
})
