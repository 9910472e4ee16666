/** What the service keeps, as plain JSON. */
import type { InvocationTrace } from './invocation-trace.ts'

export interface LoggingSettings {
  readonly LogFormat: 'Text' | 'JSON'
  readonly LogGroup: string
  readonly ApplicationLogLevel?: string
  readonly SystemLogLevel?: string
}

/** What UpdateFunctionConfiguration changes. */
export interface FunctionSettings {
  readonly runtime: string
  readonly handler: string
  readonly role: string
  readonly description: string
  /** Seconds. */
  readonly timeout: number
  /** MB. */
  readonly memorySize: number
  /** `undefined` where the function never had any: AWS then leaves `Environment` out of its answers. */
  readonly variables?: Readonly<Record<string, string>>
  readonly tracingMode: 'Active' | 'PassThrough'
  /** MB. */
  readonly ephemeralStorage: number
  /** Layer version ARNs. */
  readonly layers: readonly string[]
  readonly logging: LoggingSettings
  /** ARN of the queue or topic for asynchronous events that were given up. */
  readonly deadLetterTarget?: string
}

/** $LATEST or a published version. */
export interface VersionRecord extends FunctionSettings {
  readonly functionName: string
  readonly version: string
  readonly architecture: 'x86_64' | 'arm64'
  /** Hexadecimal: the package in the code store. */
  readonly codeHash: string
  /** Bytes of the package. */
  readonly codeSize: number
  readonly revisionId: string
  /** `2024-01-01T00:00:00.000+0000` */
  readonly lastModified: string
  /** Of a published version: of code and configuration that it was published from. */
  readonly contentHash?: string
}

/** One function: its unpublished version and what belongs to all of its versions. */
export interface FunctionRecord {
  readonly latest: VersionRecord
  /** The number that the next published version gets. Never used twice. */
  readonly nextVersion: number
  readonly tags: Readonly<Record<string, string>>
  readonly reservedConcurrency?: number
}

export interface AliasRecord {
  readonly functionName: string
  readonly name: string
  readonly version: string
  readonly description: string
  readonly revisionId: string
}

/** One statement of a resource policy, as AWS writes it. */
export interface PolicyStatement {
  readonly Sid: string
  readonly Effect: 'Allow'
  readonly Principal: '*' | { readonly Service: string } | { readonly AWS: string }
  readonly Action: string
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface PolicyRecord {
  readonly statements: readonly PolicyStatement[]
  readonly revisionId: string
}

export interface EventInvokeRecord {
  readonly functionName: string
  readonly qualifier: string
  /** 0 to 2. */
  readonly maximumRetryAttempts?: number
  /** 60 to 21,600 seconds. */
  readonly maximumEventAge?: number
  /** ARNs. */
  readonly onSuccess?: string
  readonly onFailure?: string
  /** ms since the epoch. */
  readonly lastModified: number
}

/** Provisioned concurrency of a published version or of an alias. */
export interface ProvisionedRecord {
  readonly functionName: string
  readonly qualifier: string
  /** Environments. */
  readonly requested: number
  /** `2024-01-01T00:00:00+0000` */
  readonly lastModified: string
}

export interface LayerRecord {
  readonly name: string
  readonly version: number
  readonly description: string
  readonly compatibleRuntimes: readonly string[]
  readonly compatibleArchitectures: readonly string[]
  readonly licenseInfo: string
  readonly codeHash: string
  readonly codeSize: number
  readonly createdDate: string
  /** Gone for new references; functions that have it keep it, as on AWS. */
  readonly deleted?: true
}

/** An event that was accepted with 202 and not yet served. */
export interface AsyncEventRecord {
  readonly requestId: string
  /** Qualified as the caller had it. */
  readonly functionArn: string
  /** Base64. */
  readonly payload: string
  /** `_X_AMZN_TRACE_ID`, the same for every attempt. */
  readonly traceHeader: string
  /** Where it is traced; `acceptedAt` is real time, ms since the epoch. */
  readonly trace?: InvocationTrace & { readonly acceptedAt: number }
  readonly clientContext?: string
  /** ms since the epoch, as all times here. */
  readonly acceptedAt: number
  readonly dueAt: number
  /** Times that the function has failed. */
  readonly failures: number
  /** Times that the event was throttled since. */
  readonly throttles: number
}
