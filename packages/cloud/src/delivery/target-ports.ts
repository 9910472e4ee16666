import type { FunctionInvoker, LogWriter, QueueSender, TopicPublisher } from '../kernel/ports.ts'

/** What an event bus takes from a rule of another bus, or from a schedule. */
export interface BusEntry {
  readonly source: string
  readonly detailType: string
  /** JSON text of an object. */
  readonly detail: string
  readonly resources: readonly string[]
  /** ISO 8601; now where absent. */
  readonly time?: string
  /** The id of an event that is passed on. */
  readonly id?: string
}

export interface BusSender {
  /**
   * Puts an event on a bus, of any account.
   *
   * @throws ServiceError `ResourceNotFoundException`, `AccessDeniedException`, `ValidationException`
   */
  send(busArn: string, entry: BusEntry, from: Origin): void
}

/** Whose event it is. */
export interface Origin {
  /** Account and region that the event names; the account is the one that the bus's policy is asked about. */
  readonly account: string
  readonly region: string
  /** Whether it comes from another bus: no bus passes it on again. */
  readonly isPassedOn: boolean
}

/** What targets are reached by. */
export interface TargetPorts {
  readonly functions: FunctionInvoker
  readonly topics: TopicPublisher
  readonly queues: QueueSender
  readonly logs: LogWriter
  readonly buses: BusSender
}
