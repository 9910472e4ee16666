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
   * @param from whose event it is: the account that the event names, and that the bus's policy is asked about
   * @throws ServiceError `ResourceNotFoundException`, `AccessDeniedException`, `ValidationException`
   */
  send(
    busArn: string,
    entry: BusEntry,
    from: { readonly account: string; readonly isPassedOn: boolean },
  ): void
}

/** What targets are reached by. */
export interface TargetPorts {
  readonly functions: FunctionInvoker
  readonly topics: TopicPublisher
  readonly queues: QueueSender
  readonly logs: LogWriter
  readonly buses: BusSender
}
