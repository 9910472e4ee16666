import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startMotoServer } from '../peers/moto-server.ts'
import { type StartedProcess, startUntil } from '../process.ts'
import type { Row } from '../table.ts'

const METRICS = 1_000
const MINUTES = 1_440
const PARALLEL = 4
/** Requests of the comparison: a peer is asked to take as many as it takes in some seconds. */
const COMPARED = 20
const PUT_RATE = 100_000
const QUERY_MS = 100
const RESTART_MS = 150
const QUERIED = 5

type Client = (operation: string, body: Buffer | string) => Promise<string>

const clientOf = (endpoint: string, agent: Agent): Client => {
  const credential = 'AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/monitoring/aws4_request'
  return (operation, body) =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
        'content-length': Buffer.byteLength(body),
        authorization: `${credential}, SignedHeaders=host, Signature=0`,
      }
      const sent = request(endpoint, { method: 'POST', agent, headers }, async response => {
        const answer = await text(response)
        if (response.statusCode === 200) resolve(answer)
        else reject(new Error(`${operation} answered ${response.statusCode}: ${answer.slice(0, 300)}`))
      })
      sent.once('error', reject)
      sent.end(body)
    })
}

/** One minute of every metric, a value each that no other has; made beforehand, so that no client's serializer is measured. */
const bodyOf = (minute: number, start: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      Namespace: 'Bench',
      MetricData: Array.from({ length: METRICS }, (_, metric) => ({
        MetricName: 'Latency',
        Dimensions: [{ Name: 'Host', Value: `h${metric}` }],
        Timestamp: start + minute * 60,
        Value: 20 + ((minute * 7_919 + metric * 104_729) % 1_000_003) / 1_000,
        Unit: 'Milliseconds',
      })),
    }),
  )

/** Values per second. */
const putAll = async (client: Client, bodies: readonly Buffer[]): Promise<number> => {
  const started = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      await client('PutMetricData', body)
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  return (bodies.length * METRICS) / ((performance.now() - started) / 1_000)
}

const p90Of = (metric: number, start: number) =>
  JSON.stringify({
    Namespace: 'Bench',
    MetricName: 'Latency',
    Dimensions: [{ Name: 'Host', Value: `h${metric}` }],
    StartTime: start,
    EndTime: start + MINUTES * 60,
    Period: 60,
    ExtendedStatistics: ['p90'],
  })

const queryOf = (start: number) =>
  JSON.stringify({
    StartTime: start,
    EndTime: start + MINUTES * 60,
    MetricDataQueries: Array.from({ length: QUERIED }, (_, index) => ({
      Id: `m${index}`,
      MetricStat: {
        Metric: {
          Namespace: 'Bench',
          MetricName: 'Latency',
          Dimensions: [{ Name: 'Host', Value: `h${500 + index}` }],
        },
        Period: 300,
        Stat: 'p90',
      },
    })),
  })

/** ms of the first answer, nothing being in memory, and the answer. */
const timed = async (action: () => Promise<string>) => {
  const started = performance.now()
  const answer = await action()
  return { ms: performance.now() - started, answer }
}

const startCloud = (directory: string): Promise<StartedProcess> =>
  startUntil(process.execPath, [join(import.meta.dirname, '..', 'cloud-process.ts'), directory], {
    cwd: import.meta.dirname,
    until: /cloud at (\S+)/,
  })

const count = (value: number): string => Math.round(value).toLocaleString('en')

const measurePeer = async (bodies: readonly Buffer[], agent: Agent): Promise<number> => {
  const peer = await startMotoServer()
  try {
    return await putAll(clientOf(peer.match[1] as string, agent), bodies)
  } finally {
    await peer.stop()
  }
}

/** A day of a thousand metrics put, the cloud killed, started again and asked for percentiles. */
export const cloudwatchMetrics = async (warn: (line: string) => void): Promise<Row[]> => {
  const directory = mkdtempSync(join(tmpdir(), 'sonde-bench-'))
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL })
  const start = Math.floor(Date.now() / 60_000) * 60 - MINUTES * 60
  const bodies = Array.from({ length: MINUTES }, (_, minute) => bodyOf(minute, start))
  const running: StartedProcess[] = []
  try {
    const empty = await startCloud(directory)
    running.push(empty)
    const rate = await putAll(clientOf(empty.match[1] as string, agent), bodies)
    const peer = await measurePeer(bodies.slice(0, COMPARED), agent).catch((error: Error) => {
      warn(`moto skipped: ${error.message.split('\n')[0]}`)
      return undefined
    })
    empty.child.kill('SIGKILL')
    const full = await startCloud(directory)
    running.push(full)
    const client = clientOf(full.match[1] as string, agent)
    // The first request loads the client's schemas: not what is measured.
    await client('ListMetrics', JSON.stringify({ Namespace: 'None' }))
    const one = await timed(() => client('GetMetricStatistics', p90Of(17, start)))
    const points = JSON.parse(one.answer).Datapoints.length
    const several = await timed(() => client('GetMetricData', queryOf(start))).catch((error: Error) => {
      warn(`GetMetricData not measured: ${error.message.split('\n')[0]}`)
      return undefined
    })
    return [
      {
        what: `PutMetricData, ${METRICS} values a request`,
        ours: `${count(rate)} values/s`,
        peer: peer === undefined ? 'skipped' : `moto: ${count(peer)} values/s`,
        budget: `≥ ${count(PUT_RATE)} values/s`,
        kept: rate >= PUT_RATE,
      },
      {
        what: `start after SIGKILL with ${count(METRICS * MINUTES)} values`,
        ours: `${full.took.toFixed(0)} ms`,
        peer: `empty: ${empty.took.toFixed(0)} ms`,
        budget: `≤ ${RESTART_MS} ms more`,
        kept: full.took <= empty.took + RESTART_MS,
      },
      {
        what: `p90 by the minute over 24 h of one metric, first read (${points} of ${MINUTES} survived)`,
        ours: `${one.ms.toFixed(0)} ms`,
        budget: `≤ ${QUERY_MS} ms`,
        kept: one.ms <= QUERY_MS && points === MINUTES,
      },
      ...(several
        ? [
            {
              what: `p90 of ${QUERIED} metrics over 24 h, first read`,
              ours: `${several.ms.toFixed(0)} ms`,
              budget: `≤ ${QUERY_MS} ms`,
              kept: several.ms <= QUERY_MS,
            },
          ]
        : []),
    ]
  } finally {
    agent.destroy()
    for (const cloud of running) await cloud.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}
