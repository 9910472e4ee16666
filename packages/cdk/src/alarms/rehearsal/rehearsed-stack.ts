import { Topic } from 'aws-cdk-lib/aws-sns'
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import {
  App,
  CfnOutput,
  Duration,
  type IStackSynthesizer,
  LegacyStackSynthesizer,
  Stack,
} from 'aws-cdk-lib/core'
import { Alarms } from '../alarms.ts'
import type { ServiceNames } from './service-metrics.ts'

export const NAMES: Omit<ServiceNames, 'pageTopic'> = {
  service: 'shop',
  apiName: 'shop',
  stageName: 'prod',
  functionName: 'predict',
  tableName: 'reference',
  operation: 'BatchGetItem',
  endpointName: 'model',
  variantName: 'AllTraffic',
}

export const OUTPUTS = { pageTopic: 'PageTopicName', pageQueue: 'PageQueueUrl' } as const

/** The whole set on a service that has everything there are alarms for, with a queue that hears who is paged. */
export interface RehearsedStack {
  readonly template: object
  /** In the set's order; the pager last. */
  readonly keys: readonly string[]
}

export const rehearsedStack = (healthCheck: boolean): RehearsedStack => {
  const app = new App({ analyticsReporting: false })
  const synthesizer = new LegacyStackSynthesizer() as IStackSynthesizer
  const stack = new Stack(app, 'Rehearsal', { synthesizer })
  const page = new Topic(stack, 'Page')
  const ticket = new Topic(stack, 'Ticket')
  const queue = new Queue(stack, 'Pages')
  page.addSubscription(new SqsSubscription(queue, { rawMessageDelivery: true }))
  new CfnOutput(stack, OUTPUTS.pageTopic, { value: page.topicName })
  new CfnOutput(stack, OUTPUTS.pageQueue, { value: queue.queueUrl })
  const { service, apiName, stageName, functionName, tableName, operation, endpointName, variantName } = NAMES
  const alarms = new Alarms(stack, 'Alarms', {
    service,
    api: { apiName, stageName },
    function: { functionName, concurrency: 100 },
    table: { tableName, operations: [operation] },
    endpoint: { endpointName, variantName, cores: 2 },
    capacity: { requestsPerMinute: 6_000, invocationsPerInstance: 6_000, floor: 100 },
    sla: { availability: 99.95, latency: { p90: Duration.millis(200) } },
    healthCheck,
    usageReport: true,
    routes: { page, ticket },
    owner: 'ml-platform',
    runbook: 'https://runbooks.example/shop',
  })
  const template = app.synth().getStackByName('Rehearsal').template as object
  return { template, keys: [...alarms.byKey.keys()] }
}
