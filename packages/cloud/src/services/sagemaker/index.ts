import { randomUUID } from 'node:crypto'
import { renameSync, rm } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../kernel/clock.ts'
import type { EventBus, FaultPoints, LogWriter, MetricRecorder, ObjectReader } from '../../kernel/ports.ts'
import type { Processes } from '../../kernel/processes.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { EndpointConfigs } from './endpoint-configs.ts'
import { tellStatus } from './endpoint-events.ts'
import type { Hosting } from './endpoint-requests.ts'
import { Endpoints } from './endpoints.ts'
import { Invocations } from './invocation.ts'
import { Models } from './models.ts'
import { endpointConfigOperations } from './operations/endpoint-configs.ts'
import { endpointOperations } from './operations/endpoints.ts'
import { modelOperations } from './operations/models.ts'
import { runtimeOperations } from './operations/runtime.ts'
import { tagOperations } from './operations/tags.ts'
import { hostingState } from './records.ts'
import { endpointResource } from './resources/endpoint.ts'
import { endpointConfigResource } from './resources/endpoint-config.ts'
import { modelResource } from './resources/model.ts'
import { Utilization } from './utilization/utilization.ts'

export interface SageMakerDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly processes: Processes
  readonly logs: LogWriter
  readonly metrics: MetricRecorder
  readonly objects: ObjectReader
  /** Told of endpoints' statuses. */
  readonly events?: EventBus
  readonly faults: FaultPoints
  /** The folder that the local commands of models are relative to, and confined to. */
  readonly appDirectory: string | undefined
  /** `AWS_XRAY_DAEMON_ADDRESS` of local containers. Default 127.0.0.1:2000. */
  readonly daemonAddress?: (scope: Scope) => string | Promise<string>
}

/** How long the cloud's start waits for the endpoints that it brings back, in ms: slower models arrive later. */
const LONGEST_START = 5_000
const MODEL_DATA_FOLDER = 'sagemaker-model-data'

/** SageMaker's real-time hosting: models, endpoint configurations, endpoints, and their invocation. */
export const createSageMaker = (dependencies: SageMakerDependencies): CloudService => {
  const { store, clock, processes, logs, metrics, objects, faults, appDirectory, events } = dependencies
  const { daemonAddress = () => '127.0.0.1:2000' } = dependencies
  const state = hostingState(store)
  const modelDataFolder = () => store.folder(MODEL_DATA_FOLDER)
  const models = new Models({ state, clock, appDirectory })
  const configs = new EndpointConfigs({ state, clock, models })
  const endpoints: Endpoints = new Endpoints({
    state,
    clock,
    processes,
    logs,
    objects,
    appDirectory,
    daemonAddress,
    modelDataFolder,
    onStatus: (scope, record) => {
      if (events) tellStatus(events, scope, record)
      utilization.begin()
    },
  })
  const utilization = new Utilization(clock, metrics, endpoints)
  const hosting: Hosting = { models, configs, endpoints, clock }

  return {
    id: 'sagemaker',
    apis: [
      {
        api: 'sagemaker',
        operations: {
          ...modelOperations(models),
          ...endpointConfigOperations(configs),
          ...endpointOperations(hosting),
          ...tagOperations(hosting),
        },
      },
      {
        api: 'sagemaker-runtime',
        operations: runtimeOperations(new Invocations({ endpoints, clock, metrics, faults })),
      },
    ],
    resources: {
      'AWS::SageMaker::Model': modelResource(models),
      'AWS::SageMaker::EndpointConfig': endpointConfigResource(configs),
      'AWS::SageMaker::Endpoint': endpointResource(hosting),
    },
    start: async () => {
      await Promise.race([endpoints.resume(), sleep(LONGEST_START, undefined, { ref: false })])
    },
    stop: () => {
      utilization.stop()
      return endpoints.stop()
    },
    reset: () => {
      utilization.stop()
      endpoints.reset()
      const folder = modelDataFolder()
      const aside = `${folder}.${randomUUID()}`
      // Renamed first: model data can be large, and what comes next must find an empty folder.
      renameSync(folder, aside)
      rm(aside, { recursive: true, force: true }, () => {})
    },
  }
}
