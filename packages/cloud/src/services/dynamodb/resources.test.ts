import { gzipSync } from 'node:zlib'
import {
  BatchGetItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ResourceRequest, ResourceType } from '../../kernel/resource-type.ts'
import { startDynamoDb } from './test-server.ts'

const start = async (objects: Record<string, string | Buffer> = {}) => {
  const running = await startDynamoDb({
    objects: {
      getObject: async (_scope, bucket, key) => {
        const object = objects[`${bucket}/${key}`]
        return object === undefined ? undefined : Buffer.from(object)
      },
      listObjects: async (_scope, bucket, prefix) =>
        Object.keys(objects)
          .filter(path => path.startsWith(`${bucket}/${prefix}`))
          .map(path => path.slice(bucket.length + 1))
          .sort(),
    },
  })
  onTestFinished(() => running.stop())
  const progress: string[] = []
  const request = (properties: Record<string, unknown>): ResourceRequest => ({
    scope: running.scope,
    stackName: 'app',
    stackId: 'arn',
    logicalId: 'Airports',
    properties,
    metadata: {},
    generateName: () => 'app-Airports-ABC',
    progress: message => progress.push(message),
  })
  const type = (name: string) =>
    (running.service.resources as Record<string, ResourceType>)[name] as ResourceType
  return { ...running, progress, request, type }
}

