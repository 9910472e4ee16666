import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BatchGetTracesCommand, XRayClient } from '@aws-sdk/client-xray'
import { startTestCloud, TEST_ACCOUNT, TEST_REGION } from '@sonde/cloud/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRelay, describeFailure, isRetryable } from './relay.ts'
import { backOff, retry } from './retry.ts'

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret-of-the-test',
  sessionToken: 'token-of-the-test',
}
const REGION = 'eu-west-1'

interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** An endpoint that answers as it is told, the last answer for all that follow. */
const startEndpoint = async () => {
  const received: Received[] = []
  const answers: Array<readonly [status: number, body: string, headers?: Record<string, string>]> = []
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', part => {
      body += part
    })
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body })
      const [status, text, headers] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [
        200,
        '{"UnprocessedTraceSegments":[]}',
      ]
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(text)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, received, answers, close: () => server.close() }
}

describe('the relay', () => {
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>
  const relays: Array<{ close(): void }> = []
  beforeEach(async () => {
    endpoint = await startEndpoint()
  })
  afterEach(() => {
    for (const relay of relays.splice(0)) relay.close()
    endpoint.close()
  })

  const start = (onTrouble: (text: string) => void = () => {}) => {
    const relay = createRelay({
      client: { region: REGION, endpoint: endpoint.url, credentials: CREDENTIALS },
      retries: { base: 1, cap: 2, attempts: 4 },
      onTrouble,
    })
    relays.push(relay)
    return relay
  }

  it('sends documents as they are, signed for X-Ray in the region', async () => {
    const documents = ['{"id":"1"}', 'not even JSON']
    expect(await start().deliver(documents)).toBe(0)
    const [request] = endpoint.received
    expect(request?.path).toBe('/TraceSegments')
    expect(JSON.parse(request?.body ?? '')).toEqual({ TraceSegmentDocuments: documents })
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/xray\/aws4_request/,
    )
  })

  it('says how many documents X-Ray did not take', async () => {
    endpoint.answers.push([200, '{"UnprocessedTraceSegments":[{"ErrorCode":"MissingId","Message":"x"}]}'])
    expect(await start().deliver(['{}', '{}'])).toBe(1)
  })

  it('tries again what throttling and failures held up', async () => {
    const trouble: string[] = []
    endpoint.answers.push(
      [429, '{"Message":"slow down"}', { 'x-amzn-errortype': 'ThrottledException' }],
      [503, ''],
      [200, '{"UnprocessedTraceSegments":[]}'],
    )
    const relay = start(text => trouble.push(text))
    expect(await relay.deliver(['{}'])).toBe(0)
    expect(endpoint.received.length).toBe(3)
    expect(relay.retries()).toBe(2)
    expect(trouble[0]).toBe('ThrottledException (429): slow down')
  })

  it('tries again when nobody listens, and gives up in the end', async () => {
    endpoint.close()
    const relay = start()
    await expect(relay.deliver(['{}'])).rejects.toThrow()
    expect(relay.retries()).toBe(3)
  })

  it('does not repeat what X-Ray refused, nor tells what was signed', async () => {
    const canonical = 'The Canonical String was x-amz-security-token:token-of-the-test'
    endpoint.answers.push([
      403,
      JSON.stringify({ message: canonical }),
      { 'x-amzn-errortype': 'InvalidSignatureException' },
    ])
    const failure = await start()
      .deliver(['{}'])
      .catch(error => error)
    expect(endpoint.received.length).toBe(1)
    expect(describeFailure(failure)).toBe('InvalidSignatureException (403)')
  })

  it('passes a sampling call on byte for byte, and its answer', async () => {
    const body = '{ "SamplingStatisticsDocuments": [], "New": {"member": 1.50} }'
    const text = '{"SamplingTargetDocuments":[],"LastRuleModification":1.5e9,"New":[1.50]}'
    endpoint.answers.push([200, text, { 'x-amzn-requestid': 'abc' }])
    const answer = await start().forward('/SamplingTargets', Buffer.from(body))
    expect(Buffer.from(answer.body).toString()).toBe(text)
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': 'abc' },
    })
    const [request] = endpoint.received
    expect([request?.path, request?.body]).toEqual(['/SamplingTargets', body])
    expect(request?.headers['content-length']).toBe(String(body.length))
    expect(request?.headers.authorization).toContain('/eu-west-1/xray/aws4_request')
  })

  it('passes on what X-Ray answers to a sampling call it refuses', async () => {
    const text = '{"Message":"no"}'
    endpoint.answers.push([400, text, { 'x-amzn-errortype': 'InvalidRequestException' }])
    const answer = await start().forward('/GetSamplingRules', Buffer.from('{}'))
    expect(answer).toMatchObject({ status: 400, headers: { 'x-amzn-errortype': 'InvalidRequestException' } })
    expect(Buffer.from(answer.body).toString()).toBe(text)
  })
})

