import type { DrivenClock } from './kernel/clock.ts'
import type { FaultRegistry } from './kernel/faults.ts'
import type { Processes } from './kernel/processes.ts'
import type { ResourceTypes } from './kernel/resource-type.ts'
import type { AccessRules } from './kernel/security.ts'
import type { CloudService } from './kernel/service.ts'
import type { Store } from './kernel/store.ts'
import { createApiGateway } from './services/apigateway/index.ts'
import { createCloudFormation } from './services/cloudformation/index.ts'
import { createCloudWatch } from './services/cloudwatch/index.ts'
import { createDynamoDb } from './services/dynamodb/index.ts'
import { createEvents } from './services/events/index.ts'
import { createIam } from './services/iam/index.ts'
import { createLambda } from './services/lambda/index.ts'
import { createLogs } from './services/logs/index.ts'
import { createS3 } from './services/s3/index.ts'
import { createSageMaker } from './services/sagemaker/index.ts'
import { createScheduler } from './services/scheduler/index.ts'
import { createSns } from './services/sns/index.ts'
import { createSqs } from './services/sqs/index.ts'
import { createSsm } from './services/ssm/index.ts'
import { createSts } from './services/sts/index.ts'
import { createXRayDoors } from './services/xray/doors/index.ts'
import { createXRay } from './services/xray/index.ts'
import { createTracing } from './tracing.ts'

/** What a role must allow for its function's traces to be recorded. */
const TRACE_ACTIONS = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords']

/** What the services are built from. */
export interface ServicesDependencies {
  readonly store: Store
  readonly clock: DrivenClock
  readonly processes: Processes
  readonly faults: FaultRegistry
  /** The account of requests whose credentials name none. */
  readonly defaultAccount: string
  /** The folder that local commands of models are relative to. */
  readonly appDirectory: string | undefined
  /** Where functions reach the cloud; known once it listens. */
  readonly endpoint: () => string
  /** Where the X-Ray daemon listens, and whose its datagrams are. */
  readonly daemon: { readonly host: string; readonly port: number }
  readonly defaultRegion: string
  readonly rules: AccessRules
  readonly onDefect: (error: unknown) => void
}

/** Builds every service and hands each the ports that others provide. Who meets whom is seen here alone. */
export const createServices = (dependencies: ServicesDependencies) => {
  const { store, clock, processes, faults, defaultAccount, appDirectory, endpoint, daemon, onDefect } =
    dependencies

  const metrics = createCloudWatch({
    store,
    clock,
    // These measure themselves with the metrics that alarms watch, and so come later.
    actions: {
      topics: { publish: message => topics.publish(message) },
      functions: { invoke: request => lambda.invoke(request) },
      events: { put: (scope, event) => events.put(scope, event) },
    },
    onDefect,
  })
  const logs = createLogs({
    store,
    clock,
    metrics,
    functions: {
      invoke: request => lambda.invoke(request),
      dryRun: request => lambda.dryRun(request),
    },
  })
  const xray = createXRay({ store, clock, onDefect })
  const tracing = createTracing(xray)
  const doors = createXRayDoors({
    take: xray.take,
    defaultScope: { account: defaultAccount, region: dependencies.defaultRegion },
    udpAddress: daemon,
    endpoint,
    clock,
    rules: dependencies.rules,
    onDefect,
  })
  const objects = createS3({ store })
  const parameters = createSsm({ store, clock })
  const identities = createIam({ store, clock, defaultAccount })
  const sts = createSts({ identities })
  const queues = createSqs({ store, clock, metrics, authorizer: identities, endpoint })
  const dynamodb = createDynamoDb({ store, clock, objects, metrics, faults, onDefect })
  const lambda = createLambda({
    store,
    clock,
    processes,
    logs,
    metrics,
    identities,
    objects,
    faults,
    outlets: {
      queues,
      topics: { publish: message => topics.publish(message) },
      events: { put: (scope, event) => events.put(scope, event) },
      authorizer: identities,
    },
    endpoint,
    daemonAddress: doors.addressOf,
    onInvocation: tracing.onInvocation,
    mayWriteTraces: role => TRACE_ACTIONS.every(action => identities.allows(role, action, '*')),
  })
  const topics = createSns({
    store,
    clock,
    metrics,
    authorizer: identities,
    functions: lambda,
    queues,
    endpoint,
    onDefect,
  })
  const targets = { functions: lambda, topics, queues, logs }
  const events = createEvents({ store, clock, metrics, authorizer: identities, ...targets, onDefect })
  const scheduler = createScheduler({
    store,
    clock,
    metrics,
    authorizer: identities,
    trustPolicy: identities.trustPolicy,
    ...targets,
    buses: events,
    onDefect,
  })
  const apigateway = createApiGateway({
    store,
    clock,
    functions: lambda,
    logs,
    metrics,
    faults,
    sampler: xray.sampler,
    onRequest: tracing.onRequest,
  })
  const sagemaker = createSageMaker({
    store,
    clock,
    processes,
    logs,
    metrics,
    objects,
    faults,
    events,
    appDirectory,
    daemonAddress: doors.addressOf,
  })
  const all: CloudService[] = []
  const resourceTypes = (): ResourceTypes =>
    Object.assign({}, ...all.map(service => service.resources ?? {})) as ResourceTypes
  const cloudformation = createCloudFormation({
    store,
    clock,
    resourceTypes,
    objects,
    parameters,
    onDefect,
  })

  all.push(
    metrics,
    logs,
    xray,
    objects,
    parameters,
    identities,
    sts,
    dynamodb,
    lambda,
    apigateway,
    sagemaker,
    queues,
    topics,
    events,
    scheduler,
    cloudformation,
  )
  return { all, identities, logs, dynamodb, apigateway, cloudformation, doors, topics }
}
