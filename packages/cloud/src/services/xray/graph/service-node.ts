import { type Entity, objectOf, textAt, textOf } from '../document/entity.ts'

/** What a service is told apart by. */
export interface ServiceKey {
  readonly name: string
  /** The segment's `origin`, `client`, `remote`, or the type of an inferred resource. */
  readonly type: string | undefined
  readonly account: string | undefined
}

export const CLIENT = 'client'

/** A string that is equal exactly for equal services. */
export const serviceKeyText = ({ name, type, account }: ServiceKey): string =>
  `${type ?? ''}\0${account ?? ''}\0${name}`

/** Platforms' own segments that carry no account in the service's answers. */
const WITHOUT_ACCOUNT = new Set(['AWS::Lambda'])

/** The service that a segment is a request to. */
export const serviceOf = (segment: Entity): ServiceKey => {
  const type = textOf(segment.origin)
  const account =
    type !== undefined && WITHOUT_ACCOUNT.has(type) ? undefined : textAt(segment, 'aws', 'account_id')
  return { name: segment.name, type, account }
}

/** The caller of a trace: whoever it is, it is named after the service that it calls. */
export const clientOf = ({ name }: ServiceKey): ServiceKey => ({ name, type: CLIENT, account: undefined })

interface Resource {
  readonly name: string
  readonly type: string
}

const only = (value: unknown): string | undefined =>
  Array.isArray(value) && value.length === 1 ? textOf(value[0]) : undefined

/**
 * By the name of an AWS subsegment in lower case: the resource that its call went to, or `undefined` where the call
 * names none. What is documented: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-gettingdata.html
 */
const RESOURCES: Readonly<Record<string, (aws: Readonly<Record<string, unknown>>) => Resource | undefined>> =
  {
    dynamodb: aws => {
      const name = textOf(aws.table_name) ?? only(aws.table_names)
      return name === undefined ? undefined : { name, type: 'AWS::DynamoDB::Table' }
    },
    sqs: aws => {
      const name = textOf(aws.queue_url)
      return name === undefined ? undefined : { name, type: 'AWS::SQS::Queue' }
    },
    lambda: aws => {
      const name = textOf(aws.function_name)
      return name === undefined ? undefined : { name, type: 'AWS::Lambda' }
    },
    s3: aws => {
      const name = textOf(aws.bucket_name)
      return name === undefined ? undefined : { name, type: 'AWS::S3::Bucket' }
    },
  }

/** Whether a subsegment is a call to another service. */
export const isCall = ({ namespace }: Entity): boolean => namespace === 'aws' || namespace === 'remote'

/** The service behind a call that sent no segment of its own. */
export const inferredServiceOf = (call: Entity): ServiceKey => {
  if (call.namespace !== 'aws') {
    const type = call.sql === undefined ? 'remote' : 'Database::SQL'
    return { name: call.name, type, account: undefined }
  }
  const resource = RESOURCES[call.name.toLowerCase()]?.(objectOf(call.aws))
  return { name: call.name, type: `AWS::${call.name}`, ...resource, account: undefined }
}