describe('a retry', () => {
  const failing = (times: number) => {
    let calls = 0
    return async () => {
      calls++
      if (calls <= times) throw new Error(`attempt ${calls}`)
      return calls
    }
  }

  it.each([
    [1, 1, 200],
    [2, 1, 400],
    [3, 0.5, 400],
    [8, 1, 20_000],
    [100, 1, 20_000],
    [100, 0, 0],
  ])('waits after attempt %i with chance %d for %i ms', (attempt, chance, wait) => {
    expect(backOff(attempt, 200, 20_000, () => chance)).toBe(wait)
  })

  it('ends with the first success', async () => {
    await expect(retry(failing(3), { base: 1, isRetryable: () => true })).resolves.toBe(4)
  })

  it('gives up after its attempts', async () => {
    const limits = { attempts: 3, base: 1, isRetryable: () => true }
    await expect(retry(failing(5), limits)).rejects.toThrow('attempt 3')
  })

  it('has one more attempt when it is told to hurry, without waiting', async () => {
    const hurry = new AbortController()
    const running = retry(failing(9), {
      base: 3_600_000,
      random: () => 1,
      signal: hurry.signal,
      isRetryable: () => true,
      onRetry: () => hurry.abort(),
    })
    await expect(running).rejects.toThrow('attempt 2')
  })

  it.each([
    ['no connection', {}, true],
    ['throttling', { $metadata: { httpStatusCode: 429 } }, true],
    ['a failure of the service', { $metadata: { httpStatusCode: 500 } }, true],
    ['credentials that ran out', { name: 'ExpiredTokenException', $metadata: { httpStatusCode: 403 } }, true],
    ['a refusal', { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } }, false],
    ['an invalid request', { $metadata: { httpStatusCode: 400 } }, false],
  ])('after %s: %#', (_, members, expected) => {
    expect(isRetryable(Object.assign(new Error('x'), members))).toBe(expected)
  })
})

