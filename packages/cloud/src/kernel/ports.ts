/**
 * The typed interfaces by which services meet. A service folder imports these and never another service's folder;
 * `cloud.ts` wires who provides what.
 */
import type { ConditionKeys } from './policy/context.ts'
import type { Scope } from './scope.ts'

// ---------------------------------------------------------------- Lambda

export interface InvokeRequest {
  /** A function ARN, qualified or not. */
  readonly functionArn: string
  /** The event, as JSON text in UTF-8. */
  readonly payload: Uint8Array
  readonly invocationType: 'RequestResponse' | 'Event'
  /** `X-Amzn-Trace-Id` for the invocation: `Root=…;Parent=…;Sampled=…`. Made by Lambda where absent. */
  readonly traceHeader?: string
  /** The calling AWS service and what it acts for; checked against the function's resource policy. */
  readonly caller?: { readonly service: string; readonly sourceArn: string }
}

export interface InvokeResult {
  /** 200 for RequestResponse, 202 for Event. */
  readonly status: number
  readonly payload: Uint8Array
  /** Set exactly when the function failed; the payload then is its error document. */
  readonly functionError?: 'Unhandled'
  readonly executedVersion: string
  /** The last 4 KB of the invocation's log. */
  readonly logTail?: Uint8Array
}

export interface FunctionInvoker {
  /**
   * @throws ServiceError `ResourceNotFoundException`, `TooManyRequestsException`, `AccessDeniedException` (resource
   * policy), `ServiceException`; a failing handler is a result, not an error.
   */
  invoke(request: InvokeRequest): Promise<InvokeResult>
}

// ---------------------------------------------------------------- Logs

export interface LogEvent {
  /** ms since the epoch. */
  readonly timestamp: number
  readonly message: string
}

export interface LogWriter {
  /** Appends to a stream, making group and stream where they are missing. Never throws and never waits for the disk. */
  write(scope: Scope, group: string, stream: string, events: readonly LogEvent[]): void
}

// ---------------------------------------------------------------- CloudWatch metrics

export interface MetricSample {
  readonly namespace: string
  readonly name: string
  /** Name to value. */
  readonly dimensions: Readonly<Record<string, string>>
  readonly value: number
  /** One of CloudWatch's 27 unit names. */
  readonly unit: string
  /** ms since the epoch. */
  readonly timestamp: number
  /** How many values of this size there were. Default 1. */
  readonly count?: number
  /** Kept by the second instead of by the minute. Default false. */
  readonly highResolution?: boolean
}

export interface MetricRecorder {
  /** What services publish about themselves (`AWS/…`). Off the request path; never throws. */
  record(scope: Scope, samples: readonly MetricSample[]): void
}

// ---------------------------------------------------------------- EventBridge, SNS and SQS

/** What a service tells the default event bus of its account and region. */
export interface ServiceEvent {
  /** `aws.cloudwatch`, `aws.sagemaker`, … */
  readonly source: string
  readonly detailType: string
  /** ARNs. */
  readonly resources: readonly string[]
  readonly detail: Readonly<Record<string, unknown>>
}

export interface EventBus {
  /** Matches the event with the rules of the default bus, off the caller's path. Never throws. */
  put(scope: Scope, event: ServiceEvent): void
}

/** The AWS service that delivers something, and what it acts for; checked against the target's resource policy. */
export interface Deliverer {
  /** `cloudwatch.amazonaws.com`, `events.amazonaws.com`, … */
  readonly service: string
  readonly sourceArn: string
}

/** A message attribute of another type than String. */
export interface TypedAttribute {
  /** `Number`, `Binary`, or one of those with a dot and a label of one's own. */
  readonly type: string
  /** Of Binary in base64. */
  readonly value: string
}

export interface TopicPublisher {
  /**
   * Takes a message and answers its id once it is taken; delivery to the subscriptions goes on by itself.
   *
   * @throws ServiceError `NotFound` (`Topic does not exist`), `InvalidParameter`, `AuthorizationError` (topic policy)
   */
  publish(message: {
    readonly topicArn: string
    readonly subject?: string
    readonly message: string
    /** By name: a text is an attribute of type String. */
    readonly attributes?: Readonly<Record<string, string | TypedAttribute>>
    readonly deliverer?: Deliverer
  }): Promise<string>
}

