import type { Clock, ClockTimer } from '../../kernel/clock.ts'
import { uuid } from '../../kernel/ids.ts'
import { type Scope, scopeKey } from '../../kernel/scope.ts'
import type { Collection } from '../../kernel/store.ts'
import { invalidParameterValue, messageNotInflight, overLimit } from './errors.ts'
import { MAX_STORED_BYTES, MAX_VISIBILITY_SECONDS } from './limits.ts'
import { attributeBytes } from './message-attributes.ts'
import { numberOf, redriveOf } from './queue-attributes.ts'
import { type MessageCounts, QueueMessages } from './queue-messages.ts'
import type { QueueMetrics } from './queue-metrics.ts'
import type { Queues } from './queues.ts'
import { messageIdOf } from './receipt-handle.ts'
import type { MessageRecord, QueueAt, QueueRecord, StoredAttributes } from './records.ts'

export interface ExchangeDependencies {
  readonly records: Collection<MessageRecord>
  readonly queues: Queues
  readonly clock: Clock
  readonly metrics: QueueMetrics
  /** Called when somebody sends, receives or deletes. */
  readonly onUse: () => void
}

/** A message to be sent, checked. */
export interface OutgoingMessage {
  readonly body: string
  readonly attributes: StoredAttributes
  readonly traceHeader?: string | undefined
  readonly delaySeconds?: number | undefined
  readonly senderId: string
}

export interface ReceiveOptions {
  readonly max: number
  /** Clock seconds. Default: the queue's. */
  readonly visibilityTimeout?: number | undefined
  /** Real seconds: somebody holds a connection. */
  readonly waitSeconds: number
}

/** A receive that waits for messages. */
interface Waiter {
  /** Whether there was something for it. */
  attempt(): boolean
  end(): void
}

interface Room {
  readonly messages: QueueMessages
  readonly waiters: Set<Waiter>
  /** When a hidden message becomes visible; set while somebody waits. */
  timer?: ClockTimer | undefined
  /** ms since the epoch; 0 where nobody used the queue since start. */
  lastUse: number
}

export const messageBytes = ({ body, attributes }: Pick<MessageRecord, 'body' | 'attributes'>): number =>
  Buffer.byteLength(body) + attributeBytes(attributes)

/** The messages of all queues: sending, receiving, dead letters. All times are the clock's but for a receive's waiting. */
export class Exchange {
  readonly #parts: ExchangeDependencies
  readonly #rooms = new Map<string, Room>()
  #bytes = 0

  constructor(parts: ExchangeDependencies) {
    this.#parts = parts
    const rooms = new Map<string, Room>()
    for (const { scope, value: queue } of parts.queues.entries()) {
      rooms.set(`${scopeKey(scope)}/${queue.id}`, this.#room({ scope, queue }))
    }
    for (const { scope, key, value } of parts.records.entries()) {
      const room = rooms.get(`${scopeKey(scope)}/${key.split('/')[0]}`)
      if (!room) {
        parts.records.delete(scope, key)
        continue
      }
      room.messages.load(value)
      this.#bytes += messageBytes(value)
    }
    // The clock may have been ahead when the cloud ended.
    this.#turnBack(0)
    parts.clock.onSet(by => {
      if (by < 0) this.#turnBack(by)
    })
  }

  /** @throws ServiceError `InvalidParameterValue` for a message that is too large, `OverLimit` beyond what Sonde keeps */
  send(at: QueueAt, outgoing: OutgoingMessage): MessageRecord {
    const { clock, metrics } = this.#parts
    const bytes = messageBytes(outgoing)
    const limit = numberOf(at.queue, 'MaximumMessageSize')
    if (bytes > limit) {
      throw invalidParameterValue(
        `One or more parameters are invalid. Reason: Message must be shorter than ${limit} bytes.`,
      )
    }
    if (this.#bytes + bytes > MAX_STORED_BYTES) {
      throw overLimit(`Sonde keeps at most ${MAX_STORED_BYTES} bytes of messages. Purge a queue.`)
    }
    const now = clock.now()
    const { body, attributes, traceHeader, senderId } = outgoing
    const delay = outgoing.delaySeconds ?? numberOf(at.queue, 'DelaySeconds')
    const message: MessageRecord = {
      id: uuid(),
      body,
      attributes,
      senderId,
      sent: now,
      visibleAt: now + delay * 1_000,
      receives: 0,
      ...(traceHeader !== undefined && { traceHeader }),
    }
    this.#used(at)
    this.#deliver(at, message)
    metrics.record(at, { NumberOfMessagesSent: 1, SentMessageSize: bytes })
    return message
  }

  /** Takes messages and hides them; waits for the first one where there is none. */
  async receive(at: QueueAt, options: ReceiveOptions): Promise<MessageRecord[]> {
    this.#used(at)
    const found = this.#collect(at, options)
    const received = found.length > 0 || options.waitSeconds === 0 ? found : await this.#wait(at, options)
    this.#parts.metrics.record(
      at,
      received.length > 0 ? { NumberOfMessagesReceived: received.length } : { NumberOfEmptyReceives: 1 },
    )
    return received
  }

