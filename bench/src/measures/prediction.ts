import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch'
import { build as buildHistogram } from 'hdr-histogram-js'
import { type StartedProcess, startUntil } from '../process.ts'
import type { Row } from '../table.ts'

const REPOSITORY = join(import.meta.dirname, '..', '..', '..')
const SONDE = join(REPOSITORY, 'packages', 'cli', 'bin', 'sonde.mjs')
const APP = join(REPOSITORY, 'examples', 'flight-delay')

const RATE = 100
const REQUESTS = 2_000
const WARM_UP = 200
/** design: p90 of the whole prediction over the model's own, in ms. */
const OVERHEAD = 8
const START_SECONDS = 3
const IDLE_MEGABYTES = 200

const startApp = (): Promise<StartedProcess> =>
  startUntil(process.execPath, [SONDE, 'up', APP, '--port', '0', '--daemon-port', '0', '--quiet'], {
    cwd: REPOSITORY,
    until: /sonde ready in .*?AWS (\S+)\s.*?predictions (\S+)/s,
  })

const predict = async (url: string, body: string): Promise<void> => {
  const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
  await response.arrayBuffer()
}

/**
 * An open load: each request at its own scheduled time, its latency counted from that time, so that a stall shows in all
 * the requests that it delays (no coordinated omission).
 */
const openLoad = async (url: string, body: string, requests: number) => {
  const histogram = buildHistogram({ numberOfSignificantValueDigits: 3, highestTrackableValue: 60_000_000 })
  const start = performance.now() + 50
  const one = async (index: number): Promise<void> => {
    const due = start + (index * 1_000) / RATE
    const wait = due - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    await predict(url, body)
    histogram.recordValue(Math.round((performance.now() - due) * 1_000))
  }
  await Promise.all(Array.from({ length: requests }, (_, index) => one(index)))
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1_000
  return { p50: at(50), p90: at(90), p99: at(99) }
}

/** The model's own time as SageMaker reports it (ModelLatency), in ms. */
const modelP90 = async (endpoint: string, since: Date): Promise<number | undefined> => {
  const client = new CloudWatchClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '000000000000', secretAccessKey: 'local' },
  })
  try {
    const { Metrics = [] } = await client.send(
      new ListMetricsCommand({ Namespace: 'AWS/SageMaker', MetricName: 'ModelLatency' }),
    )
    const [metric] = Metrics
    if (!metric) return undefined
    const { Datapoints = [] } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/SageMaker',
        MetricName: 'ModelLatency',
        Dimensions: metric.Dimensions,
        StartTime: since,
        EndTime: new Date(Date.now() + 60_000),
        Period: 3_600,
        ExtendedStatistics: ['p90'],
      }),
    )
    const values = Datapoints.flatMap(point => point.ExtendedStatistics?.p90 ?? [])
    return values.length > 0 ? Math.max(...values) / 1_000 : undefined
  } finally {
    client.destroy()
  }
}

/** Resident memory in MB of a process, from Linux's /proc. */
const residentMegabytes = (pid: number): number | undefined => {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1_024
  } catch {
    return undefined
  }
}

const show = (value: number): string => value.toFixed(1)

/** Time to the first prediction, idle memory, and the whole prediction under load, on flight-delay. */
export const prediction = async (): Promise<Row[]> => {
  // The first start synthesizes and creates; what is measured is the second, as on every day after the first.
  await (await startApp()).stop()
  const app = await startApp()
  try {
    const [, endpoint = '', url = ''] = app.match
    const { request } = JSON.parse(readFileSync(join(APP, 'sonde.json'), 'utf8'))
    const body = JSON.stringify(request.body)
    const beforeFirst = performance.now()
    await predict(url, body)
    const toFirst = (app.took + performance.now() - beforeFirst) / 1_000
    const idle = residentMegabytes(app.child.pid as number)
    await openLoad(url, body, WARM_UP)
    const since = new Date()
    const whole = await openLoad(url, body, REQUESTS)
    const model = await modelP90(endpoint, since)
    return [
      {
        what: 'sonde up to first prediction, synthesis cached',
        ours: `${toFirst.toFixed(1)} s`,
        budget: `≤ ${START_SECONDS} s`,
        kept: toFirst <= START_SECONDS,
      },
      {
        what: 'idle memory of the cloud process',
        ours: idle === undefined ? 'unknown here' : `${idle.toFixed(0)} MB`,
        budget: `≤ ${IDLE_MEGABYTES} MB`,
        ...(idle !== undefined && { kept: idle <= IDLE_MEGABYTES }),
      },
      {
        what: `whole prediction, ${REQUESTS} at ${RATE}/s`,
        ours: `p50 ${show(whole.p50)} ms, p90 ${show(whole.p90)} ms, p99 ${show(whole.p99)} ms`,
        peer:
          model === undefined
            ? 'model time unknown'
            : `the model alone, warm-up included: p90 ${show(model)} ms`,
        budget: `p90 ≤ model + ${OVERHEAD} ms`,
        ...(model !== undefined && { kept: whole.p90 <= model + OVERHEAD }),
      },
    ]
  } finally {
    await app.stop()
  }
}
