import type * as Sdk from '@aws-sdk/client-lambda'
import type { Operation, Operations } from '@sonde/wire'
import type { Clock } from '../../../kernel/clock.ts'
import type { RequestContext } from '../../../kernel/context.ts'
import type { ObjectReader } from '../../../kernel/ports.ts'
import type { AsyncInvocations } from '../async-invocations.ts'
import type { Catalogue } from '../catalogue.ts'
import type { Outlets } from '../destinations.ts'
import type { Invoker } from '../invoker.ts'
import type { PackageStore } from '../package/package-store.ts'
import type { Provisioner } from '../provisioned/provisioner.ts'

export interface OperationsDependencies {
  readonly catalogue: Catalogue
  readonly packages: PackageStore
  readonly objects: ObjectReader
  readonly invoker: Invoker
  readonly provisioner: Provisioner
  readonly asyncInvocations: AsyncInvocations
  readonly clock: Clock
  /** What destinations and dead letters can go through. */
  readonly outlets: Outlets
  /** Whether a role allows what active tracing takes. */
  readonly mayWriteTraces: (roleArn: string) => boolean
}

/** Invoke's payload is bytes both ways; the SDK's types have what its client makes of them. */
export type InvokeInput = Omit<Sdk.InvokeCommandInput, 'Payload'> & { readonly Payload?: Uint8Array }
export type InvokeOutput = Omit<Sdk.InvokeCommandOutput, '$metadata' | 'Payload'> & {
  readonly Payload?: Uint8Array
}
type InvokeOperation = Operation<InvokeInput, InvokeOutput, RequestContext>

/** Handlers of Lambda's operations. */
export type LambdaOperations = Omit<Operations<typeof Sdk, RequestContext>, 'Invoke'> & {
  readonly Invoke?: InvokeOperation
}
