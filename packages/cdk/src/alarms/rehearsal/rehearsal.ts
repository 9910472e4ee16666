import { setTimeout as pause } from 'node:timers/promises'
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation'
import {
  CloudWatchClient,
  type DescribeAlarmsInput,
  type MetricDatum,
  PutMetricDataCommand,
  paginateDescribeAlarmHistory,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch'
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { startTestCloud } from '@sonde/cloud/testing'
import type { Cause } from './causes.ts'
import { PAGER } from './matrix.ts'
import { NAMES, OUTPUTS, type RehearsedStack } from './rehearsed-stack.ts'
import { type ServiceNames, type Stretch, serviceMetrics } from './service-metrics.ts'
import { healthyMinute, type ServiceMinute } from './service-minute.ts'

type TestCloud = Awaited<ReturnType<typeof startTestCloud>>

/** What came of one cause. */
export interface Outcome {
  /** Keys of the alarms that were in ALARM before it began. */
  readonly before: readonly string[]
  /** Those that went into ALARM while it went on. */
  readonly fired: readonly string[]
  /** Those in ALARM at its end. */
  readonly standing: readonly string[]
  /** What the pager's topic sent, in order, recovery included: `ALARM` or `OK`. */
  readonly pages: readonly string[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** The longest window of the set. What ends at a multiple of it ends with a window of every other length as well. */
const WINDOW = 3 * DAY
/** Older minutes are told five at a time: no shorter period looks at them. */
const GRAIN = 5
/** Minutes that are told one by one before alarms look. */
const FINE = 20
/** Namespaces of what alarms look back on for longer than that. */
const LOOKED_BACK_ON: ReadonlySet<string> = new Set(['AWS/ApiGateway', 'Sonde/HealthCheck', 'Sonde/Usage'])
/** CloudWatch takes a thousand metrics at once. */
const MOST_DATA = 1_000
/** Minutes that alarms get to tell that it is over: the longest short window of what pages, and a little. */
const RECOVERY = 70
/** Minutes in which a second page would show. */
const AFTERWARDS = 5
const STACK = 'rehearsal'
const BUCKET = 'rehearsal'

/** Lets what goes wrong happen to a service on a local cloud, and looks which alarms say so. The clock is stepped. */
export const createRehearsal = (cloud: TestCloud) => {
  const cloudWatch = new CloudWatchClient(cloud.client)
  const cloudFormation = new CloudFormationClient(cloud.client)
  const s3 = new S3Client({ ...cloud.client, forcePathStyle: true })
  const sqs = new SQSClient(cloud.client)

  const deploy = async (template: object): Promise<Readonly<Record<string, string>>> => {
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }))
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: STACK, Body: JSON.stringify(template) }))
    const TemplateURL = `${cloud.endpoint}/${BUCKET}/${STACK}`
    await cloudFormation.send(new CreateStackCommand({ StackName: STACK, TemplateURL }))
    for (;;) {
      const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: STACK }))
      const { StackStatus, StackStatusReason, Outputs = [] } = Stacks?.[0] ?? {}
      if (StackStatus === 'CREATE_COMPLETE') {
        return Object.fromEntries(
          Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
        )
      }
      if (StackStatus !== 'CREATE_IN_PROGRESS') throw new Error(`${StackStatus}: ${StackStatusReason}`)
      await pause(5)
    }
  }

  const publish = async (namespace: string, data: readonly MetricDatum[]): Promise<void> => {
    for (let first = 0; first < data.length; first += MOST_DATA) {
      const MetricData = data.slice(first, first + MOST_DATA)
      await cloudWatch.send(new PutMetricDataCommand({ Namespace: namespace, MetricData }))
    }
  }

  const tell = async (
    stretches: readonly Stretch[],
    behaviour: (time: number) => ServiceMinute,
    names: ServiceNames,
  ): Promise<void> => {
    const byNamespace = new Map<string, MetricDatum[]>()
    for (const stretch of stretches) {
      for (const [namespace, data] of Object.entries(
        serviceMetrics(behaviour(stretch.time), stretch, names),
      )) {
        if (stretch.minutes > 1 && !LOOKED_BACK_ON.has(namespace)) continue
        const known = byNamespace.get(namespace)
        if (known) known.push(...data)
        else byNamespace.set(namespace, [...data])
      }
    }
    for (const [namespace, data] of byNamespace) await publish(namespace, data)
  }

  /** From one time to another: coarsely, then by the minute. */
  const stretchesOf = (from: number, to: number): Stretch[] => {
    const stretches: Stretch[] = []
    for (let time = from; time < to; ) {
      const minutes = to - time > FINE * MINUTE && (time / MINUTE) % GRAIN === 0 ? GRAIN : 1
      stretches.push({ time, minutes })
      time += minutes * MINUTE
    }
    return stretches
  }

  const keyOf = (name = ''): string => name.slice(NAMES.service.length + 1)

  const standing = async (which: Pick<DescribeAlarmsInput, 'AlarmNames'> = {}): Promise<string[]> => {
    const keys: string[] = []
    const pages = paginateDescribeAlarms(
      { client: cloudWatch },
      { ...which, StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] },
    )
    for await (const { MetricAlarms = [], CompositeAlarms = [] } of pages) {
      keys.push(...[...MetricAlarms, ...CompositeAlarms].map(({ AlarmName }) => keyOf(AlarmName)))
    }
    return keys
  }

  const firedSince = async (time: number): Promise<string[]> => {
    const keys = new Set<string>()
    const input = {
      StartDate: new Date(time),
      HistoryItemType: 'StateUpdate',
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
    } as const
    const pages = paginateDescribeAlarmHistory(
      { client: cloudWatch },
      { ...input, AlarmTypes: [...input.AlarmTypes] },
    )
    for await (const { AlarmHistoryItems = [] } of pages) {
      for (const { AlarmName, HistorySummary = '' } of AlarmHistoryItems) {
        if (HistorySummary.endsWith(' to ALARM')) keys.add(keyOf(AlarmName))
      }
    }
    return [...keys]
  }

  const pagesOf = async (QueueUrl: string): Promise<string[]> => {
    const told: Array<{ readonly at: string; readonly state: string }> = []
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      )
      if (Messages.length === 0) break
      for (const { Body = '{}', ReceiptHandle } of Messages) {
        const { NewStateValue: state, StateChangeTime: at } = JSON.parse(Body) as Record<string, string>
        told.push({ at: at ?? '', state: state ?? '' })
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))
      }
    }
    return told.sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ state }) => state)
  }

  /** Moves the clock to a time, with metrics of what happens until then. Alarms look at that time alone. */
  const goTo = async (
    time: number,
    behaviour: (time: number) => ServiceMinute,
    names: ServiceNames,
  ): Promise<void> => {
    await tell(stretchesOf(cloud.clock.now(), time), behaviour, names)
    cloud.clock.step(time)
    await cloud.clock.advance(0)
  }

  return async (cause: Cause, { template }: RehearsedStack): Promise<Outcome> => {
    const { turn, minutes, endsAt = 0, lingers = 0, without, pages: isPaged } = cause
    await cloud.reset()
    const earliest = cloud.clock.now() + (minutes - endsAt) * MINUTE
    const end = Math.ceil(earliest / WINDOW) * WINDOW + endsAt * MINUTE
    const start = end - minutes * MINUTE
    const ill = (time: number) => turn(healthyMinute(time))
    const well = (time: number): ServiceMinute => {
      const minute = healthyMinute(time)
      return without === undefined ? minute : { ...minute, check: undefined }
    }

    cloud.clock.step(start)
    const unpaged: ServiceNames = { ...NAMES, pageTopic: 'none' }
    await tell(stretchesOf(start - WINDOW, start), well, unpaged)
    const outputs = await deploy(template)
    const names = { ...NAMES, pageTopic: outputs[OUTPUTS.pageTopic] ?? '' }
    await cloud.clock.advance(0)
    const queue = outputs[OUTPUTS.pageQueue] ?? ''
    // A new alarm tells that it is OK.
    await pagesOf(queue)
    const before = await standing()

    const step = minutes > HOUR / MINUTE ? HOUR : MINUTE
    while (cloud.clock.now() < end) await goTo(Math.min(cloud.clock.now() + step, end), ill, names)
    const fired = await firedSince(start)
    const atEnd = await standing()
    if (!isPaged) return { before, fired, standing: atEnd, pages: await pagesOf(queue) }

    for (let left = lingers; left > 0; left -= 60) await goTo(cloud.clock.now() + HOUR, well, names)
    let quiet = 0
    for (let minute = 0; minute < RECOVERY && quiet < AFTERWARDS; minute++) {
      await goTo(cloud.clock.now() + MINUTE, well, names)
      quiet = (await standing({ AlarmNames: [`${NAMES.service}-${PAGER}`] })).length > 0 ? 0 : quiet + 1
    }
    return { before, fired, standing: atEnd, pages: await pagesOf(queue) }
  }
}