  /** What is gone already is no error. */
  delete(at: QueueAt, handle: string): void {
    this.#used(at)
    if (this.#remove(at, messageIdOf(at.queue, handle))) {
      this.#parts.metrics.record(at, { NumberOfMessagesDeleted: 1 })
    }
  }

  /** @throws ServiceError `InvalidParameterValue` for a message that is gone, `MessageNotInflight` */
  changeVisibility(at: QueueAt, handle: string, seconds: number): void {
    const room = this.#room(at)
    const message = room.messages.get(messageIdOf(at.queue, handle))
    const now = this.#parts.clock.now()
    if (!message) {
      throw invalidParameterValue(
        `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available ` +
          'for visibility timeout change.',
      )
    }
    if (message.receives === 0 || message.visibleAt <= now) throw messageNotInflight()
    room.messages.put({ ...message, visibleAt: now + seconds * 1_000 })
    this.#wake(room)
  }

  counts(at: QueueAt): MessageCounts {
    this.#expire(at)
    return this.#room(at).messages.counts(this.#parts.clock.now())
  }

  /** In whole seconds; 0 where no message is visible. */
  ageOfOldest(at: QueueAt): number {
    const now = this.#parts.clock.now()
    return Math.floor((now - (this.#room(at).messages.oldestVisible(now) ?? now)) / 1_000)
  }

  purge(at: QueueAt): void {
    const { messages } = this.#room(at)
    for (const message of messages.values()) this.#bytes -= messageBytes(message)
    messages.clear()
  }

  /** Forgets a deleted queue. */
  drop(at: QueueAt): void {
    this.purge(at)
    this.#close(this.#room(at))
    this.#rooms.delete(at.queue.id)
  }

  /** Ends every wait. `forget`: the records are gone too. */
  close(forget = false): void {
    for (const room of this.#rooms.values()) this.#close(room)
    if (!forget) return
    this.#rooms.clear()
    this.#bytes = 0
  }

  /** When somebody last used a queue, in ms since the epoch; 0 where nobody did since start. */
  lastUse(at: QueueAt): number {
    return this.#room(at).lastUse
  }

  /** Nothing was sent in the future, and what is hidden stays so no longer than it would have. */
  #turnBack(by: number): void {
    const now = this.#parts.clock.now()
    for (const room of this.#rooms.values()) {
      for (const message of [...room.messages.values()]) {
        const hiddenUntil = message.visibleAt > now ? message.visibleAt + by : message.visibleAt
        const visibleAt = hiddenUntil > now + MAX_VISIBILITY_SECONDS * 1_000 ? now : hiddenUntil
        const sent = Math.min(message.sent, now)
        if (sent === message.sent && visibleAt === message.visibleAt) continue
        room.messages.put({ ...message, sent, visibleAt })
      }
      this.#wake(room)
    }
  }

  #used(at: QueueAt): void {
    this.#room(at).lastUse = this.#parts.clock.now()
    this.#parts.onUse()
  }

  #close(room: Room): void {
    room.timer?.cancel()
    for (const waiter of room.waiters) waiter.end()
  }

  #room({ scope, queue }: QueueAt): Room {
    let room = this.#rooms.get(queue.id)
    if (!room) {
      const { records } = this.#parts
      const key = (id: string): string => `${queue.id}/${id}`
      const messages = new QueueMessages({
        put: message => records.put(scope, key(message.id), message),
        delete: id => records.delete(scope, key(id)),
      })
      room = { messages, waiters: new Set(), lastUse: 0 }
      this.#rooms.set(queue.id, room)
    }
    return room
  }

