import { ServiceError } from '@sonde/wire'
import { parseArn } from '../kernel/arn.ts'
import { uuid } from '../kernel/ids.ts'
import type { Deliverer } from '../kernel/ports.ts'
import { targetKind } from './target-kind.ts'
import type { BusEntry, Origin, TargetPorts } from './target-ports.ts'

/** A message for a target. */
export interface Message {
  readonly targetArn: string
  /** JSON text. */
  readonly payload: string
  /** ms since the epoch. */
  readonly now: number
  /** Whom the target's resource policy is asked about. Absent where the deliverer acts with a role. */
  readonly deliverer?: Deliverer
  /** `X-Amzn-Trace-Id`. */
  readonly traceHeader?: string
  /** For an event bus: what is put on it, and whose it is. */
  readonly busEntry?: { readonly entry: BusEntry; readonly from: Origin }
}

type Send = (ports: TargetPorts, message: Message) => Promise<unknown> | undefined

const toFunction: Send = ({ functions }, { targetArn, payload, deliverer, traceHeader }) =>
  functions.invoke({
    functionArn: targetArn,
    payload: Buffer.from(payload),
    invocationType: 'Event',
    ...(traceHeader !== undefined && { traceHeader }),
    ...(deliverer && { caller: deliverer }),
  })

const toLogGroup: Send = ({ logs }, { targetArn, payload, now }) => {
  const parsed = parseArn(targetArn)
  if (!parsed) throw new TypeError(`${targetArn} is no ARN`)
  const [, group = ''] = parsed.resource.split(':')
  // Every event gets a stream of its own, as on AWS.
  logs.write(parsed, group, uuid(), [{ timestamp: now, message: payload }])
  return undefined
}

const toBus: Send = ({ buses }, { targetArn, busEntry }) => {
  if (!busEntry) throw new TypeError('an event bus takes entries alone')
  buses.send(targetArn, busEntry.entry, busEntry.from)
  return undefined
}

const SENDERS: Readonly<Record<NonNullable<ReturnType<typeof targetKind>>, Send>> = {
  lambda: toFunction,
  sns: ({ topics }, { targetArn, payload, deliverer }) =>
    topics.publish({ topicArn: targetArn, message: payload, ...(deliverer && { deliverer }) }),
  sqs: ({ queues }, { targetArn, payload, deliverer }) =>
    queues.send({ queueArn: targetArn, body: payload, ...(deliverer && { deliverer }) }),
  logs: toLogGroup,
  'event-bus': toBus,
}

/**
 * Delivers one message to its target; functions are invoked asynchronously.
 *
 * @throws ServiceError of the target
 */
export const deliver = async (ports: TargetPorts, message: Message): Promise<void> => {
  const kind = targetKind(message.targetArn)
  if (!kind) throw new ServiceError('ResourceNotFoundException', `No target ${message.targetArn} is here.`)
  await SENDERS[kind](ports, message)
}
