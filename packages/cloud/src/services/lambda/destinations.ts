import { notImplemented } from '@sonde/wire'
import { parseArn } from '../../kernel/arn.ts'
import type { Clock } from '../../kernel/clock.ts'
import type {
  Authorizer,
  EventBus,
  FunctionInvoker,
  QueueSender,
  TopicPublisher,
} from '../../kernel/ports.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { InvocationOutcome } from './environment/plan.ts'
import { constraintViolation, invalidParameter } from './errors.ts'
import type { Target } from './invoker.ts'
import { functionArn, LATEST } from './names.ts'
import type { AsyncEventRecord } from './records.ts'

/** What records of asynchronous invocations and dead letters go through. One that is absent cannot be a destination. */
export interface Outlets {
  readonly topics?: TopicPublisher
  readonly queues?: QueueSender
  readonly events?: EventBus
  /** What functions' roles may do; all where absent. */
  readonly authorizer?: Pick<Authorizer, 'allows'>
}

/** How an asynchronous invocation ended. */
export type Condition = 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency'

type Kind = 'sqs' | 'sns' | 'lambda' | 'events'

const ACTIONS: Readonly<Record<Kind, string>> = {
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
  lambda: 'lambda:InvokeFunction',
  events: 'events:PutEvents',
}
const DEFAULT_BUS = 'event-bus/default'
/** Bytes of a dead letter's `ErrorMessage`. */
const MAX_ERROR_MESSAGE = 1024

const kindOf = (arn: string): Kind | undefined => {
  const parsed = parseArn(arn)
  if (!parsed) return undefined
  const { service, resource } = parsed
  if (service === 'sqs' || service === 'sns') return service
  if (service === 'lambda' && resource.startsWith('function:')) return 'lambda'
  return service === 'events' && resource.startsWith('event-bus/') ? 'events' : undefined
}

const known = (kind: Kind, outlets: Outlets): boolean =>
  ({ sqs: outlets.queues, sns: outlets.topics, events: outlets.events, lambda: true })[kind] !== undefined

/**
 * Checks the ARN of a destination.
 *
 * @param member of the request
 * @throws ServiceError `ValidationException`, `InvalidParameterValueException`, 501 for kinds that cannot be reached
 */
export const checkDestination = (
  arn: string,
  member: string,
  function_: { readonly scope: Scope; readonly name: string },
  outlets: Outlets,
): string => {
  if (!parseArn(arn)) {
    throw constraintViolation(
      arn,
      member,
      'Member must satisfy regular expression pattern: arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)',
    )
  }
  const kind = kindOf(arn)
  if (!kind || !known(kind, outlets)) throw notImplemented(`Lambda's destination ${arn}`)
  if (kind === 'events' && parseArn(arn)?.resource !== DEFAULT_BUS) {
    throw notImplemented(`Lambda's destination ${arn}: event buses besides the default one`)
  }
  const own = functionArn(function_.scope, function_.name)
  if (arn === own || arn.startsWith(`${own}:`)) {
    throw invalidParameter("You can't specify the function as a destination for itself.")
  }
  return arn
}

const CALLS: Readonly<Partial<Record<Kind, string>>> = { sqs: 'SendMessage on SQS', sns: 'Publish on SNS' }

/**
 * Checks the target of dead letters, a queue or a topic.
 *
 * @throws ServiceError `ValidationException`; `InvalidParameterValueException` where the role may not send there
 */
export const checkDeadLetterTarget = (arn: string, role: string, outlets: Outlets): string => {
  const kind = kindOf(arn)
  const call = kind && CALLS[kind]
  if (!kind || call === undefined) {
    throw constraintViolation(
      arn,
      'deadLetterConfig.targetArn',
      'Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()',
    )
  }
  if (!known(kind, outlets)) throw notImplemented(`Lambda's DeadLetterConfig with ${arn}`)
  if (outlets.authorizer && !outlets.authorizer.allows(role, ACTIONS[kind], arn)) {
    throw invalidParameter(`The provided execution role does not have permissions to call ${call}`)
  }
  return arn
}

