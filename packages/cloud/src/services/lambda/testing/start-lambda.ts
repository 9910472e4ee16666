import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strToU8, zipSync } from 'fflate'
import { createClock, type DrivenClock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import { createFaults, type FaultRegistry } from '../../../kernel/faults.ts'
import { uuid } from '../../../kernel/ids.ts'
import type { MetricSample } from '../../../kernel/ports.ts'
import { createProcesses, type ManagedProcess } from '../../../kernel/processes.ts'
import type { ResourceTypes } from '../../../kernel/resource-type.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { createStore } from '../../../kernel/store.ts'
import { createLambda, type InvocationRecord, type LambdaDependencies } from '../index.ts'
import type { lambdaOperations } from '../operations/operations.ts'

export const SCOPE: Scope = { account: '000000000000', region: 'us-east-1' }
export const ROLE = 'arn:aws:iam::000000000000:role/function'

/** A package of the given files. */
export const zip = (files: Readonly<Record<string, string>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))

export interface LambdaUnderTest {
  readonly operations: ReturnType<typeof lambdaOperations>
  readonly resources: ResourceTypes
  readonly lambda: ReturnType<typeof createLambda>
  readonly clock: DrivenClock
  readonly faults: FaultRegistry
  readonly directory: string
  readonly samples: MetricSample[]
  readonly invocations: InvocationRecord[]
  /** Objects of S3 by `bucket/key`. */
  readonly objects: Map<string, Uint8Array>
  /** Functions' processes, in the order of their start. */
  readonly processes: ManagedProcess[]
  readonly context: RequestContext
  /** All lines of a log group, in order. */
  lines(group: string): string[]
  /** Creates a Node.js function from the source of `index.js`. */
  create(name: string, source: string, options?: object): Promise<void>
  /** Invokes synchronously. */
  invoke(
    name: string,
    event?: unknown,
    options?: object,
  ): Promise<{ payload: unknown; error: string | undefined; log: string; version: string | undefined }>
  stop(): Promise<void>
}

/** The service with a real store, clock, processes and functions; what other services would do is recorded. */
export const startLambda = async (
  directory = mkdtempSync(join(tmpdir(), 'sonde-lambda-')),
  options: Pick<LambdaDependencies, 'onInvocation' | 'mayWriteTraces' | 'daemonAddress' | 'outlets'> & {
    /** Of the credentials that environments get, ms since the epoch. */
    readonly expiration?: () => number
  } = {},
): Promise<LambdaUnderTest> => {
  const store = createStore(directory)
  const clock = createClock()
  const faults = createFaults()
  const started: ManagedProcess[] = []
  const processes = createProcesses(join(directory, 'processes'))
  const logs = new Map<string, string[]>()
  const samples: MetricSample[] = []
  const invocations: InvocationRecord[] = []
  const objects = new Map<string, Uint8Array>()
  const lambda = createLambda({
    store,
    clock,
    faults,
    processes: {
      ...processes,
      spawn: options => {
        const process = processes.spawn(options)
        started.push(process)
        return process
      },
    },
    logs: {
      write: (_scope, group, _stream, events) => {
        const lines = logs.get(group) ?? []
        logs.set(group, lines)
        lines.push(...events.map(event => event.message))
      },
    },
    metrics: { record: (_scope, recorded) => void samples.push(...recorded) },
    identities: {
      resolve: () => ({ account: SCOPE.account, arn: '', userId: '' }),
      issue: role => ({
        accessKeyId: 'ASIATEST',
        secretAccessKey: `secret of ${role}`,
        sessionToken: 'token',
        expiration: options.expiration?.() ?? Number.MAX_SAFE_INTEGER,
      }),
    },
    objects: {
      getObject: async (_scope, bucket, key) => objects.get(`${bucket}/${key}`),
      listObjects: async () => [],
    },
    endpoint: () => 'http://127.0.0.1:4566',
    ...options,
    onInvocation: record => {
      invocations.push(record)
      options.onInvocation?.(record)
    },
  })
  await lambda.start?.()
  const operations = lambda.apis[0]?.operations as ReturnType<typeof lambdaOperations>
  const context: RequestContext = {
    scope: SCOPE,
    identity: { account: SCOPE.account, arn: '', userId: '' },
    get requestId() {
      return uuid()
    },
    endpoint: '',
  }
  return {
    operations,
    resources: lambda.resources ?? {},
    lambda,
    clock,
    faults,
    directory,
    samples,
    invocations,
    objects,
    processes: started,
    context,
    lines: group => logs.get(group) ?? [],
    create: async (name, source, options = {}) => {
      await operations.CreateFunction(
        {
          FunctionName: name,
          Role: ROLE,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          MemorySize: 512,
          Code: { ZipFile: zip({ 'index.js': source }) },
          ...options,
        },
        context,
      )
    },
    invoke: async (name, event = {}, options = {}) => {
      const answer = await operations.Invoke(
        {
          FunctionName: name,
          LogType: 'Tail',
          Payload: Buffer.from(JSON.stringify(event)),
          ...options,
        },
        context,
      )
      const text = Buffer.from(answer.Payload ?? []).toString()
      return {
        payload: text === '' ? undefined : JSON.parse(text),
        error: answer.FunctionError,
        log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
        version: answer.ExecutedVersion,
      }
    },
    stop: async () => {
      await lambda.stop?.()
      await processes.stopAll(0)
      clock.close()
      store.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
