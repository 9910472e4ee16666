import type { Clock } from '../../kernel/clock.ts'
import type { Authorizer, MetricRecorder, QueueSender } from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { QueueAccess } from './access.ts'
import { Exchange } from './exchange.ts'
import { attributeOperations } from './operations/attributes.ts'
import { messageOperations } from './operations/messages.ts'
import { queueOperations } from './operations/queues.ts'
import { QueueGauges } from './queue-gauges.ts'
import { QueueMetrics } from './queue-metrics.ts'
import { Queues } from './queues.ts'
import type { MessageRecord, QueueRecord } from './records.ts'
import { sqsResources } from './resources.ts'
import { createSender } from './sender.ts'

export interface SqsDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly metrics: MetricRecorder
  readonly authorizer: Pick<Authorizer, 'allows'>
  /** Where clients reach the cloud: queue URLs of stacks start with it. */
  readonly endpoint: () => string
}

/** SQS's standard queues. */
export const createSqs = ({
  store,
  clock,
  metrics: recorder,
  authorizer,
  endpoint,
}: SqsDependencies): CloudService & QueueSender => {
  const queues = new Queues(store.collection<QueueRecord>('sqs.queues'), clock)
  const metrics = new QueueMetrics(recorder, clock)
  const exchange = new Exchange({
    records: store.collection<MessageRecord>('sqs.messages'),
    queues,
    clock,
    metrics,
    onUse: () => gauges.used(),
  })
  const gauges: QueueGauges = new QueueGauges({ queues, exchange, clock, metrics })
  const access = new QueueAccess(queues, authorizer)
  const parts = { queues, exchange, access, clock }
  return {
    id: 'sqs',
    apis: [
      {
        api: 'sqs',
        operations: {
          ...queueOperations(parts),
          ...attributeOperations(parts),
          ...messageOperations(parts),
        },
      },
    ],
    resources: sqsResources(parts, endpoint),
    ...createSender(parts),
    start: async () => gauges.start(),
    stop: async () => {
      gauges.stop()
      exchange.close()
    },
    reset: () => exchange.close(true),
  }
}
