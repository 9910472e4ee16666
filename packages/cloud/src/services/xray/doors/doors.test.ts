import { execFile, execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { UnprocessedTraceSegment } from '@aws-sdk/client-xray'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PortUnavailableError } from '../../../kernel/http-server.ts'
import { createXRayDoors, type XRayDoors, type XRayDoorsDependencies } from './index.ts'

const SCOPE = { account: '123456789012', region: 'eu-west-1' }
const HEADER = '{"format":"json","version":1}\n'

describe('the doors of X-Ray', () => {
  let taken: string[] = []
  let take: (documents: string[]) => UnprocessedTraceSegment[] = () => []
  const started: XRayDoors[] = []
  beforeEach(() => {
    taken = []
    take = () => []
  })
  afterEach(async () => {
    for (const doors of started.splice(0)) await doors.stop()
  })

  const open = async (options: Partial<XRayDoorsDependencies> = {}): Promise<XRayDoors> => {
    const doors = createXRayDoors({
      take: (scope, documents) => {
        expect(scope).toEqual(SCOPE)
        taken.push(...documents)
        return take(documents)
      },
      defaultScope: SCOPE,
      udpAddress: { host: '127.0.0.1', port: 0 },
      endpoint: () => 'http://127.0.0.1:1',
      clock: { now: () => Date.now() },
      ...options,
    })
    await doors.start()
    started.push(doors)
    return doors
  }

  const portOf = (doors: XRayDoors): number => Number(/:(\d+)$/.exec(doors.address())?.[1])

  const send = async (doors: XRayDoors, ...datagrams: Array<string | Buffer>): Promise<void> => {
    const socket = createSocket('udp4')
    for (const datagram of datagrams) {
      await new Promise<void>((resolve, reject) =>
        socket.send(datagram, portOf(doors), '127.0.0.1', error => (error ? reject(error) : resolve())),
      )
    }
    socket.close()
  }

  const received = (doors: XRayDoors, count: number) =>
    vi.waitFor(() => expect(doors.counters().daemon.datagrams).toBe(count), { timeout: 10_000, interval: 5 })

  it('have a daemon for each other scope, whose documents are of that scope', async () => {
    const other = { account: '444455556666', region: 'us-east-1' }
    const by: Record<string, string[]> = {}
    const doors = await open({
      take: ({ account, region }, documents) => {
        by[`${account}/${region}`] = [...(by[`${account}/${region}`] ?? []), ...documents]
        return []
      },
    })
    expect(await doors.addressOf(SCOPE)).toBe(doors.address())
    const [address, again] = await Promise.all([doors.addressOf(other), doors.addressOf({ ...other })])
    expect(again).toBe(address)
    expect(address).not.toBe(doors.address())
    const [host = '', port] = address.split(':')
    const socket = createSocket('udp4')
    await new Promise<void>(resolve =>
      socket.send(`${HEADER}{"id":"b"}`, Number(port), host, () => resolve()),
    )
    socket.close()
    await send(doors, `${HEADER}{"id":"a"}`)
    await vi.waitFor(() => expect(Object.keys(by)).toHaveLength(2), { timeout: 10_000 })
    expect(by).toEqual({ '123456789012/eu-west-1': ['{"id":"a"}'], '444455556666/us-east-1': ['{"id":"b"}'] })
    expect(doors.counters().daemon).toMatchObject({ datagrams: 2, rejected: 0 })
    await doors.stop()
    await expect(doors.addressOf({ ...other, region: 'eu-west-1' })).rejects.toThrow('closed')
    await expect(fetch(`http://${address}/`)).rejects.toThrow()
  })

  it('take documents by UDP for the default scope, though they fill no batch', async () => {
    const doors = await open()
    await send(doors, `${HEADER}{"id":"a"}`, `${HEADER}{"id":"b"}`)
    await vi.waitFor(() => expect(taken).toEqual(['{"id":"a"}', '{"id":"b"}']), {
      timeout: 5_000,
      interval: 5,
    })
  })

  it('take the largest datagram there is', async () => {
    const doors = await open()
    const document = `{"x":"${'x'.repeat(65_507 - HEADER.length - 8)}"}`
    await send(doors, HEADER + document)
    await received(doors, 1)
    await doors.stop()
    expect(taken).toEqual([document])
  })

  it('count what is malformed and keep the rest', async () => {
    const doors = await open()
    take = documents => documents.flatMap(text => (text === 'bad' ? [{ ErrorCode: 'ParseError' }] : []))
    await send(doors, 'x', '', `${HEADER}{}`, `${HEADER}`, Buffer.from([0xff, 0x0a, 0xff]), `${HEADER}bad`)
    await received(doors, 6)
    await doors.stop()
    expect(taken).toEqual(['{}', 'bad'])
    expect(doors.counters().daemon).toMatchObject({
      datagrams: 6,
      rejected: 4,
      added: 2,
      delivered: 1,
      unprocessed: 1,
      dropped: 0,
      failed: 0,
      pending: 0,
    })
  })

  it('hand over what waits when they are stopped, and tell a store that fails', async () => {
    const defects: unknown[] = []
    const doors = await open({ onDefect: error => defects.push(error) })
    take = () => {
      throw new Error('full')
    }
    await send(doors, `${HEADER}{}`)
    await received(doors, 1)
    await doors.stop()
    await doors.stop()
    expect(doors.counters().daemon.failed).toBe(1)
    expect(defects).toEqual([new Error('full')])
  })

  it('listen on IPv6 too', async () => {
    const doors = await open({ udpAddress: { host: '::1', port: 0 } })
    expect(doors.address()).toMatch(/^\[::1\]:\d+$/)
    const socket = createSocket('udp6')
    await new Promise(resolve => socket.send(`${HEADER}{}`, portOf(doors), '::1', resolve))
    socket.close()
    await received(doors, 1)
  })

  it('say in one line that the port is in use, with nothing left listening', async () => {
    const udp = createSocket('udp4')
    await new Promise<void>(resolve => udp.bind(0, '127.0.0.1', resolve))
    const { port } = udp.address()
    const failure = open({ udpAddress: { host: '127.0.0.1', port }, flag: '--xray-port' })
    await expect(failure).rejects.toThrow(PortUnavailableError)
    await expect(failure).rejects.toThrow(
      `127.0.0.1:${port} (the X-Ray daemon, UDP) is in use. Stop what listens there, or choose another with --xray-port.`,
    )
    await new Promise<void>(resolve => udp.close(resolve))
    await open({ udpAddress: { host: '127.0.0.1', port } })
  })

  it('take OTLP exports in datagrams where they are sampled', async () => {
    const doors = await open()
    // resource_spans { scope_spans { spans { trace_id, span_id, name "x", start 1 s, end 2 s } } }
    const span = Buffer.concat([
      Buffer.from([10, 16]),
      Buffer.from('5e0be100a006649127e371903a2de979', 'hex'),
      Buffer.from([18, 8]),
      Buffer.from('53995c3f42cd8ad8', 'hex'),
      Buffer.from([42, 1, 0x78]),
      Buffer.from('390 0ca9a3b00000000'.replace(' ', ''), 'hex'),
      Buffer.from('410094357700000000', 'hex'),
    ])
    const nested = (field: number, body: Buffer) =>
      Buffer.concat([Buffer.from([field * 8 + 2, body.length]), body])
    const request = nested(1, nested(2, nested(2, span))).toString('base64')
    await send(doors, `${HEADER}T1S${request}`, `${HEADER}T1U${request}`, `${HEADER}T1SAAAA`)
    await received(doors, 3)
    await doors.stop()
    expect(taken.map(text => JSON.parse(text))).toMatchObject([
      { id: '53995c3f42cd8ad8', trace_id: '1-5e0be100-a006649127e371903a2de979', name: 'x', end_time: 2 },
    ])
    expect(doors.counters().daemon).toMatchObject({ unsampled: 1, rejected: 1, added: 1 })
  })

  it('take OTLP on a port of its own where that is asked for', async () => {
    const doors = await open({ otlpAddress: { host: '127.0.0.1', port: 0 } })
    const span = { traceId: '5e0be100a006649127e371903a2de979', spanId: '53995c3f42cd8ad8', name: 'x' }
    const post = (path: string) =>
      fetch(`${doors.otlpUrl()}${path}`, {
        method: 'POST',
        body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
        headers: { 'content-type': 'application/json' },
      })
    expect((await post('/v1/traces')).status).toBe(200)
    expect(JSON.parse(taken[0] ?? '')).toMatchObject({ id: span.spanId, name: 'x', in_progress: true })
    expect((await post('/v1/metrics')).status).toBe(404)
    expect(doors.counters().otlp).toEqual({ requests: 1, spans: 1, rejectedSpans: 0, refusedRequests: 0 })
  })

  it('leave nothing listening where that port is in use', async () => {
    const other = await open({ otlpAddress: { host: '127.0.0.1', port: 0 } })
    const port = Number(new URL(other.otlpUrl() ?? '').port)
    // Below those that the system gives to whoever asks for any: nobody takes it meanwhile.
    const address = { host: '127.0.0.1', port: 20_000 + Math.floor(Math.random() * 12_000) }
    await expect(open({ udpAddress: address, otlpAddress: { host: '127.0.0.1', port } })).rejects.toThrow(
      `127.0.0.1:${port} (OTLP) is in use.`,
    )
    await open({ udpAddress: address })
  })

  describe('pass on sampling calls', () => {
    let server: Server
    let asked: Array<{ url: string; headers: IncomingHttpHeaders; body: string }> = []
    let answer: readonly [status: number, text: string] = [200, '{}']
    const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    beforeEach(async () => {
      asked = []
      answer = [200, '{}']
      server = createServer((request, response) => {
        let body = ''
        request.on('data', part => {
          body += part
        })
        request.on('end', () => {
          asked.push({ url: request.url ?? '', headers: request.headers, body })
          response.writeHead(answer[0], { 'content-type': 'application/json', 'x-amzn-requestid': 'abc' })
          response.end(answer[1])
        })
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    })
    afterEach(() => server.close())

    it.each(['/GetSamplingRules', '/SamplingTargets'])(
      'to the cloud, in the default scope: %s',
      async path => {
        const doors = await open({ endpoint })
        answer = [400, '{"LastRuleModification":1.5E9}']
        const response = await fetch(`http://${doors.address()}${path}`, {
          method: 'POST',
          body: '{"x":1.0}',
        })
        expect([response.status, response.headers.get('x-amzn-requestid'), await response.text()]).toEqual([
          400,
          'abc',
          '{"LastRuleModification":1.5E9}',
        ])
        expect(asked).toMatchObject([{ url: path, body: '{"x":1.0}' }])
        expect(asked[0]?.headers.authorization).toMatch(/Credential=123456789012\/\d{8}\/eu-west-1\/xray\//)
      },
    )

    it.each([
      ['POST', '/TraceSegments', 403],
      ['GET', '/GetSamplingRules', 403],
      ['POST', '/../GetSamplingRules/x', 403],
    ])('and nothing else: %s %s', async (method, path, status) => {
      const doors = await open({ endpoint })
      const response = await fetch(`http://${doors.address()}${path}`, { method })
      expect(response.status).toBe(status)
      expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException')
      expect(asked).toEqual([])
    })

    it('but none from foreign pages, nor any that is too large', async () => {
      const doors = await open({ endpoint })
      const url = `http://${doors.address()}/GetSamplingRules`
      const foreign = await fetch(url, { method: 'POST', headers: { origin: 'https://evil.example' } })
      expect(foreign.status).toBe(403)
      const large = await fetch(url, { method: 'POST', body: 'x'.repeat(300_000) })
      expect(large.status).toBe(413)
      expect(asked).toEqual([])
    })

    it('and say so when the cloud cannot be asked', async () => {
      const doors = await open()
      const response = await fetch(`http://${doors.address()}/GetSamplingRules`, { method: 'POST' })
      expect(response.status).toBe(502)
      expect(await response.json()).toEqual({ message: expect.stringContaining('X-Ray could not be asked') })
    })
  })

  const hasPythonSdk = (): boolean => {
    try {
      execFileSync('python3', ['-c', 'import aws_xray_sdk'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  const PROGRAM = `
from aws_xray_sdk.core import xray_recorder
xray_recorder.configure(service='python', sampling=False, context_missing='LOG_ERROR')
with xray_recorder.in_segment('flights') as segment:
    with xray_recorder.in_subsegment('## predict') as subsegment:
        subsegment.put_annotation('model', 'v2')
        try:
            with xray_recorder.in_subsegment('## fails'):
                raise ValueError('no model')
        except ValueError:
            pass
print(segment.trace_id)
`

  it.skipIf(!hasPythonSdk())('take what the official SDK for Python sends (needs aws_xray_sdk)', async () => {
    const doors = await open()
    const { stdout } = await promisify(execFile)('python3', ['-c', PROGRAM], {
      env: { ...process.env, AWS_XRAY_DAEMON_ADDRESS: doors.address() },
    })
    await received(doors, 1)
    await doors.stop()
    expect(taken.map(text => JSON.parse(text))).toMatchObject([
      {
        trace_id: stdout.trim(),
        name: 'flights',
        subsegments: [
          {
            name: '## predict',
            annotations: { model: 'v2' },
            subsegments: [
              { name: '## fails', fault: true, cause: { exceptions: [{ message: 'no model' }] } },
            ],
          },
        ],
      },
    ])
  })

  const NODE_PROGRAM = `
    const { default: AWSXRay } = await import('aws-xray-sdk-core')
    const segment = new AWSXRay.Segment('flights')
    const subsegment = segment.addNewSubsegment('## predict')
    subsegment.addAnnotation('model', 'v2')
    subsegment.close()
    segment.close()
    process.stdout.write(segment.trace_id)
  `

  it('take what the official SDK for Node sends', async () => {
    const doors = await open()
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', NODE_PROGRAM],
      {
        env: { ...process.env, AWS_XRAY_DAEMON_ADDRESS: doors.address() },
        cwd: import.meta.dirname,
      },
    )
    await received(doors, 1)
    await doors.stop()
    expect(taken.map(text => JSON.parse(text))).toMatchObject([
      {
        trace_id: stdout,
        name: 'flights',
        subsegments: [{ name: '## predict', annotations: { model: 'v2' } }],
      },
    ])
  })
})