const parse = (bytes: Uint8Array | string): unknown => {
  const text =
    typeof bytes === 'string' ? Buffer.from(bytes, 'base64').toString() : Buffer.from(bytes).toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What became of an event, as destinations are told it. */
export interface EndedEvent {
  readonly event: AsyncEventRecord
  readonly target: Target
  readonly condition: Condition
  /** Times that the function ran. */
  readonly invocations: number
  /** Of the last run. */
  readonly outcome: InvocationOutcome | undefined
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export const invocationRecord = (
  { event, target, condition, invocations, outcome }: EndedEvent,
  now: number,
) => ({
  version: '1.0',
  timestamp: new Date(now).toISOString(),
  requestContext: {
    requestId: event.requestId,
    functionArn: functionArn(target.scope, target.functionName, target.qualifier ?? LATEST),
    condition,
    approximateInvokeCount: invocations,
  },
  requestPayload: parse(event.payload),
  ...(outcome && {
    responseContext: {
      statusCode: 200,
      executedVersion: target.executedVersion,
      ...(outcome.errorType !== undefined && { functionError: 'Unhandled' }),
    },
    responsePayload: parse(outcome.payload),
  }),
})

/** Takes records of asynchronous invocations to their destinations, and events that were given up to dead-letter queues. */
export class Destinations {
  readonly #outlets: Outlets
  readonly #functions: () => FunctionInvoker
  readonly #clock: Clock

  constructor(outlets: Outlets, functions: () => FunctionInvoker, clock: Clock) {
    this.#outlets = outlets
    this.#functions = functions
    this.#clock = clock
  }

  /** @throws whatever keeps the record from arriving */
  async deliver(destination: string, ended: EndedEvent): Promise<void> {
    const { target } = ended
    const kind = kindOf(destination)
    if (!kind) throw new Error(`${destination} is no destination`)
    this.#requirePermission(target.role, kind, destination)
    const detail = invocationRecord(ended, this.#clock.now())
    const text = JSON.stringify(detail)
    if (kind === 'sqs') await this.#outlets.queues?.send({ queueArn: destination, body: text })
    else if (kind === 'sns') await this.#outlets.topics?.publish({ topicArn: destination, message: text })
    else if (kind === 'lambda') {
      await this.#functions().invoke({
        functionArn: destination,
        payload: Buffer.from(text),
        invocationType: 'Event',
        traceHeader: ended.event.traceHeader,
      })
    } else {
      const { account = target.scope.account, region = target.scope.region } = parseArn(destination) ?? {}
      this.#outlets.events?.put(
        { account, region },
        {
          source: 'lambda',
          detailType: `Lambda Function Invocation Result - ${ended.condition === 'Success' ? 'Success' : 'Failure'}`,
          resources: [destination, detail.requestContext.functionArn],
          detail,
        },
      )
    }
  }

  /** @throws whatever keeps the event from arriving */
  async deadLetter(targetArn: string, { event, target, outcome }: EndedEvent): Promise<void> {
    const kind = kindOf(targetArn) ?? 'sqs'
    this.#requirePermission(target.role, kind, targetArn)
    const answer = outcome && parse(outcome.payload)
    const message =
      typeof answer === 'object' && answer !== null && 'errorMessage' in answer
        ? String(answer.errorMessage)
        : ''
    const text = Buffer.from(event.payload, 'base64').toString()
    const attributes = {
      RequestID: event.requestId,
      ErrorCode: { type: 'Number', value: '200' },
      ...(message !== '' && { ErrorMessage: Buffer.from(message).subarray(0, MAX_ERROR_MESSAGE).toString() }),
    }
    if (kind === 'sns')
      await this.#outlets.topics?.publish({ topicArn: targetArn, message: text, attributes })
    else await this.#outlets.queues?.send({ queueArn: targetArn, body: text, attributes })
  }

  #requirePermission(role: string, kind: Kind, resource: string): void {
    const { authorizer } = this.#outlets
    if (authorizer && !authorizer.allows(role, ACTIONS[kind], resource)) {
      throw new Error(`${role} may not ${ACTIONS[kind]} on ${resource}`)
    }
  }
}
