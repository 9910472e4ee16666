import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetServiceGraphCommand, GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray'
import { startUntil } from '../process.ts'
import type { Row } from '../table.ts'

const SEGMENTS = 1_000_000
const BATCH = 50
const PARALLEL = 8
/** Segments of one trace: gateway, Lambda, function, model. */
const PER_TRACE = 4
const GRAPH_MS = 300
const SEARCH_MS = 200
const SHARE_OF_PARSE = 0.3

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0')

/** One document of one of the traces, as the reference architecture makes them; one trace in fifty fails. */
const documentOf = (index: number, now: number): string => {
  const trace = Math.floor(index / PER_TRACE)
  const place = index % PER_TRACE
  const start = now - (trace % 280)
  const fault = trace % 50 === 0
  const names = ['api/prod', 'predict', 'predict', 'flight-delay-model']
  const origins = ['AWS::ApiGateway::Stage', 'AWS::Lambda', 'AWS::Lambda::Function', undefined]
  return JSON.stringify({
    trace_id: `1-${hex(Math.floor(start), 8)}-${hex(trace, 24)}`,
    id: hex(index + 1, 16),
    ...(place > 0 && { parent_id: hex(index * 16 + 2 ** 40 - 16, 16) }),
    name: names[place],
    ...(origins[place] && { origin: origins[place] }),
    start_time: start + place / 1_000,
    end_time: start + 0.02 + (trace % 100) / 500,
    ...(fault && { fault: true }),
    http: {
      request: { method: 'POST', url: 'https://api.example/predictions' },
      response: { status: fault ? 502 : 200 },
    },
    annotations: { airline: ['AA', 'UA', 'DL', 'WN'][trace % 4], attempt: trace % 3 },
    subsegments: [
      {
        id: hex(index * 16 + 2 ** 40, 16),
        name: '## predict',
        start_time: start + 0.002,
        end_time: start + 0.015,
      },
    ],
  })
}

const timed = async (action: () => Promise<unknown>): Promise<number> => {
  const started = performance.now()
  await action()
  return performance.now() - started
}

const best = async (action: () => Promise<unknown>): Promise<number> => {
  const times: number[] = []
  for (let round = 0; round < 3; round++) times.push(await timed(action))
  return Math.min(...times)
}

/** Documents in bodies of PutTraceSegments, and how long `JSON.parse` takes for all of them. */
interface Workload {
  /** Made beforehand, and bytes: what is measured is the cloud, not a client's serializer and its garbage. */
  readonly bodies: readonly Buffer[]
  /** ms */
  readonly parse: number
}

const makeWorkload = (now: number): Workload => {
  const bodies: Buffer[] = []
  let parse = 0
  for (let first = 0; first < SEGMENTS; first += BATCH) {
    const documents = Array.from({ length: BATCH }, (_, index) => documentOf(first + index, now))
    const started = performance.now()
    for (const document of documents) JSON.parse(document)
    parse += performance.now() - started
    bodies.push(Buffer.from(JSON.stringify({ TraceSegmentDocuments: documents })))
  }
  return { bodies, parse }
}

/**
 * One connection that sends a request after the other. Written to the socket as it is: on two cores a client's own work is taken
 * from the cloud that is measured.
 */
const sendOn = async (endpoint: URL, next: () => Buffer | undefined): Promise<void> => {
  const socket = connect(Number(endpoint.port), endpoint.hostname)
  await once(socket, 'connect')
  socket.setNoDelay(true)
  try {
    for (let body = next(); body !== undefined; body = next()) {
      const head = `POST /TraceSegments HTTP/1.1\r\nhost: ${endpoint.host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(body)
      socket.uncork()
      const [answer] = (await once(socket, 'data')) as [Buffer]
      const text = answer.toString('latin1')
      if (!text.startsWith('HTTP/1.1 200') || text.includes('"ErrorCode"'))
        throw new Error(text.slice(0, 300))
    }
  } finally {
    socket.destroy()
  }
}

const sendAll = async (endpoint: string, bodies: readonly Buffer[]): Promise<void> => {
  let sent = 0
  const next = () => bodies[sent++]
  await Promise.all(Array.from({ length: PARALLEL }, () => sendOn(new URL(endpoint), next)))
}

/** A million segments over PutTraceSegments, then the service graph and a search over them. */
export const xray = async (): Promise<Row[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
  const cloud = await startUntil(
    process.execPath,
    [join(import.meta.dirname, '..', 'cloud-process.ts'), directory],
    {
      cwd: import.meta.dirname,
      until: /cloud at (\S+)/,
    },
  )
  const endpoint = cloud.match[1] as string
  const client = new XRayClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  })
  try {
    const now = Date.now() / 1_000
    const { bodies, parse } = makeWorkload(now)
    const window = { StartTime: new Date(now * 1_000 - 300_000), EndTime: new Date(now * 1_000 + 1_000) }
    const graph = () => client.send(new GetServiceGraphCommand(window))
    const intake = await timed(() => sendAll(endpoint, bodies))
    // The first query waits until all that was taken is in the index.
    const indexed = await timed(graph)
    const rate = SEGMENTS / ((intake + indexed) / 1_000)
    const parseRate = SEGMENTS / (parse / 1_000)
    const drawn = await best(graph)
    const searched = await best(() =>
      client.send(
        new GetTraceSummariesCommand({
          ...window,
          FilterExpression: 'service("predict") AND fault = true AND annotation[airline] = "AA"',
        }),
      ),
    )
    const round = (value: number): string => Math.round(value).toLocaleString('en')
    return [
      {
        what: 'segments over PutTraceSegments, stored and queryable',
        ours: `${round(rate)} /s (taken at ${round(SEGMENTS / (intake / 1_000))} /s)`,
        peer: `JSON.parse of the same: ${round(parseRate)} /s`,
        budget: `≥ ${SHARE_OF_PARSE * 100} %: ${((rate / parseRate) * 100).toFixed(0)} %`,
        kept: rate >= SHARE_OF_PARSE * parseRate,
      },
      {
        what: 'service graph over 1 M segments',
        ours: `${drawn.toFixed(0)} ms`,
        budget: `≤ ${GRAPH_MS} ms`,
        kept: drawn <= GRAPH_MS,
      },
      {
        what: 'trace search with a filter over 1 M segments',
        ours: `${searched.toFixed(0)} ms`,
        budget: `≤ ${SEARCH_MS} ms`,
        kept: searched <= SEARCH_MS,
      },
    ]
  } finally {
    client.destroy()
    await cloud.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}
