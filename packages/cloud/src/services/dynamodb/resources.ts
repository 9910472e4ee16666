import { isDeepStrictEqual } from 'node:util'
import { notImplemented, ServiceError } from '@sonde/wire'
import { arn } from '../../kernel/arn.ts'
import type { ObjectReader } from '../../kernel/ports.ts'
import type {
  ResourceRequest,
  ResourceState,
  ResourceType,
  ResourceTypes,
} from '../../kernel/resource-type.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { Database } from './database.ts'
import type { Databases } from './databases.ts'
import type { DynaliteError, Json, TableRecord } from './dynalite.ts'
import { type ImportSource, readImport } from './import.ts'
import { operations } from './operations.ts'
import {
  GLOBAL_TABLE_PROPERTIES,
  readGlobalTable,
  readTable,
  TABLE_PROPERTIES,
  type TableProperties,
} from './table-properties.ts'

const MAX_TABLE_NAME = 255

/** dynalite's errors are not Errors that CloudFormation can name: they are made ServiceErrors. */
const call = async (name: string, input: Json, database: Database, scope: Scope): Promise<Json> => {
  const operation = operations[name]
  if (!operation) throw notImplemented(`dynamodb:${name}`)
  try {
    return await operation(input, database, scope)
  } catch (error) {
    const { body, statusCode } = error as DynaliteError
    if (error instanceof ServiceError || !body || statusCode === undefined) throw error
    const code = body.__type.slice(body.__type.indexOf('#') + 1)
    throw new ServiceError(code, body.message || body.Message || code, { status: statusCode, cause: error })
  }
}

const stateOf = (record: TableRecord): ResourceState => ({
  physicalId: record.TableName,
  attributes: { Arn: record.TableArn, TableId: record.TableId },
})

/** What can be changed in place. All else is the table's identity, or needs what we do not do. */
const CHANGEABLE = [
  'BillingMode',
  'ProvisionedThroughput',
  'DeletionProtectionEnabled',
  'SSESpecification',
  'TableClass',
  'Tags',
]
/** What CloudFormation replaces a table for. */
const IDENTITY = ['KeySchema', 'LocalSecondaryIndexes']

interface Tag {
  readonly Key: string
  readonly Value: string
}

const retag = async (database: Database, scope: Scope, name: string, before: unknown, after: unknown) => {
  const list = (value: unknown): readonly Tag[] => (Array.isArray(value) ? value : [])
  const ResourceArn = arn(scope, 'dynamodb', `table/${name}`)
  const kept = new Set(list(after).map(tag => tag.Key))
  const gone = list(before).flatMap(tag => (kept.has(tag.Key) ? [] : [tag.Key]))
  if (gone.length > 0) await call('UntagResource', { ResourceArn, TagKeys: gone }, database, scope)
  if (kept.size > 0) await call('TagResource', { ResourceArn, Tags: list(after) }, database, scope)
}

const setBackups = (database: Database, scope: Scope, TableName: string, recovery: Json): Promise<Json> =>
  call('UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification: recovery }, database, scope)

const changeInPlace = async (
  database: Database,
  scope: Scope,
  name: string,
  before: Json,
  after: Json,
): Promise<void> => {
  const changed = (member: string): boolean => !isDeepStrictEqual(before[member], after[member])
  const input: Json = { TableName: name }
  if (changed('BillingMode') || changed('ProvisionedThroughput')) {
    const onDemand = after.BillingMode === 'PAY_PER_REQUEST'
    input.BillingMode = onDemand ? 'PAY_PER_REQUEST' : 'PROVISIONED'
    if (!onDemand) input.ProvisionedThroughput = after.ProvisionedThroughput
  }
  if (changed('DeletionProtectionEnabled')) {
    input.DeletionProtectionEnabled = after.DeletionProtectionEnabled === true
  }
  if (changed('SSESpecification')) input.SSESpecification = after.SSESpecification ?? { Enabled: false }
  if (changed('TableClass')) input.TableClass = after.TableClass ?? 'STANDARD'
  if (Object.keys(input).length > 1) await call('UpdateTable', input, database, scope)
  if (changed('Tags')) await retag(database, scope, name, before.Tags, after.Tags)
}

const tableType = (
  databases: Pick<Databases, 'of'>,
  objects: ObjectReader,
  properties: readonly string[],
  read: (properties: Json, scope: Scope) => TableProperties,
): ResourceType => {
  const importInto = async (
    request: ResourceRequest,
    source: ImportSource,
    database: Database,
    name: string,
  ): Promise<void> => {
    const record = database.table(name) as TableRecord
    const items = await readImport(source, record, objects, request.scope)
    await database.load(record, items)
    request.progress(`imported ${items.size.toLocaleString('en-US')} items`)
  }

  /** What CreateTable does not do. */
  const fill = async (request: ResourceRequest, table: TableProperties, name: string): Promise<void> => {
    const database = await databases.of(request.scope)
    try {
      await setBackups(database, request.scope, name, table.recovery)
      if (table.source) await importInto(request, table.source, database, name)
    } catch (error) {
      // A table that was not filled is not the resource that was asked for.
      const record = database.table(name)
      if (record?.DeletionProtectionEnabled) {
        await database.updateTable({ ...record, DeletionProtectionEnabled: false })
      }
      await call('DeleteTable', { TableName: name }, database, request.scope)
      throw error
    }
  }

  return {
    required: ['KeySchema'],
    properties,
    create: async request => {
      const { scope } = request
      const table = read(request.properties, scope)
      const name = table.name ?? request.generateName(MAX_TABLE_NAME)
      const database = await databases.of(scope)
      await call('CreateTable', { ...table.input, TableName: name }, database, scope)
      await fill(request, table, name)
      return stateOf(database.table(name) as TableRecord)
    },
    update: async (request, previous) => {
      const { scope } = request
      const before = read(previous.properties, scope)
      const after = read(request.properties, scope)
      const changed = (member: string): boolean =>
        !isDeepStrictEqual(before.input[member], after.input[member])
      if (before.name !== after.name || !isDeepStrictEqual(before.source, after.source)) return 'replace'
      if (IDENTITY.some(changed)) return 'replace'
      const members = new Set([...Object.keys(before.input), ...Object.keys(after.input)])
      for (const member of members) {
        if (!CHANGEABLE.includes(member) && changed(member))
          throw notImplemented(`A table's change of ${member}`)
      }
      const database = await databases.of(scope)
      await changeInPlace(database, scope, previous.physicalId, before.input, after.input)
      if (!isDeepStrictEqual(before.recovery, after.recovery)) {
        await setBackups(database, scope, previous.physicalId, after.recovery)
      }
      return { physicalId: previous.physicalId, attributes: previous.attributes }
    },
    delete: async (scope, state) => {
      const database = await databases.of(scope)
      if (!database.table(state.physicalId)) return
      await call('DeleteTable', { TableName: state.physicalId }, database, scope)
    },
  }
}

/** `AWS::DynamoDB::Table`, and `AWS::DynamoDB::GlobalTable` of one replica. `Ref` is the table's name. */
export const createResources = (databases: Pick<Databases, 'of'>, objects: ObjectReader): ResourceTypes => ({
  'AWS::DynamoDB::Table': tableType(databases, objects, TABLE_PROPERTIES, readTable),
  'AWS::DynamoDB::GlobalTable': tableType(databases, objects, GLOBAL_TABLE_PROPERTIES, readGlobalTable),
})
