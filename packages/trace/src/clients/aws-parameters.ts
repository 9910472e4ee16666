/** Which parameters of which AWS calls are recorded: names of resources, never contents. Source: AWS's white list. */

type Read = (value: unknown) => unknown

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const scalar: Read = value =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined
const keys: Read = value => (isRecord(value) ? Object.keys(value) : undefined)
const count: Read = value => (Array.isArray(value) ? value.length : undefined)

/** The tables of `TransactItems: [{Get: {TableName}}, …]`. */
const tables: Read = value => {
  if (!Array.isArray(value)) return undefined
  const names = value.flatMap(item => (isRecord(item) ? Object.values(item) : []))
  return [...new Set(names.map(part => (isRecord(part) ? part.TableName : undefined)).filter(name => name))]
}

/** An API member, the key of the `aws` block, and how the value is read. */
type Rule = readonly [member: string, key: string, read: Read]

interface Rules {
  readonly input: readonly Rule[]
  readonly output: readonly Rule[]
}

const rules = (input: readonly Rule[], output: readonly Rule[] = []): Rules => ({ input, output })

/** By the client's name, as in `DynamoDBClient`. */
const BY_CLIENT: Readonly<Record<string, Rules>> = {
  DynamoDB: rules(
    [
      ['TableName', 'table_name', scalar],
      ['IndexName', 'index_name', scalar],
      ['Limit', 'limit', scalar],
      ['Select', 'select', scalar],
      ['ScanIndexForward', 'scan_index_forward', scalar],
      ['ConsistentRead', 'consistent_read', scalar],
      ['ProjectionExpression', 'projection_expression', scalar],
      ['Segment', 'segment', scalar],
      ['TotalSegments', 'total_segments', scalar],
      ['RequestItems', 'table_names', keys],
      ['TransactItems', 'table_names', tables],
    ],
    [
      ['Count', 'count', scalar],
      ['ScannedCount', 'scanned_count', scalar],
      ['ConsumedCapacity', 'consumed_capacity', value => value],
      ['TableNames', 'table_count', count],
    ],
  ),
  SageMakerRuntime: rules([['EndpointName', 'endpoint_name', scalar]]),
  Lambda: rules(
    [
      ['FunctionName', 'function_name', scalar],
      ['InvocationType', 'invocation_type', scalar],
      ['LogType', 'log_type', scalar],
      ['Qualifier', 'qualifier', scalar],
    ],
    [
      ['StatusCode', 'status_code', scalar],
      ['FunctionError', 'function_error', scalar],
    ],
  ),
  SQS: rules(
    [
      ['QueueUrl', 'queue_url', scalar],
      ['QueueName', 'queue_name', scalar],
      ['DelaySeconds', 'delay_seconds', scalar],
      ['MaxNumberOfMessages', 'max_number_of_messages', scalar],
      ['VisibilityTimeout', 'visibility_timeout', scalar],
      ['WaitTimeSeconds', 'wait_time_seconds', scalar],
    ],
    [
      ['MessageId', 'message_id', scalar],
      ['Messages', 'message_count', count],
      ['Successful', 'successful_count', count],
      ['Failed', 'failed_count', count],
    ],
  ),
  SNS: rules([['TopicArn', 'topic_arn', scalar]]),
  S3: rules([
    ['Bucket', 'bucket_name', scalar],
    ['Key', 'key', scalar],
    ['VersionId', 'version_id', scalar],
    ['Prefix', 'prefix', scalar],
    ['CopySource', 'copy_source', scalar],
  ]),
}

const pick = (from: unknown, list: readonly Rule[], into: Record<string, unknown>): void => {
  if (!isRecord(from)) return
  for (const [member, key, read] of list) {
    const value = from[member] === undefined ? undefined : read(from[member])
    if (value !== undefined) into[key] = value
  }
}

/** Adds the recorded parameters of a call to its `aws` block. `client` is the class's name without `Client`. */
export const addParameters = (
  aws: Record<string, unknown>,
  client: string,
  input: unknown,
  output: unknown,
): void => {
  const found = BY_CLIENT[client]
  if (!found) return
  pick(input, found.input, aws)
  pick(output, found.output, aws)
}
