import { rmSync } from 'node:fs'
import type { Clock } from '../../kernel/clock.ts'
import type { FaultPoints, Identities, LogWriter, MetricRecorder, ObjectReader } from '../../kernel/ports.ts'
import type { Processes } from '../../kernel/processes.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { CloudService } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store.ts'
import { AsyncInvocations } from './async-invocations.ts'
import { Catalogue } from './catalogue.ts'
import { Destinations, type Outlets } from './destinations.ts'
import { Fleet } from './fleet/fleet.ts'
import { createFunctionInvoker, type FunctionDoor } from './function-invoker.ts'
import { InvocationMetrics } from './invocation-metrics.ts'
import type { InvocationRecord } from './invocation-record.ts'
import { Invoker } from './invoker.ts'
import { lambdaOperations } from './operations/operations.ts'
import { PackageStore } from './package/package-store.ts'
import { Planner } from './planner.ts'
import { Provisioner } from './provisioned/provisioner.ts'
import { lambdaResources } from './resources.ts'
import { provideSdk } from './runtime/sdk-folder.ts'

export type { InvocationRecord } from './invocation-record.ts'

export interface LambdaDependencies {
  readonly store: Store
  readonly clock: Clock
  readonly processes: Processes
  readonly logs: LogWriter
  readonly metrics: MetricRecorder
  readonly identities: Identities
  readonly objects: ObjectReader
  readonly faults: FaultPoints
  /** Where records of asynchronous invocations and dead letters can go besides functions. */
  readonly outlets?: Outlets
  /** `AWS_ENDPOINT_URL` of functions; asked when an environment starts. */
  readonly endpoint: () => string
  /** `AWS_XRAY_DAEMON_ADDRESS` of a scope's functions: `host:port`; asked when an environment starts. */
  readonly daemonAddress?: (scope: Scope) => string | Promise<string>
  /**
   * Told of each finished invocation that is traced, off the caller's path: the function has active tracing, the
   * invocation is sampled, and the role may write to X-Ray. Must not throw.
   */
  readonly onInvocation?: (record: InvocationRecord) => void
  /**
   * Whether a role allows `xray:PutTraceSegments` and `xray:PutTelemetryRecords`. Asked when a function gets active
   * tracing, and again for each record. All may where it is absent.
   */
  readonly mayWriteTraces?: (roleArn: string) => boolean
}

/** AWS Lambda: functions in child processes over the Lambda Runtime API. */
export const createLambda = (dependencies: LambdaDependencies): CloudService & FunctionDoor => {
  const { store, clock, processes, logs, identities, objects, faults, endpoint } = dependencies
  const { daemonAddress = () => '127.0.0.1:2000', mayWriteTraces = () => true, outlets = {} } = dependencies
  const runtimeFolder = store.folder('lambda-runtime')
  // A killed cloud leaves its environments' /tmp behind.
  rmSync(store.folder('lambda-tmp'), { recursive: true, force: true })
  const temporaryFolder = store.folder('lambda-tmp')
  const openedAt = Date.now()
  const packages = new PackageStore(store.folder('lambda-code'))
  const metrics = new InvocationMetrics(dependencies.metrics, clock)
  const catalogue = new Catalogue(store, clock, (scope, name) => {
    invoker.changed(scope, name)
    provisioner.changed(scope, name)
  })
  const fleet = new Fleet({
    processes,
    logs,
    clock,
    identities,
    endpoint,
    daemonAddress,
    runtimeFolder,
    temporaryFolder,
  })
  const planner = new Planner(catalogue, packages)
  const provisioner: Provisioner = new Provisioner(catalogue, planner, fleet, clock)
  const invoker: Invoker = new Invoker({
    catalogue,
    planner,
    provisioner,
    fleet,
    metrics,
    clock,
    faults,
    onInvocation: dependencies.onInvocation,
    mayWriteTraces,
  })
  const destinations = new Destinations(outlets, () => functions, clock)
  const asyncInvocations = new AsyncInvocations({ store, catalogue, invoker, metrics, clock, destinations })
  const functions = createFunctionInvoker(invoker, (target, options) =>
    asyncInvocations.accept(target, options),
  )
  const parts = {
    catalogue,
    packages,
    objects,
    invoker,
    provisioner,
    asyncInvocations,
    clock,
    mayWriteTraces,
    outlets,
  }
  const operations = lambdaOperations(parts)
  provideSdk(runtimeFolder)

  return {
    id: 'lambda',
    apis: [{ api: 'lambda', operations }],
    resources: lambdaResources(parts, operations),
    ...functions,
    start: async () => {
      // Uploaded for functions that were deleted since, or for requests that failed.
      await packages.clean(catalogue.usedPackages(), openedAt)
      provisioner.start()
      asyncInvocations.start()
    },
    stop: async () => {
      asyncInvocations.stop()
      provisioner.clear()
      fleet.destroy()
      metrics.flush()
    },
    reset: () => {
      asyncInvocations.reset()
      provisioner.clear()
      fleet.destroy()
      invoker.clear()
      metrics.clear()
    },
  }
}
