import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../kernel/clock.ts'
import type {
  FaultPoints,
  FunctionInvoker,
  LogWriter,
  MetricRecorder,
  TraceSampler,
} from '../../kernel/ports.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import type { Exchange } from './data-plane/exchange.ts'
import { handleRequest, type InvocationTarget } from './data-plane/handle.ts'
import { createReporter } from './data-plane/reporter.ts'
import { CompiledStages } from './data-plane/stages.ts'
import { createImportApiKeysOperations } from './operations/import-api-keys.ts'
import { createTestInvokeOperations } from './operations/test-invoke-method.ts'
import { createControlPlaneOperations } from './operations.ts'
import { Repository } from './repository.ts'
import { createResourceTypes } from './resources.ts'
import { Admission } from './usage-plans/admission.ts'
import { Buckets } from './usage-plans/buckets.ts'
import { KeyAccesses } from './usage-plans/key-access.ts'
import { Subscriptions } from './usage-plans/subscriptions.ts'
import { UsageLedger } from './usage-plans/usage-ledger.ts'
import { UsageReports } from './usage-plans/usage-reports.ts'

export type { Exchange } from './data-plane/exchange.ts'
export type { InvocationTarget } from './data-plane/handle.ts'
export { STAGE_ORIGIN, type StageTrace, stageServiceName } from './data-plane/stage-trace.ts'

export interface ApiGatewayDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly functions: FunctionInvoker
  readonly logs: LogWriter
  readonly metrics: MetricRecorder
  readonly faults: FaultPoints
  /** Decides about requests whose client has not, at stages with active tracing. */
  readonly sampler?: TraceSampler
  /** Called with each finished request after its response: what became of it, with times and trace header. */
  readonly onRequest?: (exchange: Exchange) => void
  /** How far GetUsage lags behind the requests, in ms of the clock. Default 0: it shows all. */
  readonly usageReportingDelay?: number
}

export interface ApiGatewayService extends CloudService {
  /**
   * Serves a request of an API's data plane. An API or stage that does not exist answers 403 `Forbidden`. Rejects
   * where a fault asks for the connection to be dropped, which is the caller's to do.
   */
  handle(request: IncomingMessage, response: ServerResponse, target: InvocationTarget): Promise<void>
  /** Whether an API of that id exists, in whatever account and region. */
  owns(apiId: string): boolean
}

/** Amazon API Gateway, REST APIs: the control plane (`apigateway`) and the data plane (`execute-api`). */
export const createApiGateway = (dependencies: ApiGatewayDependencies): ApiGatewayService => {
  const { store, clock, functions, logs, metrics, faults, sampler, onRequest } = dependencies
  const repository = new Repository(store)
  const subscriptions = new Subscriptions(store)
  const ledger = new UsageLedger(store)
  ledger.keep(subscriptions.planIds())
  const usageReports = new UsageReports(clock, dependencies.usageReportingDelay)
  const buckets = new Buckets()
  const accesses = new KeyAccesses(subscriptions, ledger, buckets)
  const admission = new Admission({ clock, accesses, buckets, ledger, usageReports })
  const stages = new CompiledStages(repository)
  const reporter = createReporter({ clock, logs, metrics, onRequest })
  const backends = { functions, faults }
  const dataPlane = { stages, clock, backends, reporter, admission, sampler }
  const control = { repository, subscriptions, ledger, usageReports, clock }
  const operations = createControlPlaneOperations(control)

  return {
    id: 'apigateway',
    apis: [
      {
        api: 'apigateway',
        operations: {
          ...operations,
          ...createTestInvokeOperations(control, backends),
          ...createImportApiKeysOperations(control, operations.CreateUsagePlanKey),
        },
      },
    ],
    resources: createResourceTypes(operations, repository),
    handle: (request, response, target) => handleRequest(dataPlane, request, response, target),
    owns: apiId => repository.scopeOf(apiId) !== undefined,
    stop: async () => {
      reporter.flush()
      ledger.close()
    },
    reset: () => {
      repository.reset()
      subscriptions.reset()
      ledger.clear()
      usageReports.clear()
      buckets.clear()
    },
  }
}
