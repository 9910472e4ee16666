import { notImplemented } from '@sonde/wire'
import { partitionOf, type Scope } from '../../kernel/scope.ts'
import type { Database } from './database.ts'
import { type Json, loadDynalite, type TableRecord } from './dynalite.ts'
import { deletionProtected, resourceNotFound, tableNotFound, validation } from './errors.ts'
import { refuseUnknownIndexMembers, refuseUnknownMembers } from './members.ts'
import { continuousBackups, described, readEncryption, setRecovery } from './protection.ts'

/** One operation on the wire's own JSON. Throws ServiceErrors and dynalite's errors. */
export type Operation = (input: Json, database: Database, scope: Scope) => Promise<Json>

/** Members that our layer honours in addition to dynalite's, by operation. */
const OWN_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  CreateTable: ['Tags', 'TableClass', 'DeletionProtectionEnabled', 'SSESpecification'],
  UpdateTable: ['TableClass', 'DeletionProtectionEnabled', 'AttributeDefinitions', 'SSESpecification'],
  PutItem: ['ReturnValuesOnConditionCheckFailure'],
  UpdateItem: ['ReturnValuesOnConditionCheckFailure'],
  DeleteItem: ['ReturnValuesOnConditionCheckFailure'],
  // dynalite's Scan honours it, but its list of members lacks it.
  Scan: ['ConsistentRead'],
}

const TABLE_CLASSES = ['STANDARD', 'STANDARD_INFREQUENT_ACCESS']
const ON_FAILURE = ['ALL_OLD', 'NONE']

const checkEnum = (member: string, value: unknown, values: readonly string[]): void => {
  if (value === undefined || value === null || values.includes(value as string)) return
  throw validation(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${values.join(', ')}]`,
  )
}

const knownMembers = new Map<string, ReadonlySet<string>>()

const known = (operation: string): ReadonlySet<string> => {
  let members = knownMembers.get(operation)
  if (!members) {
    const types = loadDynalite().actions[operation]?.types ?? {}
    members = new Set([...Object.keys(types), ...(OWN_MEMBERS[operation] ?? [])])
    knownMembers.set(operation, members)
  }
  return members
}

/** An operation as dynalite has it. */
const plain =
  (name: string): Operation =>
  (input, database) => {
    refuseUnknownMembers(name, input, known(name))
    const data = database.validate(name, input)
    return database.run(name, data)
  }

/** A member of {@link OWN_MEMBERS} that the operation itself reads, once the rest is validated. */
const withMember =
  (name: string, member: string, check: (value: unknown) => void): Operation =>
  (input, database) => {
    refuseUnknownMembers(name, input, known(name))
    check(input[member])
    const value = input[member]
    const data = database.validate(name, input)
    if (value !== undefined && value !== null) data[member] = value
    return database.run(name, data)
  }

const writing = (name: string): Operation =>
  withMember(name, 'ReturnValuesOnConditionCheckFailure', value =>
    checkEnum('returnValuesOnConditionCheckFailure', value, ON_FAILURE),
  )

const scan: Operation = withMember('Scan', 'ConsistentRead', value => {
  if (value !== undefined && value !== null && typeof value !== 'boolean') {
    throw validation('ConsistentRead must be a boolean')
  }
})

const createTable: Operation = async (input, database, scope) => {
  refuseUnknownMembers('CreateTable', input, known('CreateTable'))
  refuseUnknownIndexMembers('CreateTable', input)
  checkEnum('tableClass', input.TableClass, TABLE_CLASSES)
  const encryption = readEncryption('CreateTable', input.SSESpecification)
  const { Tags: tags, TableClass: tableClass, DeletionProtectionEnabled: isProtected } = input
  const data = database.validate('CreateTable', input)
  const tagging = Array.isArray(tags) && tags.length > 0
  // Checked before the table is made, so that bad tags leave none behind.
  if (tagging)
    database.validate('TagResource', {
      ResourceArn: `arn:aws:dynamodb:r:1:table/${data.TableName}`,
      Tags: tags,
    })
  data.DeletionProtectionEnabled = isProtected === true
  if (typeof tableClass === 'string') data.TableClassSummary = { TableClass: tableClass }
  if (encryption) data.SSEDescription = encryption
  await database.run('CreateTable', data)
  const record = await database.settled(data.TableName as string)
  if (!record) throw tableNotFound(data.TableName as string)
  const partition = partitionOf(scope.region)
  if (partition !== 'aws') {
    // dynalite knows the partition `aws` alone.
    const moved = JSON.parse(
      JSON.stringify(record).replaceAll('"arn:aws:', `"arn:${partition}:`),
    ) as TableRecord
    await database.updateTable(moved)
    Object.assign(record, moved)
  }
  if (tagging) {
    await database.run('TagResource', { ResourceArn: record.TableArn, Tags: tags })
  }
  return { TableDescription: { ...described(record), TableStatus: 'CREATING' } }
}

