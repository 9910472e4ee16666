import type { ServiceModel } from './model.ts'

export type ProtocolName = 'awsJson1_0' | 'awsJson1_1' | 'restJson1' | 'restXml' | 'awsQuery' | 'rpcv2Cbor'

/** How a service is spoken to: what its model's service-level traits say, which the SDK's schemas do not carry. */
export interface ApiDescription {
  /** The id under which its handlers are registered: `cloudwatch`, `sagemaker-runtime`, … */
  readonly api: string
  /** The service name of a request's credential scope. */
  readonly signingName: string
  readonly protocols: readonly ProtocolName[]
  /** What stands before the dot in `X-Amz-Target`; also the service's shape name in rpcv2Cbor paths. */
  readonly targetPrefix?: string
  /** The `Version` of awsQuery requests. */
  readonly version?: string
  /** Of XML answers. */
  readonly xmlNamespace?: string
  /** The shape namespace for error types, such as `com.amazonaws.cloudwatch`. */
  readonly namespace?: string
  /** Errors carry `x-amzn-query-error` (Smithy's awsQueryCompatible trait). */
  readonly queryCompatible?: boolean
  /** The path's first segment is this input member (S3's `Bucket`), which the schemas bind to the host. */
  readonly pathPrefixMember?: string
  /** Largest body in bytes of an operation that does not stream. Default 10 MiB. */
  readonly maxBody?: number
  /** Largest body in bytes as received, packed or not, by operation; only where less than {@link maxBody}. */
  readonly maxReceived?: Readonly<Record<string, number>>
  /** Imports the SDK's client module; called once, at the first request. */
  readonly load: () => Promise<Readonly<Record<string, unknown>>>
}

/** An API with its schemas loaded. */
export interface LoadedApi {
  readonly description: ApiDescription
  readonly model: ServiceModel
}
