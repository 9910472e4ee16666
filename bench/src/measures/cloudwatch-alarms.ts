import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { startCloud } from '@sonde/cloud'
import { measurePrometheus } from '../peers/prometheus.ts'
import type { Row } from '../table.ts'

const METRICS = 2_000
const ALARMS = 10_000
const MINUTE = 60_000
const EVALUATION_MS = 500
const PARALLEL = 8
const ROUNDS = 5

const clientOf = (endpoint: string, agent: Agent) => (operation: string, input: object) =>
  new Promise<string>((resolve, reject) => {
    const body = JSON.stringify(input)
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
      'content-length': Buffer.byteLength(body),
    }
    const sent = request(endpoint, { method: 'POST', agent, headers }, async response => {
      const answer = await text(response)
      if (response.statusCode === 200) resolve(answer)
      else reject(new Error(`${operation} answered ${response.statusCode}: ${answer.slice(0, 300)}`))
    })
    sent.once('error', reject)
    sent.end(body)
  })

const inParallel = async (count: number, work: (index: number) => Promise<unknown>): Promise<void> => {
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await work(index)
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
}

/** How long 10,000 alarms on 2,000 metrics take to be evaluated, all of whose data are there and none of which changes. */
export const cloudwatchAlarms = async (print: (line: string) => void): Promise<Row[]> => {
  const cloud = await startCloud({ port: 0, daemonPort: 0 })
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL })
  try {
    cloud.clock.step(Math.ceil(Date.now() / MINUTE) * MINUTE)
    const call = clientOf(cloud.endpoint, agent)
    const putMinute = () =>
      inParallel(METRICS / 1_000, batch =>
        call('PutMetricData', {
          Namespace: 'Bench',
          MetricData: Array.from({ length: 1_000 }, (_, index) => ({
            MetricName: `m${batch * 1_000 + index}`,
            Timestamp: cloud.clock.now() / 1_000,
            Value: index,
          })),
        }),
      )
    for (let minute = 0; minute < 8; minute++) {
      await putMinute()
      await cloud.clock.advance(MINUTE)
    }
    await inParallel(ALARMS, index =>
      call('PutMetricAlarm', {
        AlarmName: `a${index}`,
        Namespace: 'Bench',
        MetricName: `m${index % METRICS}`,
        Period: 60,
        EvaluationPeriods: 5,
        Threshold: 1e6 + index,
        ComparisonOperator: 'GreaterThanThreshold',
        ...(index % 2 === 0 ? { Statistic: 'Average' } : { ExtendedStatistic: 'p90' }),
      }),
    )
    // The first evaluation writes 10,000 states; those that follow are the measure.
    await cloud.clock.advance(MINUTE)
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      await putMinute()
      const before = process.cpuUsage()
      await cloud.clock.advance(MINUTE)
      const { user, system } = process.cpuUsage(before)
      times.push((user + system) / 1_000)
    }
    const checked = await call('DescribeAlarms', { StateValue: 'OK', AlarmNames: ['a0', `a${ALARMS - 1}`] })
    if (JSON.parse(checked).MetricAlarms.length !== 2) throw new Error('The alarms are not OK.')
    const ours = times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN
    const peer = await measurePrometheus(METRICS, ALARMS, print)
    return [
      {
        what: `${ALARMS.toLocaleString('en')} alarms on ${METRICS.toLocaleString('en')} metrics, one evaluation (processor time)`,
        ours: `${Math.round(ours)} ms`,
        ...(peer !== undefined && { peer: `Prometheus ${Math.round(peer)} ms` }),
        budget: `≤ ${EVALUATION_MS} ms`,
        kept: ours <= EVALUATION_MS,
      },
    ]
  } finally {
    agent.destroy()
    await cloud.stop()
  }
}