/** Of AttributeDefinitions, UpdateTable needs those of a new index only, which we do not make. */
const refuseNewAttributes = (input: Json, record: TableRecord): void => {
  const definitions = input.AttributeDefinitions
  if (definitions === undefined || definitions === null) return
  const key = (list: unknown): string =>
    (list as Array<Record<string, string>>)
      .map(({ AttributeName, AttributeType }) => `${AttributeName}:${AttributeType}`)
      .sort()
      .join()
  if (!Array.isArray(definitions) || key(definitions) !== key(record.AttributeDefinitions)) {
    throw notImplemented('dynamodb:UpdateTable with changed AttributeDefinitions')
  }
}

const updateTable: Operation = async (input, database) => {
  refuseUnknownMembers('UpdateTable', input, known('UpdateTable'))
  refuseUnknownIndexMembers('UpdateTable', input)
  checkEnum('tableClass', input.TableClass, TABLE_CLASSES)
  const {
    TableClass: tableClass,
    DeletionProtectionEnabled: isProtected,
    AttributeDefinitions: definitions,
    SSESpecification: encrypting,
    ...rest
  } = input
  const encryption = readEncryption('UpdateTable', encrypting)
  const changesEncryption = encrypting !== undefined && encrypting !== null
  const ofDynalite = ['ProvisionedThroughput', 'BillingMode', 'GlobalSecondaryIndexUpdates'].some(
    member => rest[member] !== undefined && rest[member] !== null,
  )
  const patching = typeof tableClass === 'string' || typeof isProtected === 'boolean' || changesEncryption
  // With nothing to do it is dynalite that says so.
  const data =
    ofDynalite || !patching
      ? database.validate('UpdateTable', rest)
      : database.validate('DescribeTable', rest)
  const name = data.TableName as string
  const before = database.table(name)
  if (!before) throw tableNotFound(name)
  refuseNewAttributes({ AttributeDefinitions: definitions }, before)
  if (ofDynalite) await database.run('UpdateTable', data)
  const record = (await database.settled(name)) ?? before
  if (patching) {
    if (typeof isProtected === 'boolean') record.DeletionProtectionEnabled = isProtected
    if (typeof tableClass === 'string') record.TableClassSummary = { TableClass: tableClass }
    if (changesEncryption) delete record.SSEDescription
    if (encryption) record.SSEDescription = encryption
    await database.updateTable(record)
  }
  return { TableDescription: { ...described(record), TableStatus: 'UPDATING' } }
}

const deleteTable: Operation = async (input, database) => {
  refuseUnknownMembers('DeleteTable', input, known('DeleteTable'))
  const data = database.validate('DeleteTable', input)
  const name = data.TableName as string
  if (database.table(name)?.DeletionProtectionEnabled) throw deletionProtected()
  const { TableDescription } = await database.run('DeleteTable', data)
  await database.settled(name)
  return { TableDescription: described(TableDescription as TableRecord) }
}