export interface QueueSender {
  /**
   * Sends to a queue; answers the message id.
   *
   * @throws ServiceError `AWS.SimpleQueueService.NonExistentQueue`, `AccessDenied` (queue policy)
   */
  send(message: {
    readonly queueArn: string
    readonly body: string
    /** By name: a text is an attribute of type String. */
    readonly attributes?: Readonly<Record<string, string | TypedAttribute>>
    readonly deliverer?: Deliverer
  }): Promise<string>
}

// ---------------------------------------------------------------- X-Ray

export interface SegmentRecorder {
  /** Takes one segment document that the cloud itself writes. Off the request path; never throws. */
  record(scope: Scope, segment: Readonly<Record<string, unknown>>): void
}

/** What a sampling rule is compared with. */
export interface SampledRequest {
  /** The segment's name: of an API Gateway stage `<api>/<stage>`. */
  readonly serviceName: string
  /** The segment's origin, such as `AWS::ApiGateway::Stage`. */
  readonly serviceType: string
  readonly host: string
  readonly method: string
  readonly path: string
  readonly resourceArn: string
  /** The request's headers, names in lower case. */
  readonly attributes: Readonly<Record<string, string>>
}

export interface TraceSampler {
  /** Whether to trace a request of which nobody has decided, by the account's sampling rules; `ruleName` is the one. */
  decide(scope: Scope, request: SampledRequest): { readonly sampled: boolean; readonly ruleName: string }
}

// ---------------------------------------------------------------- IAM and STS

/** Who makes a request. */
export interface Identity {
  readonly account: string
  /** `arn:aws:iam::…:root`, `…:user/…` or `arn:aws:sts::…:assumed-role/…/…`. */
  readonly arn: string
  readonly userId: string
}

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** ms since the epoch. */
  readonly expiration: number
}

export interface Identities {
  /**
   * Resolves an access key: keys that our STS or IAM issued carry their identity; 12 digits are an account's root;
   * all else is the root of the default account.
   */
  resolve(accessKeyId: string | undefined): Identity
  /** Credentials of a role session, such as a function's environment gets. */
  issue(roleArn: string, sessionName: string): Credentials
}

export interface DenialOptions {
  /** As the request's protocol has it: `AccessDeniedException`, or `AccessDenied` in awsQuery and S3. */
  readonly code: string
  readonly status: number
}

export interface Authorizer {
  /**
   * Whether the identity policies of a role, user or session allow an action. Unknown identities may do nothing, and what
   * hangs on a condition key of which nothing is known is not allowed.
   *
   * @param context condition keys of the request besides those of its principal
   */
  allows(identityArn: string, action: string, resource: string, context?: ConditionKeys): boolean
  /** @throws ServiceError in AWS's words where they do not allow it; 501 naming an unknown condition key that decides */
  require(
    identityArn: string,
    action: string,
    resource: string,
    options: DenialOptions,
    context?: ConditionKeys,
  ): void
}

// ---------------------------------------------------------------- S3 and SSM

export interface ObjectReader {
  /** The object's bytes, or `undefined` where bucket or key do not exist. */
  getObject(scope: Scope, bucket: string, key: string): Promise<Uint8Array | undefined>
  /** The keys that start with `prefix`, in byte order; empty where the bucket does not exist. */
  listObjects(scope: Scope, bucket: string, prefix: string): Promise<readonly string[]>
}

export interface ParameterReader {
  /** A parameter's value, or `undefined`. */
  getParameter(scope: Scope, name: string): string | undefined
}

// ---------------------------------------------------------------- faults

/** What a fault point was told to do with this pass. */
export interface FaultPoints {
  /**
   * To be awaited where a fault may strike. Delays, throws a ServiceError, or asks for the connection to be dropped,
   * as configured; costs one map look-up when nothing is.
   *
   * @param point such as `apigateway.integration` or `sagemaker.invoke`
   * @param target what passes: a function name, an endpoint name; faults may be limited to one
   */
  pass(point: string, target: string): Promise<void> | undefined
}
