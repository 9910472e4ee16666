import type { Clock } from '../../kernel/clock.ts'
import type {
  Authorizer,
  FunctionInvoker,
  MetricRecorder,
  QueueSender,
  TopicPublisher,
} from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { TopicAccess } from './access.ts'
import { Dispatcher } from './delivery/dispatcher.ts'
import { Envelopes } from './envelope.ts'
import { type Mail, Mailbox } from './mailbox.ts'
import { checkMessage, typedAttributes } from './message.ts'
import { publishOperations } from './operations/publish.ts'
import { subscriptionOperations } from './operations/subscriptions.ts'
import { topicOperations } from './operations/topics.ts'
import { createPublish } from './publisher.ts'
import type { HttpDelivery, OutboxRecord, SubscriptionRecord, TopicRecord } from './records.ts'
import { snsResources } from './resources.ts'
import { Signer, type SigningKey } from './signing/signer.ts'
import { Subscriptions } from './subscriptions.ts'
import { TopicMetrics } from './topic-metrics.ts'
import { Topics } from './topics.ts'

export type { Mail } from './mailbox.ts'

export interface SnsDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: MetricRecorder
  readonly authorizer: Pick<Authorizer, 'allows'>
  readonly functions: FunctionInvoker
  readonly queues: QueueSender
  /** What the URLs in messages start with: `http://127.0.0.1:4566`. */
  readonly endpoint: () => string
  readonly onDefect: (error: unknown) => void
}

/** What the front door and `/_sonde/` ask SNS. */
export interface SnsDoors {
  /** The certificate in PEM that is served at a path, or `undefined`. */
  certificate(path: string): string | undefined
  /** The latest mails to email subscriptions, the newest first. */
  mails(): readonly Mail[]
}

/** SNS's standard topics, delivering to functions, queues, HTTP endpoints and a local mailbox. */
export const createSns = ({
  store,
  clock,
  metrics: recorder,
  authorizer,
  functions,
  queues,
  endpoint,
  onDefect,
}: SnsDependencies): CloudService & TopicPublisher & SnsDoors => {
  const topics = new Topics(store.collection<TopicRecord>('sns.topics'))
  const subscriptions = new Subscriptions(store.collection<SubscriptionRecord>('sns.subscriptions'), clock)
  const signer = new Signer(store.collection<SigningKey>('sns.signing-keys'))
  const mailbox = new Mailbox(store.collection<Mail>('sns.mails'))
  const metrics = new TopicMetrics(recorder, clock)
  const dispatcher = new Dispatcher({
    records: store.collection<HttpDelivery>('sns.http-deliveries'),
    outbox: store.collection<OutboxRecord>('sns.outbox'),
    topics,
    clock,
    envelopes: new Envelopes({ signer, endpoint }),
    subscriptions,
    functions,
    queues,
    mailbox,
    metrics,
    onDefect,
  })
  const access = new TopicAccess(topics, authorizer)
  const publish = createPublish({ dispatcher, metrics, clock })
  const parts = { topics, subscriptions, dispatcher, access, publish, clock }
  return {
    id: 'sns',
    apis: [
      {
        api: 'sns',
        operations: {
          ...topicOperations(parts),
          ...subscriptionOperations(parts),
          ...publishOperations(parts),
        },
      },
    ],
    resources: snsResources(parts),
    publish: async ({ topicArn, subject, message, attributes, deliverer }) =>
      publish(
        access.openFor(topicArn, deliverer),
        checkMessage(message, subject, typedAttributes(attributes)),
      ),
    certificate: path => signer.certificate(path),
    mails: () => mailbox.list(),
    start: async () => dispatcher.start(),
    stop: async () => dispatcher.stop(),
    reset: () => {
      dispatcher.reset()
      subscriptions.forget()
      signer.reset()
    },
  }
}