/** DynamoDB's page, and its largest. */
const LIST_TABLES_LIMIT = 100

/** Ours: dynalite's reads the keys of all items, and its pages pass over tables. */
const listTables: Operation = async (input, database) => {
  refuseUnknownMembers('ListTables', input, known('ListTables'))
  const data = database.validate('ListTables', input)
  const limit = (data.Limit as number | undefined) ?? LIST_TABLES_LIMIT
  const names = await database.tableNames(data.ExclusiveStartTableName as string | undefined, limit + 1)
  const page = names.slice(0, limit)
  return { TableNames: page, ...(names.length > limit && { LastEvaluatedTableName: page.at(-1) }) }
}

/** Tags are looked up by an ARN of this account and region; dynalite looks at its last part alone. */
const tagging =
  (name: string): Operation =>
  async (input, database, scope) => {
    refuseUnknownMembers(name, input, known(name))
    const arn = input.ResourceArn
    if (typeof arn !== 'string') return database.run(name, database.validate(name, input))
    const data = database.validate(name, { ...input, ResourceArn: arn.replace(/^arn:[^:]+:/, 'arn:aws:') })
    const prefix = `arn:${partitionOf(scope.region)}:dynamodb:${scope.region}:${scope.account}:table/`
    if (!arn.startsWith(prefix))
      throw resourceNotFound(`Requested resource not found: ResourcArn: ${arn} not found`)
    const result = await database.run(name, data)
    return typeof result === 'object' ? result : {}
  }

/** An operation on one table that answers from its record. */
const onTable =
  (
    name: string,
    answer: (record: TableRecord, input: Json) => Json,
    members: readonly string[] = [],
  ): Operation =>
  async (input, database) => {
    refuseUnknownMembers(name, input, new Set(['TableName', ...members]))
    const data = database.validate('DescribeTable', input)
    const record = database.table(data.TableName as string)
    if (!record) throw tableNotFound(data.TableName as string)
    return answer(record, input)
  }

const describeTable: Operation = async (input, database) => {
  refuseUnknownMembers('DescribeTable', input, known('DescribeTable'))
  const { Table } = await database.run('DescribeTable', database.validate('DescribeTable', input))
  return { Table: described(Table as TableRecord) }
}

const updateContinuousBackups: Operation = async (input, database) => {
  const { PointInTimeRecoverySpecification: specification, ...table } = input
  refuseUnknownMembers('UpdateContinuousBackups', table, known('DescribeTable'))
  const { TableName } = database.validate('DescribeTable', table)
  const record = database.table(TableName as string)
  if (!record) throw tableNotFound(TableName as string)
  setRecovery(record, specification)
  await database.updateTable(record)
  return continuousBackups(record)
}

/** The operations on the wire's own JSON, by name. One that is not here answers 501. */
export const operations: Readonly<Record<string, Operation>> = {
  BatchGetItem: plain('BatchGetItem'),
  BatchWriteItem: plain('BatchWriteItem'),
  CreateTable: createTable,
  DeleteItem: writing('DeleteItem'),
  DeleteTable: deleteTable,
  DescribeContinuousBackups: onTable('DescribeContinuousBackups', continuousBackups),
  DescribeTable: describeTable,
  // Nothing can switch time to live on: UpdateTimeToLive is not here.
  DescribeTimeToLive: onTable('DescribeTimeToLive', () => ({
    TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' },
  })),
  GetItem: plain('GetItem'),
  ListTables: listTables,
  ListTagsOfResource: tagging('ListTagsOfResource'),
  PutItem: writing('PutItem'),
  Query: plain('Query'),
  Scan: scan,
  TagResource: tagging('TagResource'),
  UntagResource: tagging('UntagResource'),
  UpdateContinuousBackups: updateContinuousBackups,
  UpdateItem: writing('UpdateItem'),
  UpdateTable: updateTable,
}
