import { notImplemented } from '@sonde/wire'
import type { Scope } from '../../kernel/scope.ts'
import type { Json } from './dynalite.ts'
import { validation } from './errors.ts'
import type { ImportSource } from './import.ts'
import { refuseUnknownMembers } from './members.ts'

/** A table as CloudFormation describes it, whichever of the two types it has. */
export interface TableProperties {
  readonly name: string | undefined
  /** CreateTable's input but for the name. */
  readonly input: Json
  /** `PointInTimeRecoverySpecification`, which UpdateContinuousBackups takes. */
  readonly recovery: Json
  readonly source: ImportSource | undefined
}

/** CloudFormation also takes numbers and booleans as text. */
const number = (value: unknown): unknown =>
  typeof value === 'string' && value !== '' ? Number(value) : value
const boolean = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value)

const throughput = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value
  const { ReadCapacityUnits, WriteCapacityUnits, ...rest } = value as Json
  refuseUnknownMembers('ProvisionedThroughput', rest, new Set())
  return { ReadCapacityUnits: number(ReadCapacityUnits), WriteCapacityUnits: number(WriteCapacityUnits) }
}

const globalIndexes = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((index: Json) =>
        index.ProvisionedThroughput === undefined
          ? index
          : { ...index, ProvisionedThroughput: throughput(index.ProvisionedThroughput) },
      )
    : value

const defined = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

const text = (value: unknown, path: string): string => {
  if (typeof value === 'string') return value
  throw validation(`Property ${path} must be a string`)
}

/** CloudFormation says `SSEEnabled` where the API says `Enabled`. */
const encryption = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value
  const { SSEEnabled, ...rest } = value as Json
  return { ...rest, Enabled: boolean(SSEEnabled) }
}

const recovery = (value: unknown): Json => {
  const { PointInTimeRecoveryEnabled = false, RecoveryPeriodInDays, ...rest } = (value ?? {}) as Json
  return defined({
    ...rest,
    PointInTimeRecoveryEnabled: boolean(PointInTimeRecoveryEnabled),
    RecoveryPeriodInDays: number(RecoveryPeriodInDays),
  })
}

const importSource = (value: unknown): ImportSource | undefined => {
  if (value === undefined) return undefined
  const { S3BucketSource, InputFormat, InputCompressionType = 'NONE', ...rest } = value as Json
  refuseUnknownMembers('ImportSourceSpecification', rest, new Set())
  if (InputFormat !== 'DYNAMODB_JSON')
    throw notImplemented(`ImportSourceSpecification.InputFormat ${InputFormat}`)
  if (InputCompressionType !== 'GZIP' && InputCompressionType !== 'NONE') {
    throw notImplemented(`ImportSourceSpecification.InputCompressionType ${InputCompressionType}`)
  }
  const { S3Bucket, S3KeyPrefix = '', ...place } = (S3BucketSource ?? {}) as Json
  refuseUnknownMembers('ImportSourceSpecification.S3BucketSource', place, new Set())
  return {
    bucket: text(S3Bucket, 'ImportSourceSpecification.S3BucketSource.S3Bucket'),
    prefix: text(S3KeyPrefix, 'ImportSourceSpecification.S3BucketSource.S3KeyPrefix'),
    compression: InputCompressionType,
  }
}

const SCHEMA = [
  'AttributeDefinitions',
  'BillingMode',
  'GlobalSecondaryIndexes',
  'KeySchema',
  'LocalSecondaryIndexes',
  'SSESpecification',
  'TableName',
]
/** Known in the state "off" alone, which `members.ts` checks. */
const SWITCHES = ['TimeToLiveSpecification']
const REPLICA_SWITCHES = ['ContributorInsightsSpecification']
const PER_REPLICA = ['DeletionProtectionEnabled', 'PointInTimeRecoverySpecification', 'TableClass', 'Tags']

/** The properties of `AWS::DynamoDB::Table`. */
export const TABLE_PROPERTIES = [
  ...SCHEMA,
  ...SWITCHES,
  ...REPLICA_SWITCHES,
  ...PER_REPLICA,
  'ImportSourceSpecification',
  'ProvisionedThroughput',
]

/** The properties of `AWS::DynamoDB::GlobalTable`. */
export const GLOBAL_TABLE_PROPERTIES = [...SCHEMA, ...SWITCHES, 'Replicas']

const schemaOf = (properties: Json): Json => ({
  AttributeDefinitions: properties.AttributeDefinitions,
  BillingMode: properties.BillingMode,
  GlobalSecondaryIndexes: globalIndexes(properties.GlobalSecondaryIndexes),
  KeySchema: properties.KeySchema,
  LocalSecondaryIndexes: properties.LocalSecondaryIndexes,
  SSESpecification: encryption(properties.SSESpecification),
})

const perReplica = (properties: Json): Json => ({
  DeletionProtectionEnabled: boolean(properties.DeletionProtectionEnabled),
  TableClass: properties.TableClass,
  Tags: properties.Tags,
})

/**
 * Reads `AWS::DynamoDB::Table`.
 *
 * @throws ServiceError `NotImplemented` naming what is asked for and not implemented
 */
export const readTable = (properties: Json): TableProperties => {
  const honoured = [...SCHEMA, ...PER_REPLICA, 'ImportSourceSpecification', 'ProvisionedThroughput']
  refuseUnknownMembers('AWS::DynamoDB::Table', properties, new Set(honoured))
  return {
    name: properties.TableName === undefined ? undefined : text(properties.TableName, 'TableName'),
    source: importSource(properties.ImportSourceSpecification),
    recovery: recovery(properties.PointInTimeRecoverySpecification),
    input: defined({
      ...schemaOf(properties),
      ...perReplica(properties),
      ProvisionedThroughput: throughput(properties.ProvisionedThroughput),
    }),
  }
}

/**
 * Reads `AWS::DynamoDB::GlobalTable` of one replica in the stack's own region, as the CDK's TableV2 makes it.
 *
 * @throws ServiceError `NotImplemented` naming what is asked for and not implemented
 */
export const readGlobalTable = (properties: Json, scope: Scope): TableProperties => {
  refuseUnknownMembers('AWS::DynamoDB::GlobalTable', properties, new Set([...SCHEMA, 'Replicas']))
  const replicas = Array.isArray(properties.Replicas) ? (properties.Replicas as Json[]) : []
  const [replica] = replicas
  if (!replica || replicas.length > 1 || replica.Region !== scope.region) {
    throw notImplemented('AWS::DynamoDB::GlobalTable with Replicas other than one in the region of the stack')
  }
  refuseUnknownMembers(
    'AWS::DynamoDB::GlobalTable',
    replica,
    new Set(['Region', ...PER_REPLICA]),
    'Replicas.',
  )
  if (properties.BillingMode !== 'PAY_PER_REQUEST') {
    throw notImplemented('AWS::DynamoDB::GlobalTable with a BillingMode other than PAY_PER_REQUEST')
  }
  return {
    name: properties.TableName === undefined ? undefined : text(properties.TableName, 'TableName'),
    source: undefined,
    recovery: recovery(replica.PointInTimeRecoverySpecification),
    input: defined({ ...schemaOf(properties), ...perReplica(replica) }),
  }
}