describe('sonde daemon', () => {
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>
  let child: ChildProcess | undefined
  let output = ''
  beforeEach(async () => {
    endpoint = await startEndpoint()
    output = ''
  })
  afterEach(async () => {
    if (child && child.exitCode === null) {
      const ended = new Promise(resolve => child?.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
    }
    child = undefined
    endpoint.close()
  })

  const RUN = `
    import { daemonCommand } from ${JSON.stringify(new URL('../commands/daemon.ts', import.meta.url).href)}
    import { parseArguments } from ${JSON.stringify(new URL('../command.ts', import.meta.url).href)}
    import { createTerminal } from ${JSON.stringify(new URL('../terminal.ts', import.meta.url).href)}
    process.exitCode = await daemonCommand.run(
      parseArguments(daemonCommand, process.argv.slice(1), process.env), createTerminal())`

  const startDaemon = async (...words: string[]): Promise<number> => {
    child = spawn(process.execPath, ['--input-type=module', '--eval', RUN, '--', '--port', '0', ...words], {
      env: { PATH: process.env.PATH, AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey },
    })
    child.stdout?.on('data', part => {
      output += part
    })
    child.stderr?.on('data', part => {
      output += part
    })
    await vi.waitFor(() => expect(output).toContain('ready at'), 20_000)
    return Number(/ready at 127\.0\.0\.1:(\d+)/.exec(output)?.[1])
  }

  const sendAll = async (port: number, texts: readonly string[]): Promise<void> => {
    const socket = createSocket('udp4')
    for (const text of texts) await new Promise(resolve => socket.send(text, port, '127.0.0.1', resolve))
    socket.close()
  }

  it('relays datagrams and sampling calls, and tells its counters when asked and at the end', async () => {
    const port = await startDaemon('--endpoint', endpoint.url)
    const header = '{"format":"json","version":1}\n'
    await sendAll(port, [`${header}{"id":"1"}`, 'malformed', `${header}{"id":"2"}`])
    await vi.waitFor(() => expect(endpoint.received.length).toBe(1), 10_000)
    expect(JSON.parse(endpoint.received[0]?.body ?? '')).toEqual({
      TraceSegmentDocuments: ['{"id":"1"}', '{"id":"2"}'],
    })
    endpoint.answers.push([200, '{"SamplingRuleRecords":[]}'])
    const answer = await fetch(`http://127.0.0.1:${port}/GetSamplingRules`, { method: 'POST', body: '{}' })
    expect(await answer.text()).toBe('{"SamplingRuleRecords":[]}')
    child?.kill('SIGUSR1')
    const line = '3 datagrams received, 1 datagrams malformed, 2 documents delivered, 0 documents dropped'
    await vi.waitFor(() => expect(output).toContain(line), 10_000)
    await sendAll(port, [`${header}{"id":"3"}`])
    await vi.waitFor(
      () => {
        child?.kill('SIGUSR1')
        expect(output).toContain('4 datagrams received')
      },
      { timeout: 10_000, interval: 50 },
    )
    const ended = new Promise(resolve => child?.once('exit', resolve))
    child?.kill('SIGTERM')
    expect(await ended).toBe(0)
    // What had waited less than a second went out before the end.
    expect(output).toContain('3 documents delivered')
    expect(output).not.toContain(CREDENTIALS.secretAccessKey)
    expect(output).not.toContain('Debugger')
  })

  it('relays into a local cloud, whose account and region it takes', async () => {
    const cloud = await startTestCloud({ daemonPort: 0 })
    const client = new XRayClient(cloud.client)
    try {
      const place = ['--account', TEST_ACCOUNT, '--region', TEST_REGION]
      const port = await startDaemon('--endpoint', cloud.endpoint, ...place)
      const time = Math.floor(Date.now() / 1_000)
      const traceId = `1-${time.toString(16)}-${'a'.repeat(24)}`
      const document = {
        id: 'a'.repeat(16),
        trace_id: traceId,
        name: 'flights',
        start_time: time,
        end_time: time + 1,
      }
      await sendAll(port, [`{"format":"json","version":1}\n${JSON.stringify(document)}`])
      await vi.waitFor(
        async () => {
          const { Traces } = await client.send(new BatchGetTracesCommand({ TraceIds: [traceId] }))
          expect(JSON.parse(Traces?.[0]?.Segments?.[0]?.Document ?? '{}')).toMatchObject(document)
        },
        { timeout: 15_000, interval: 50 },
      )
      const rules = await fetch(`http://127.0.0.1:${port}/GetSamplingRules`, { method: 'POST', body: '{}' })
      expect(await rules.text()).toContain('"RuleName":"Default"')
    } finally {
      client.destroy()
      await cloud.stop()
    }
  })

  it('says in one line that it needs a region', async () => {
    const lonely = spawn(process.execPath, ['--input-type=module', '--eval', RUN, '--', '--port', '0'], {
      env: { PATH: process.env.PATH, HOME: import.meta.dirname, AWS_EC2_METADATA_DISABLED: 'true' },
    })
    let text = ''
    lonely.stderr.on('data', part => {
      text += part
    })
    expect(await new Promise(resolve => lonely.once('exit', resolve))).not.toBe(0)
    expect(text).toContain('There is no region. Name one: sonde daemon --region eu-west-1')
  })

  it('says in one line that its port is in use', async () => {
    const port = await startDaemon('--endpoint', endpoint.url)
    const second = spawn(
      process.execPath,
      ['--input-type=module', '--eval', RUN, '--', '--port', String(port), '--endpoint', endpoint.url],
      { env: { PATH: process.env.PATH } },
    )
    let text = ''
    second.stderr.on('data', part => {
      text += part
    })
    await new Promise(resolve => second.once('exit', resolve))
    expect(text).toContain(`127.0.0.1:${port} (the X-Ray daemon, TCP) is in use.`)
    expect(text).toContain('--port')
  })
})