const TABLE = {
  AttributeDefinitions: [{ AttributeName: 'code', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'code', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
}
const source = (more: Record<string, unknown> = {}) => ({
  ImportSourceSpecification: {
    S3BucketSource: { S3Bucket: 'assets', S3KeyPrefix: 'airports' },
    InputFormat: 'DYNAMODB_JSON',
    InputCompressionType: 'NONE',
    ...more,
  },
})
const line = (code: string, extra = {}) => `${JSON.stringify({ Item: { code: { S: code }, ...extra } })}\n`

describe('AWS::DynamoDB::Table', () => {
  it('makes a table with what CloudFormation gives as text, and deletes it', async () => {
    const { type, request, client, scope } = await start()
    const table = type('AWS::DynamoDB::Table')
    const { BillingMode, ...rest } = TABLE
    const state = await table.create(
      request({
        ...rest,
        ProvisionedThroughput: { ReadCapacityUnits: '5', WriteCapacityUnits: 4 },
        DeletionProtectionEnabled: 'false',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    )
    const Arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/app-Airports-ABC'
    expect(state).toMatchObject({ physicalId: 'app-Airports-ABC', attributes: { Arn } })
    const { Table } = await client.send(new DescribeTableCommand({ TableName: state.physicalId }))
    expect(Table?.ProvisionedThroughput).toMatchObject({ ReadCapacityUnits: 5, WriteCapacityUnits: 4 })
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: Arn }))
    expect(Tags).toEqual([{ Key: 'a', Value: 'b' }])
    await table.delete(scope, state, TABLE)
    await table.delete(scope, state, TABLE)
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([])
    expect(BillingMode).toBe('PAY_PER_REQUEST')
  })

  it('is encrypted and has backups as its template says, and when that changes', async () => {
    const { type, request, client } = await start()
    const table = type('AWS::DynamoDB::Table')
    const properties = {
      ...TABLE,
      SSESpecification: { SSEEnabled: 'true' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: '7' },
    }
    const state = await table.create(request(properties))
    const look = async () => {
      const TableName = state.physicalId
      const { Table } = await client.send(new DescribeTableCommand({ TableName }))
      const { ContinuousBackupsDescription: backups } = await client.send(
        new DescribeContinuousBackupsCommand({ TableName }),
      )
      return [Table?.SSEDescription?.Status, backups?.PointInTimeRecoveryDescription]
    }
    expect(await look()).toEqual([
      'ENABLED',
      { PointInTimeRecoveryStatus: 'ENABLED', RecoveryPeriodInDays: 7 },
    ])
    expect(await table.update?.(request(TABLE), { ...state, properties })).toEqual(state)
    expect(await look()).toEqual([undefined, { PointInTimeRecoveryStatus: 'DISABLED' }])
  })

  it('is filled from S3, indexes included, and says with how many items', async () => {
    const { type, request, client, progress } = await start({
      'assets/airports/1.json': line('JFK', { state: { S: 'NY' } }) + line('LGA', { state: { S: 'NY' } }),
      'assets/airports/2.json': `${line('SFO', { state: { S: 'CA' } })}\n`,
      'assets/other.json': 'not read',
    })
    await type('AWS::DynamoDB::Table').create(
      request({
        ...TABLE,
        ...source(),
        AttributeDefinitions: [
          { AttributeName: 'code', AttributeType: 'S' },
          { AttributeName: 'state', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'by-state',
            KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      }),
    )
    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'app-Airports-ABC',
        IndexName: 'by-state',
        KeyConditionExpression: '#s = :s',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':s': { S: 'NY' } },
      }),
    )
    expect(Items?.map(item => item.code?.S).sort()).toEqual(['JFK', 'LGA'])
    expect(progress).toEqual(['imported 3 items'])
  })

  it('takes gzip, and loads thousands of items', async () => {
    const lines = Array.from({ length: 3_412 }, (_, index) =>
      line(`A${index}`, { n: { N: String(index) } }),
    ).join('')
    const { type, request, client, progress } = await start({ 'assets/airports.gz': gzipSync(lines) })
    await type('AWS::DynamoDB::Table').create(
      request({ ...TABLE, ...source({ InputCompressionType: 'GZIP' }) }),
    )
    expect(progress).toEqual(['imported 3,412 items'])
    const { Responses } = await client.send(
      new BatchGetItemCommand({
        RequestItems: { 'app-Airports-ABC': { Keys: [{ code: { S: 'A0' } }, { code: { S: 'A3411' } }] } },
      }),
    )
    expect(Responses?.['app-Airports-ABC']).toHaveLength(2)
  })

  it.each([
    ['no JSON', 'nonsense\n', 'line 1: Unexpected token'],
    ['no item', '{"item":{}}\n', 'line 1: unknown member "item" beside "Item"'],
    [
      'no key',
      `${line('JFK')}{"Item":{"a":{"S":"b"}}}\n`,
      'line 2: One or more parameter values were invalid: Missing the key code in the item',
    ],
    [
      'a key of another type',
      '{"Item":{"code":{"N":"1"}}}\n',
      'line 1: One or more parameter values were invalid: Type mismatch for key code',
    ],
    [
      'a number that is none',
      line('JFK', { n: { N: 'x' } }),
      'line 1: The parameter cannot be converted to a numeric value',
    ],
    ['an empty key', line(''), 'line 1: One or more parameter values are not valid.'],
  ])('fails on a line with %s, naming it, and leaves no table', async (_, text, message) => {
    const { type, request, client } = await start({ 'assets/airports.json': text })
    const properties = { ...TABLE, ...source(), DeletionProtectionEnabled: true }
    const made = type('AWS::DynamoDB::Table').create(request(properties))
    await expect(made).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(`s3://assets/airports.json ${message}`),
    })
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([])
  })

  it('fails where there is nothing to import', async () => {
    const { type, request } = await start()
    await expect(type('AWS::DynamoDB::Table').create(request({ ...TABLE, ...source() }))).rejects.toThrow(
      'No objects found: s3://assets/airports',
    )
  })

  it.each([
    ['TimeToLiveSpecification', { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } }],
    ['SSESpecification.KMSMasterKeyId', { SSESpecification: { SSEEnabled: true, KMSMasterKeyId: 'k' } }],
    [
      'PointInTimeRecoverySpecification.Tier',
      { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, Tier: 'x' } },
    ],
    ['InputFormat CSV', source({ InputFormat: 'CSV' })],
    ['InputFormatOptions', source({ InputFormatOptions: { Csv: {} } })],
  ])('refuses %s by name', async (name, properties) => {
    const { type, request } = await start()
    const made = type('AWS::DynamoDB::Table').create(request({ ...TABLE, ...properties }))
    await expect(async () => made).rejects.toMatchObject({
      code: 'NotImplemented',
      message: expect.stringContaining(name),
    })
  })

  it('changes in place what can be, replaces for another key, refuses a new index', async () => {
    const { type, request, client } = await start()
    const table = type('AWS::DynamoDB::Table')
    const state = await table.create(request(TABLE))
    const previous = { ...state, properties: TABLE }
    const changed = { ...TABLE, DeletionProtectionEnabled: true, Tags: [{ Key: 'a', Value: 'b' }] }
    expect(await table.update?.(request(changed), previous)).toEqual(state)
    const { Table } = await client.send(new DescribeTableCommand({ TableName: state.physicalId }))
    expect(Table?.DeletionProtectionEnabled).toBe(true)
    const key = { ...TABLE, KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }
    expect(await table.update?.(request(key), previous)).toBe('replace')
    const index = { ...TABLE, GlobalSecondaryIndexes: [{ IndexName: 'i' }] }
    await expect(async () => table.update?.(request(index), previous)).rejects.toThrow(
      "A table's change of GlobalSecondaryIndexes is not implemented by Sonde.",
    )
  })
})

describe('AWS::DynamoDB::GlobalTable', () => {
  it('is a table where its one replica is in the region of the stack', async () => {
    const { type, request, client } = await start()
    const state = await type('AWS::DynamoDB::GlobalTable').create(
      request({ ...TABLE, Replicas: [{ Region: 'us-east-1', DeletionProtectionEnabled: true }] }),
    )
    const { Table } = await client.send(new DescribeTableCommand({ TableName: state.physicalId }))
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', DeletionProtectionEnabled: true })
  })

  it('is refused with replicas elsewhere', async () => {
    const { type, request } = await start()
    await expect(async () =>
      type('AWS::DynamoDB::GlobalTable').create(
        request({ ...TABLE, Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] }),
      ),
    ).rejects.toMatchObject({ code: 'NotImplemented' })
  })
})