  #deliver(at: QueueAt, message: MessageRecord): void {
    const room = this.#room(at)
    room.messages.put(message)
    this.#bytes += messageBytes(message)
    this.#wake(room)
  }

  #remove(at: QueueAt, id: string): boolean {
    const { messages } = this.#room(at)
    const message = messages.get(id)
    if (!message) return false
    this.#bytes -= messageBytes(message)
    return messages.delete(id)
  }

  #expire(at: QueueAt): number {
    const oldest = this.#parts.clock.now() - numberOf(at.queue, 'MessageRetentionPeriod') * 1_000
    for (const id of this.#room(at).messages.sentBefore(oldest)) this.#remove(at, id)
    return oldest
  }

  #collect(at: QueueAt, { max, visibilityTimeout }: ReceiveOptions): MessageRecord[] {
    const oldest = this.#expire(at)
    const { messages } = this.#room(at)
    const now = this.#parts.clock.now()
    const hiddenFor = (visibilityTimeout ?? numberOf(at.queue, 'VisibilityTimeout')) * 1_000
    const found: MessageRecord[] = []
    const taken = new Set<string>()
    while (found.length < max) {
      const message = messages.next(now)
      // With a visibility timeout of 0 a message is visible again at once, but not twice in one answer.
      if (!message || taken.has(message.id)) break
      taken.add(message.id)
      if (message.sent <= oldest) this.#remove(at, message.id)
      else if (!this.#bury(at, message)) {
        const received = {
          ...message,
          visibleAt: now + hiddenFor,
          receives: message.receives + 1,
          firstReceived: message.firstReceived ?? now,
        }
        messages.put(received)
        found.push(received)
      }
    }
    return found
  }

  /** Moves a message that was received too often to its dead-letter queue; where that is gone, it stays. */
  #bury(at: QueueAt, message: MessageRecord): boolean {
    const redrive = redriveOf(at.queue)
    if (!redrive || message.receives - (message.formerReceives ?? 0) < redrive.maxReceiveCount) return false
    const target = this.#deadLetterQueue(at.scope, redrive.deadLetterTargetArn)
    if (!target) return false
    this.#remove(at, message.id)
    this.#deliver(target, { ...message, sourceArn: at.queue.arn, formerReceives: message.receives })
    return true
  }

  #deadLetterQueue(scope: Scope, queueArn: string): QueueAt | undefined {
    const queue: QueueRecord | undefined = this.#parts.queues.find(scope, queueArn.split(':').pop() ?? '')
    return queue && { scope, queue }
  }

  #wait(at: QueueAt, options: ReceiveOptions): Promise<MessageRecord[]> {
    const room = this.#room(at)
    return new Promise(resolve => {
      const finish = (messages: MessageRecord[]): void => {
        clearTimeout(timer)
        room.waiters.delete(waiter)
        resolve(messages)
      }
      const waiter: Waiter = {
        attempt: () => {
          const messages = this.#collect(at, options)
          if (messages.length > 0) finish(messages)
          return messages.length > 0
        },
        end: () => finish([]),
      }
      const timer = setTimeout(waiter.end, options.waitSeconds * 1_000)
      room.waiters.add(waiter)
      this.#wake(room)
    })
  }

  /** Serves those who wait, first come first, and asks to be called when the next hidden message becomes visible. */
  #wake(room: Room): void {
    for (const waiter of room.waiters) if (!waiter.attempt()) break
    room.timer?.cancel()
    const next = room.waiters.size > 0 ? room.messages.nextVisible() : undefined
    room.timer = next === undefined ? undefined : this.#parts.clock.at(next, () => this.#wake(room))
  }
}
