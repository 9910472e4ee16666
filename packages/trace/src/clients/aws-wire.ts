/**
 * AWS calls told by their HTTP requests: for clients that cannot be patched (a bundle whose client classes nobody named,
 * older SDKs, hand-signed requests). Knows less than the SDK's middleware: no DynamoDB table, and each retry is a call.
 */

/** A header of the outgoing request, by lower-case name. */
export type ReadHeader = (name: string) => string | undefined

export interface WireCall {
  readonly name: string
  readonly aws: Record<string, unknown>
}

const CREDENTIAL = /^AWS4-[A-Z0-9-]+ Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/
const ATTEMPT = /attempt=(\d+)/
/** rpcv2Cbor: `/service/{service}/operation/{operation}`. */
const RPC_PATH = /^\/service\/[^/]+\/operation\/([^/?]+)/

/** Names of subsegments by the name that requests are signed for. */
const NAMES: Readonly<Record<string, string>> = {
  dynamodb: 'DynamoDB',
  sagemaker: 'SageMaker',
  lambda: 'Lambda',
  s3: 'S3',
  sns: 'SNS',
  sqs: 'SQS',
  sts: 'STS',
  monitoring: 'CloudWatch',
  logs: 'CloudWatchLogs',
  events: 'EventBridge',
  states: 'SFN',
  ssm: 'SSM',
  secretsmanager: 'SecretsManager',
  kms: 'KMS',
}

interface Rest {
  readonly service: string
  readonly method: string
  readonly path: RegExp
  readonly name: string
  readonly operation: string
  readonly parameter: string
}

/** Calls whose operation only the path tells. */
const REST: readonly Rest[] = [
  {
    service: 'sagemaker',
    method: 'POST',
    path: /^\/endpoints\/([^/?]+)\/invocations(?:\?|$)/,
    name: 'SageMakerRuntime',
    operation: 'InvokeEndpoint',
    parameter: 'endpoint_name',
  },
  {
    service: 'lambda',
    method: 'POST',
    path: /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?|$)/,
    name: 'Lambda',
    operation: 'Invoke',
    parameter: 'function_name',
  },
]

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What AWS call a request is; `undefined` for one that is not signed for AWS. */
export const readAwsCall = (method: string, path: string, header: ReadHeader): WireCall | undefined => {
  const match = CREDENTIAL.exec(header('authorization') ?? '')
  const [, region, service] = match ?? []
  if (region === undefined || service === undefined) return undefined
  const attempt = Number(ATTEMPT.exec(header('amz-sdk-request') ?? '')?.[1] ?? 1)
  const aws: Record<string, unknown> = { region, retries: attempt - 1 }
  const rest = REST.find(each => each.service === service && each.method === method && each.path.test(path))
  if (rest) {
    aws.operation = rest.operation
    aws[rest.parameter] = decoded(rest.path.exec(path)?.[1] ?? '')
    return { name: rest.name, aws }
  }
  const operation = header('x-amz-target')?.split('.').at(-1) ?? RPC_PATH.exec(path)?.[1]
  if (operation) aws.operation = operation
  return { name: NAMES[service] ?? service, aws }
}
